// What stands on the page. Everything is set as text, never as markup: answers and passages come from anywhere.

export const at = (id) => document.getElementById(id);

export function element(name, text = "", more = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  return Object.assign(made, more);
}

/** A rubric's hard-wrapped lines as paragraphs and lists. */
export function rubric(text) {
  const blocks = [];
  for (const line of text.split("\n")) {
    const item = line.match(/^\s*(?:[-*]|(\d+)\.)\s+(.*)$/);
    const last = blocks.at(-1);
    if (!line.trim()) blocks.push(null);
    else if (item) blocks.push({ kind: item[1] ? "ol" : "ul", text: item[2] });
    else if (last) last.text += ` ${line.trim()}`;
    else blocks.push({ kind: "p", text: line.trim() });
  }
  const made = [];
  for (const { kind, text: words } of blocks.filter(Boolean)) {
    if (kind === "p") made.push(element("p", words));
    else {
      if (made.at(-1)?.localName !== kind) made.push(element(kind));
      made.at(-1).append(element("li", words));
    }
  }
  return made;
}

/** One answer, its question and its passages. */
export function item(one) {
  at("question").textContent = one.question || "(no question was recorded)";
  at("answer").textContent = one.answer || "(the answer is empty)";
  at("answer").classList.toggle("empty", !one.answer);
  at("passages").replaceChildren(...one.passages.map((text) => element("li", text)));
  at("none").hidden = one.passages.length > 0;
  scrollTo(0, 0);
  at("said").focus({ preventScroll: true });
}

export function progress(done, place, total) {
  at("count").textContent = place < total ? `${place + 1} of ${total}` : `${total} of ${total}`;
  at("progress").setAttribute("aria-valuemax", total);
  at("progress").setAttribute("aria-valuenow", done);
  at("done").style.width = `${(100 * done) / total}%`;
}

export function trouble(text) {
  at("trouble").textContent = text;
  at("trouble").hidden = !text;
}
