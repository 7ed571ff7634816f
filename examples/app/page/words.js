/** What a status means to whoever asked: a headline, and what can be done. */

const KNOWN = {
  api_error: ["The model's provider failed.", "It answered with an error; the trace and the log line of this call have its words."],
  timeout: ["The model took too long.", "The app stopped waiting for it."],
  refusal: ["The model declined to answer.", "Another wording may help."],
  safety_block: ["The answer was blocked.", "A safety filter of the provider held it back."],
  stopped: ["Stopped.", "The call counts as abandoned."],
  unreachable: ["The app does not answer.", "Does it run? `make status` shows it."],
  broken: ["The connection broke.", "The answer is not whole."],
  rejected: ["The app did not take the question:", ""],
};

export const COUNTED = ["api_error", "timeout", "refusal", "safety_block"];

export const words = (kind, detail) => {
  const [headline, more] = KNOWN[kind] ?? ["The call failed.", `Its status is ${kind}.`];
  const counted = COUNTED.includes(kind) ? `Counted as \`${kind}\`.` : "";
  return [headline, [more, detail, counted].filter(Boolean).join(" ")];
};

/** Milliseconds for people. */
export const duration = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
