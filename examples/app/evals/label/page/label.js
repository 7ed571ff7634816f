import { at, element, item, progress, rubric, trouble } from "./show.js";

// The token is in the fragment, which is never sent; a reload finds it where it was kept for this tab.
const token = location.hash.slice(1) || sessionStorage.getItem("token") || "";
sessionStorage.setItem("token", token);
history.replaceState(null, "", location.pathname);

let round = null;
let place = 0;
let busy = false;

async function ask(path, body) {
  const headers = { "X-Label-Token": token, ...(body && { "Content-Type": "application/json" }) };
  const reply = await fetch(path, { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  const told = await reply.json();
  if (!reply.ok) throw new Error(told.problem);
  return told;
}

function choices() {
  const { scale, threshold } = round;
  if (scale === 2) return [["p", "pass", "Pass", "good"], ["f", "fail", "Fail", "bad"]];
  return Array.from({ length: scale }, (_, at) => at + 1).map((score) => [
    String(score % 10), score, String(score), score >= threshold ? "good" : "bad",
  ]);
}

async function choose(choice) {
  if (busy || !round || place >= round.items.length) return;
  busy = true;
  try {
    round.items[place].said = (await ask("label", { place, choice })).label;
    trouble("");
    go(place + 1);
  } catch (error) {
    const gone = error instanceof TypeError;
    trouble(gone ? "Not kept: the program that served this page is gone. Start it again; what you labelled before is kept." : error.message);
  } finally {
    busy = false;
  }
}

function go(to) {
  place = Math.max(0, Math.min(to, round.items.length));
  const over = place === round.items.length;
  const done = round.items.filter((one) => one.said).length;
  progress(done, place, round.items.length);
  at("end").hidden = !over;
  document.querySelector("main").hidden = document.querySelector("footer").hidden = over;
  if (over) {
    at("sum").textContent = `${done} of ${round.items.length} answers have your label; the others were skipped.`;
    at("return").focus();
    return;
  }
  const one = round.items[place];
  item(one);
  at("before").textContent = one.said ? `You said ${one.said}. Choose again, or skip to leave it so.` : "";
  for (const button of document.querySelectorAll("#choices [data-choice]")) {
    button.setAttribute("aria-pressed", String(round.scale === 2 && button.dataset.choice === one.said));
  }
}

function button(key, words, kind, press) {
  const made = element("button", "", { type: "button", className: kind, onclick: press });
  made.append(element("kbd", key.toUpperCase()), element("span", words));
  made.setAttribute("aria-keyshortcuts", key);
  return made;
}

function start() {
  const taste = round.items.every((one) => one.passages.length === 0);
  document.title = `Label ${round.dimension}`;
  at("dimension").textContent = round.dimension;
  at("rubric-text").firstElementChild.replaceChildren(...rubric(round.rubric));
  at("rubric").open = sessionStorage.getItem("rubric") !== "closed" && innerWidth > 700;
  at("rubric").ontoggle = () => sessionStorage.setItem("rubric", at("rubric").open ? "open" : "closed");
  document.body.classList.toggle("alone", taste);
  at("choices").classList.toggle("many", round.scale > 2);
  const main = choices().map(([key, choice, words, kind]) => {
    const made = round.scale === 2 ? button(key, words, kind, () => choose(choice)) : element("button", words, { type: "button", className: kind, onclick: () => choose(choice) });
    made.dataset.choice = choice;
    return made;
  });
  at("choices").replaceChildren(...main, button("s", "Skip", "plain", () => go(place + 1)), button("u", "Back", "plain", () => go(place - 1)));
  const scores = [[`1 to ${round.scale}`, `score; ${round.threshold} and more is a pass`]];
  const list = [...(round.scale === 2 ? [["P", "pass"], ["F", "fail"]] : scores), ["S", "skip"], ["U", "undo: back to the one before"], ["R", "show or hide the rubric"], ["?", "these keys"]];
  at("keys-list").replaceChildren(...list.flatMap(([key, words]) => [element("dt", key), element("dd", words)]));
  const first = round.items.findIndex((one) => !one.said);
  go(first < 0 ? round.items.length : first);
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !round || at("keys").open) return;
  const key = event.key.toLowerCase();
  const choice = choices().find(([known]) => known === key);
  const over = place === round.items.length;
  if (choice && !over) choose(choice[1]);
  else if (key === "s" && !over) go(place + 1);
  else if (key === "u") go(place - 1);
  else if (key === "r" && !over) at("rubric").open = !at("rubric").open;
  else if (key === "?") at("keys").showModal();
  else return;
  event.preventDefault();
}

document.addEventListener("keydown", press);
at("help").onclick = () => at("keys").showModal();
at("return").onclick = () => go(round.items.length - 1);
try {
  round = await ask("round");
  start();
} catch (error) {
  trouble(error instanceof TypeError ? "The program that served this page is gone. Start it again." : error.message);
}
