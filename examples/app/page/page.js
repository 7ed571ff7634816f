/** The page: a form, what was asked, and what the app is. */

import "./about.js";
import {Failure, ask} from "./ask.js";
import {Turn} from "./turn.js";
import {conversation, newConversation, user} from "./visitor.js";

const at = (id) => document.getElementById(id);
const [form, field, send, stop, said] = ["form", "question", "send", "stop", "said"].map(at);
// A keyboard that pops up over the answer helps nobody.
const typing = matchMedia("(pointer: fine)");
const EVENTS = new Set(["begin", "piece", "end"]);
let running = null;

const atBottom = () => innerHeight + scrollY > document.documentElement.scrollHeight - 80;
const toBottom = () => scrollTo(0, document.documentElement.scrollHeight);

/** Whoever reads the end goes on seeing it; whoever scrolled up stays there. */
const growing = (grow) => {
  const following = atBottom();
  grow();
  if (following) toBottom();
};

const busy = (controller) => {
  const focused = document.activeElement;
  running = controller;
  send.hidden = Boolean(controller);
  stop.hidden = !controller;
  document.querySelectorAll(".asks").forEach((button) => { button.disabled = Boolean(controller); });
  // Whoever pressed a button that is gone now goes on from the one that took its place.
  if (controller && focused !== field) stop.focus();
  else if (focused === stop && typing.matches) field.focus();
};

const follow = async (turn, signal) => {
  const asked = {question: turn.question, user_id: user(), conversation_id: conversation()};
  if (at("model").value) asked.model = at("model").value;
  if (at("endpoint").value) asked.endpoint = at("endpoint").value;
  try {
    for await (const {event, ...told} of ask(asked, signal)) {
      if (EVENTS.has(event)) growing(() => turn[event](told));
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) console.error(failure);
    growing(() => turn.fail(failure.kind ?? "broken", failure.detail));
  }
};

const start = async (question) => {
  if (running || !question.trim()) return;
  at("start").hidden = true;
  const turn = new Turn(question.trim());
  const controller = new AbortController();
  busy(controller);
  said.textContent = "Asked.";
  toBottom();
  await follow(turn, controller.signal);
  if (running !== controller) return;
  busy(null);
  said.textContent = turn.said;
};

const startOver = () => {
  const controller = running;
  busy(null);
  controller?.abort();
  newConversation();
  at("turns").replaceChildren();
  at("start").hidden = false;
  said.textContent = "A new conversation.";
  field.focus();
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) return;
  const question = field.value;
  field.value = "";
  start(question);
});
field.addEventListener("keydown", (event) => {
  // While a word is being composed, as in Japanese, Enter chooses it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.isComposing) running?.abort(); });
document.addEventListener("click", (event) => {
  const button = event.target.closest(".asks");
  if (button) start((button.closest("article")?.querySelector(".question") ?? button).textContent);
});
stop.addEventListener("click", () => running?.abort());
at("new").addEventListener("click", startOver);
