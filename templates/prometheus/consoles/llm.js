"use strict";
const LLM = (() => {
  const config = JSON.parse(document.getElementById("config").textContent);
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  const NUMBER = (() => {
    let locale = "en";
    try { new Intl.NumberFormat(navigator.language); locale = navigator.language; } catch { /* such as en-US@posix */ }
    return (value, digits) => new Intl.NumberFormat(locale, {maximumSignificantDigits: digits}).format(value);
  })();
  const params = new URLSearchParams(location.search);
  const state = {
    model: params.get("model") || "",
    endpoint: config.filters.includes("endpoint") ? params.get("endpoint") || "" : "",
    range: [...$("range").options].some((o) => o.value === params.get("range")) ? params.get("range") : String(config.range),
    turn: 0,
  };
  const panels = [];
  // Whatever else is loaded before the panels are; each has load(start, end, step), and may have draw().
  const parts = [];

  const el = (name, text, attributes) => {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = text;
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    return node;
  };
  const quote = (text) => JSON.stringify(text);
  const shown = (value, unit) => {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    if (unit === "ms") return value >= 1000 ? `${NUMBER(value / 1000, 3)} s` : `${NUMBER(value, 3)} ms`;
    if (unit === "share") return `${NUMBER(value * 100, 3)} %`;
    if (unit === "s") return value < 90 ? `${NUMBER(value, 2)} s` : value < 5400 ? `${NUMBER(value / 60, 2)} min` : `${NUMBER(value / 3600, 2)} h`;
    return NUMBER(value, 3);
  };

  const setTheme = (theme) => {
    root.dataset.theme = theme;
    for (const one of [...parts, ...panels]) if (one.draw) one.draw();
  };
  const stored = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  root.dataset.theme = params.get("theme") || stored() || (dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => { if (!stored()) setTheme(dark.matches ? "dark" : "light"); });
  $("theme").addEventListener("click", () => {
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", theme); } catch { /* private window: the choice lasts as long as the page */ }
    setTheme(theme);
  });

  const api = async (path, query) => {
    const reply = await fetch(`../api/v1/${path}`, query && {method: "POST", body: new URLSearchParams(query)});
    const body = await reply.json();
    if (body.status !== "success") throw new Error(body.error || `${path} answers ${reply.status}`);
    return body.data;
  };
  const filled = (expr) => {
    const model = state.model ? `,model=${quote(state.model)}` : "";
    const endpoint = state.endpoint ? `,endpoint=${quote(state.endpoint)}` : "";
    return expr.replaceAll("@ME@", config.job + model + endpoint).replaceAll("@M@", config.job + model).replaceAll("@J@", config.job);
  };
  const named = (legend, labels) => legend.replace(/\{\{?(\w+)\}?\}/g, (_all, label) => labels[label] || "none");

  const clock = (seconds) => {
    const at = new Date(seconds * 1000);
    const two = (number) => String(number).padStart(2, "0");
    const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
    return Number(state.range) > 86400 ? `${two(at.getDate())}.${two(at.getMonth() + 1)}. ${time}` : time;
  };
  const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const alpha = (hex, share) => hex + Math.round(share * 255).toString(16).padStart(2, "0");

  const since = (text) => {
    const minutes = Math.max(0, Math.round((Date.now() - Date.parse(text)) / 60000));
    return minutes < 90 ? `${minutes} min` : `${NUMBER(minutes / 60, 2)} h`;
  };
  const showAlerts = (groups) => {
    const items = [];
    for (const rule of groups.flatMap((group) => group.rules)) {
      if (!config.alerts.includes(rule.name) || items.some((item) => item.dataset.name === rule.name && !rule.alerts.length)) continue;
      const active = rule.alerts.filter((alert) => alert.labels.job === config.service);
      if (!active.length) {
        const item = el("li", undefined, {"data-name": rule.name, "data-state": "inactive", title: "inactive"});
        item.append(el("b", rule.name));
        items.push(item);
      }
      for (const alert of active) {
        const item = el("li", undefined, {"data-name": rule.name, "data-state": alert.state});
        item.append(el("b", rule.name), el("span", `${alert.state} for ${since(alert.activeAt)}`), alert.annotations.summary || "");
        const runbook = alert.annotations.runbook_url || "";
        if (/^https?:/.test(runbook)) item.append(el("a", "runbook", {href: runbook, rel: "noreferrer"}));
        else item.append(el("span", runbook));
        items.push(item);
      }
    }
    $("alerts").replaceChildren(...items);
  };
  const banner = (text) => { $("banner").textContent = text; $("banner").hidden = !text; };

  const choices = async () => {
    const match = {"match[]": filled(`${config.requests}{@J@}`)};
    for (const name of config.filters) {
      const values = await api(`label/${name}/values?${new URLSearchParams(match)}`);
      const select = $(name);
      const wanted = [...new Set([...values, state[name]].filter(Boolean))].sort();
      if ([...select.options].slice(1).map((option) => option.value).join("\n") === wanted.join("\n")) continue;
      select.replaceChildren(el("option", "all", {value: ""}), ...wanted.map((value) => el("option", value, {value})));
      select.value = state[name];
    }
  };
  const refresh = async () => {
    const turn = ++state.turn;
    const range = Number(state.range);
    const step = Math.max(config.scrape, Math.ceil(range / 240));
    // The present, and not the last step: over a day that is minutes ago, and a young stack would look empty.
    const end = Math.floor(Date.now() / 1000 / config.scrape) * config.scrape;
    try {
      const [rules] = await Promise.all([api("rules?type=alert"), choices()]);
      if (turn !== state.turn) return;
      showAlerts(rules.groups);
      await Promise.all(parts.map((part) => part.load(end - range, end, step)));
      await Promise.all(panels.map((panel) => panel.load(end - range, end, step).catch((error) => panel.fail(error))));
      banner("");
      $("fresh").textContent = `Updated ${new Date().toLocaleTimeString()}; every ${config.refresh} s`;
    } catch (error) {
      banner(`Prometheus cannot be reached (${error.message}). The panels show what was last known; trying again every ${config.refresh} s.`);
    }
    root.dataset.loaded = String(turn);
  };
  const remember = () => {
    const query = new URLSearchParams(location.search);
    for (const name of ["model", "endpoint", "range"]) {
      if (state[name] && !(name === "range" && state[name] === String(config.range))) query.set(name, state[name]); else query.delete(name);
    }
    history.replaceState(null, "", `?${query}`);
    link();
  };
  // The other page opens with the same model and theme; what it does not know it leaves alone.
  const link = () => {
    if (!config.other_page) return;
    const query = new URLSearchParams(location.search);
    query.delete("range");
    $("other").href = config.other_page.href + (String(query) ? `?${query}` : "");
    $("other").textContent = config.other_page.name;
    $("other").hidden = false;
  };

  const start = () => {
    config.panels.forEach((spec) => panels.push(new LLM.Panel(spec)));
    for (const name of ["model", "endpoint"]) $(name).closest("label").hidden = !config.filters.includes(name);
    $("range").value = state.range;
    for (const name of [...config.filters, "range"]) {
      $(name).addEventListener("change", (event) => { state[name] = event.target.value; remember(); refresh(); });
    }
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    link();
    refresh();
    setInterval(() => { if (!document.hidden) refresh(); }, config.refresh * 1000);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  };
  return {config, state, parts, $, el, shown, named, filled, api, clock, css, alpha, start};
})();
