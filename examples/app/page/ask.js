/** Asking the app: its events as they arrive. */

/** Why there is no whole answer; `kind` is a status of a call, or what happened on the way to the app. */
export class Failure extends Error {
  constructor(kind, detail = "") {
    super(detail || kind);
    this.kind = kind;
    this.detail = detail;
  }
}

/** Yields `{event: "begin" | "piece" | "end", ...}`. Throws Failure; an abort is one of kind "stopped". */
export async function* ask(asked, signal) {
  const failed = (kind, detail) => new Failure(signal.aborted ? "stopped" : kind, detail);
  let reply;
  try {
    const headers = {"content-type": "application/json", accept: "text/event-stream"};
    reply = await fetch("ask", {method: "POST", headers, body: JSON.stringify(asked), signal});
  } catch {
    throw failed("unreachable");
  }
  if (!reply.ok) throw failed("rejected", await detail(reply));
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let ended = false; !ended;) {
    let part;
    try { part = await reader.read(); } catch { throw failed("broken"); }
    if (part.done) throw failed("broken");
    const blocks = (rest + part.value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parsed(block);
      yield event;
      ended ||= event.event === "end";
    }
  }
}

const parsed = (block) => {
  const fields = Object.fromEntries(block.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
  return {event: fields.event, ...JSON.parse(fields.data)};
};

const detail = async (reply) => {
  try {
    const told = (await reply.json()).detail;
    return typeof told === "string" ? told : told.map((one) => one.msg).join("; ");
  } catch {
    return `It answers ${reply.status} ${reply.statusText}.`;
  }
};
