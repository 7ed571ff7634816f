/** One question and its answer, as they stand on the page. */

import {nodes} from "./marks.js";
import {COUNTED, duration, words} from "./words.js";

export class Turn {
  #root = document.getElementById("turn").content.cloneNode(true).firstElementChild;
  #text = "";
  #call = "";

  constructor(question) {
    this.question = question;
    this.#root.dataset.status = "asking";
    this.#at(".question").textContent = question;
    this.#at(".thumbs").addEventListener("click", (event) => this.#rate(event.target.closest("button")));
    this.#at(".copy").addEventListener("click", (event) => this.#copy(event.target));
    document.getElementById("turns").append(this.#root);
  }

  begin({call_id: call, trace_id: trace, model, sources}) {
    this.#call = call;
    this.#at(".call code").textContent = call;
    this.#at(".model").textContent = model;
    this.#at(".trace").href = `trace/${encodeURIComponent(trace)}`;
    this.#at(".facts").hidden = false;
    this.#at(".sources").hidden = sources.length === 0;
    this.#at(".none").hidden = sources.length > 0;
    this.#at(".sources summary").textContent = sources.length === 1 ? "1 source" : `${sources.length} sources`;
    this.#at(".sources ol").replaceChildren(...sources.map(({title, text}) => {
      const item = document.createElement("li");
      const [head, passage] = ["h3", "p"].map((name) => item.appendChild(document.createElement(name)));
      head.textContent = title;
      passage.append(...nodes(text));
      return item;
    }));
  }

  piece({text}) {
    this.#text += text;
    this.#root.dataset.status = "streaming";
    this.#at(".waiting").hidden = true;
    this.#at(".answer").hidden = false;
    this.#at(".answer").replaceChildren(...nodes(this.#text));
  }

  end({status, first_token_ms: first}) {
    if (first !== null) this.#at(".first").textContent = `first token after ${duration(first)}`;
    if (status === "ok") this.#close(status);
    else this.fail(status);
  }

  fail(kind, detail = "") {
    const [headline, more] = words(kind, detail);
    this.#at(".failure strong").textContent = headline;
    this.#at(".failure span").replaceChildren(...nodes(more));
    this.#at(".failure").hidden = false;
    this.#close(kind);
  }

  /** What there is to hear of it, once it has ended. */
  get said() {
    return [this.#at(".answer").textContent, this.#at(".failure p").textContent.trim()].filter(Boolean).join(" ");
  }

  #close(status) {
    this.#at(".waiting").hidden = true;
    this.#at(".thumbs").hidden = !(this.#text && (status === "ok" || status === "stopped" || COUNTED.includes(status)));
    this.#root.dataset.status = status;
  }

  async #rate(pressed) {
    if (!pressed || pressed.ariaPressed === "true") return;
    const both = [...this.#at(".thumbs").children];
    const before = both.map((one) => one.ariaPressed);
    both.forEach((one) => { one.ariaPressed = String(one === pressed); });
    const body = JSON.stringify({call_id: this.#call, thumbs: pressed.value});
    const reply = await fetch("feedback", {method: "POST", headers: {"content-type": "application/json"}, body}).catch(() => null);
    if (!reply?.ok) both.forEach((one, index) => { one.ariaPressed = before[index]; });
    this.#tell(reply?.ok ? "Thank you, that is counted." : "That could not be told to the app; try again.");
  }

  async #copy(button) {
    let copied = true;
    try {
      await navigator.clipboard.writeText(this.#call);
    } catch {
      // Without TLS there is no clipboard: leave it selected, ready for the keyboard.
      getSelection().selectAllChildren(this.#at(".call code"));
      copied = false;
    }
    button.textContent = copied ? "Copied" : "Selected";
    this.#tell(copied ? "The call id is copied." : "The call id is selected.");
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  #tell(text) {
    document.getElementById("said").textContent = text;
  }

  #at(selector) {
    return this.#root.querySelector(selector);
  }
}
