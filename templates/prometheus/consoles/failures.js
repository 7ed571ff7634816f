(() => {
  const {config, state, parts, el} = LLM;
  const told = LLM.section("failures", "Answers that failed, the newest first", "Which answers failed, and why? The judge's own words, and what it quotes.");
  const note = el("p", undefined, {class: "note"});
  const list = el("ol");
  told.append(note, list);
  const link = (text, pattern, name, value) => el("a", text, {href: pattern.replace(`{${name}}`, encodeURIComponent(value)), rel: "noreferrer", target: "_blank"});
  const known = (id) => /[^0]/.test(id || "");
  const item = (one) => {
    const made = el("li");
    const head = el("div", undefined, {class: "what"});
    const at = new Date(one.at * 1000);
    head.append(
      el("time", at.toLocaleString([], {month: "short", day: "numeric", hour: "2-digit", minute: "2-digit"}), {datetime: at.toISOString()}),
      el("b", one.dimension), el("span", one.model), el("span", one.endpoint),
    );
    if (one.prompt_version) head.append(el("span", `prompt ${one.prompt_version}`));
    if (config.trace && known(one.trace_id)) head.append(link("trace", config.trace, "trace_id", one.trace_id));
    head.append(config.call ? link("call", config.call, "call_id", one.call_id) : el("code", one.call_id, {title: "call_id"}));
    made.append(head, el("p", one.reason));
    for (const quote of one.quotes || []) made.append(el("q", quote));
    return made;
  };
  const say = (text) => { note.textContent = text; note.hidden = !text; list.hidden = Boolean(text); };
  parts.push({
    async load() {
      if (!config.failures) return say("This stack runs no worker that judges, so there is no list here. What failed is in the log: event gen_ai.evaluation.result.");
      try {
        const reply = await fetch(config.failures, {signal: AbortSignal.timeout(3000)});
        const found = await reply.json();
        if (!reply.ok) throw new Error(found.error || `it answers ${reply.status}`);
        const chosen = found.filter((one) => !state.model || one.model === state.model);
        list.replaceChildren(...chosen.map(item));
        say(chosen.length ? "" : "No answer has failed.");
      } catch (error) {
        const where = new URL(config.failures).origin;
        say(`The worker at ${where} cannot be reached from this page (${error.message}), so the list is not here. It answers only on the machine that it runs on; what failed is in the log, too.`);
      }
    },
  });
})();
