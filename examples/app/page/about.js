/** What the app is: its models and endpoints, and whether a question costs money. */

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

const note = (text) => {
  const place = document.getElementById("note");
  place.textContent = text;
  place.hidden = !text;
};

const fill = (id, values) => values.forEach((value) => document.getElementById(id).append(new Option(value, value)));

/** Only a loaded app knows whether it has a key, and loading takes seconds. */
const loaded = async () => {
  while (!(await fetch("readyz")).ok) {
    note("The app is still loading.");
    await pause(500);
  }
};

const about = async () => {
  try {
    await loaded();
    const {models, endpoints, real} = await (await fetch("models")).json();
    fill("model", models);
    fill("endpoint", endpoints);
    note(real ? "Questions go to a provider, and cost money." : "Simulator: no model is called, answers are made of the passages.");
  } catch {
    note("The app does not answer; `make status` shows whether it runs.");
  }
};

about();
