"use strict";
(() => {
  const config = JSON.parse(document.getElementById("config").textContent);
  const $ = (id) => document.getElementById(id);
  const root = document.documentElement;
  // Okabe and Ito's palette: told apart with every kind of colour vision.
  const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8b6fd6", "#8a8f98"];
  const ROLES = ["value", "usual", "limit"];
  const DASHES = {usual: [2, 4], limit: [7, 5]};
  const NUMBER = (() => {
    let locale = "en";
    try { new Intl.NumberFormat(navigator.language); locale = navigator.language; } catch { /* such as en-US@posix */ }
    return (value, digits) => new Intl.NumberFormat(locale, {maximumSignificantDigits: digits}).format(value);
  })();
  const params = new URLSearchParams(location.search);
  const state = {
    model: params.get("model") || "",
    endpoint: params.get("endpoint") || "",
    range: [...$("range").options].some((o) => o.value === params.get("range")) ? params.get("range") : "3600",
    turn: 0,
  };
  const panels = [];

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
    return NUMBER(value, 3);
  };

  const setTheme = (theme) => {
    root.dataset.theme = theme;
    panels.forEach((panel) => panel.draw());
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

  class Panel {
    constructor(spec) {
      this.spec = spec;
      this.section = el("section", undefined, {id: `panel-${spec.key}`, "aria-label": spec.title});
      const head = el("div", undefined, {class: "head"});
      this.big = el("div", "–", {class: "big"});
      head.append(el("h2", spec.title, {title: spec.title}), this.big);
      this.plot = el("div", undefined, {class: "plot"});
      this.legend = el("ul", undefined, {class: "legend"});
      this.empty = el("div", "loading …", {class: "empty"});
      this.section.append(head, el("p", spec.question, {class: "question", title: spec.question}), this.plot, this.legend, this.empty);
      $("panels").append(this.section);
      this.series = [];
      this.times = [];
      new ResizeObserver(() => this.resize()).observe(this.plot);
    }
    async load(start, end, step) {
      const answers = await Promise.all(this.spec.queries.map((query) =>
        api("query_range", {query: filled(query.expr), start, end, step})));
      const times = [];
      for (let at = start; at <= end; at += step) times.push(at);
      const place = new Map(times.map((at, number) => [at, number]));
      this.series = answers.flatMap((answer, number) => answer.result.map((found) => {
        const values = new Array(times.length).fill(null);
        for (const [at, text] of found.values) {
          const value = Number(text);
          if (place.has(at) && Number.isFinite(value)) values[place.get(at)] = value;
        }
        return {name: named(this.spec.queries[number].legend, found.metric), values, role: this.spec.queries[number].role};
      }));
      // Born at 0 so that nothing is lost, but nobody's business while it stays there.
      this.series = this.series.filter((one) => one.name !== config.other || one.values.some((value) => value > 0));
      this.series.sort((one, other) => ROLES.indexOf(one.role) - ROLES.indexOf(other.role));
      this.times = times;
      this.draw();
    }
    fail(error) {
      this.empty.textContent = `This query failed: ${error.message}`;
      this.empty.hidden = false;
    }
    last(values) {
      for (let at = values.length - 1; at >= Math.max(0, values.length - 5); at--) if (values[at] !== null) return values[at];
      return null;
    }
    draw() {
      const {spec} = this;
      const lines = this.series.filter((one) => one.role === "value");
      const nothing = lines.every((one) => one.values.every((value) => value === null));
      this.empty.hidden = !nothing;
      if (nothing) this.empty.textContent = config.hint;
      let color = 0;
      for (const one of this.series) one.color = one.role === "limit" ? css("--limit") : one.role === "usual" ? css("--soft") : COLORS[color++ % COLORS.length];
      const now = lines.map((one) => this.last(one.values)).filter((value) => value !== null);
      const head = spec.headline === "sum" ? (now.length ? now.reduce((sum, value) => sum + value, 0) : null)
        : this.last((lines.find((one) => one.name === spec.headline) || {values: []}).values);
      this.big.replaceChildren(shown(head, spec.unit), el("small", spec.unit === "ms" ? spec.headline : spec.unit));
      const limit = this.series.find((one) => one.role === "limit");
      const top = limit && this.last(limit.values);
      this.section.classList.toggle("alarm", head !== null && top !== null && top !== undefined && top > 0 && head > top);
      this.legend.replaceChildren(...this.series.map((one) => {
        const item = el("li");
        const mark = el("i", undefined, one.role === "value" ? {} : {class: "dash"});
        mark.style.borderColor = one.color;
        item.append(mark, one.name, el("span", shown(this.last(one.values), spec.unit)));
        return item;
      }));
      this.chart();
    }
    chart() {
      const stacked = this.spec.stacked;
      const sums = new Array(this.times.length).fill(0);
      const columns = this.series.map((one) => one.role !== "value" || !stacked ? one.values : one.values.map((value, at) => {
        // Nothing on top of a stack would hide the line below it.
        if (!value && sums[at] > 0) return null;
        if (value === null) return null;
        sums[at] += value;
        return sums[at];
      }));
      const axis = {stroke: css("--soft"), grid: {stroke: css("--grid"), width: 1}, ticks: {stroke: css("--grid"), width: 1}, font: "11px system-ui"};
      const options = {
        width: Math.max(80, this.plot.clientWidth), height: Math.max(60, this.plot.clientHeight),
        legend: {show: false},
        cursor: {sync: {key: "panels"}, points: {size: 6}, y: false},
        scales: {y: {range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1]}},
        axes: [{...axis, space: 70, values: (_plot, ticks) => ticks.map(clock)}, {...axis, size: 58, space: 28, values: (_plot, ticks) => ticks.map((value) => shown(value, this.spec.unit))}],
        series: [{}, ...this.series.map((one) => ({
          label: one.name, stroke: one.color, width: one.role === "value" ? 2 : 1.5, dash: DASHES[one.role],
          fill: stacked && one.role === "value" ? alpha(one.color, 0.16) : undefined, points: {show: false}, spanGaps: false,
        }))],
        hooks: {setCursor: [(plot) => this.point(plot.cursor.idx)]},
      };
      if (this.uplot) this.uplot.destroy();
      this.uplot = new uPlot(options, [this.times, ...columns], this.plot);
    }
    point(at) {
      const items = this.legend.children;
      this.series.forEach((one, number) => {
        const value = at === null || at === undefined ? this.last(one.values) : one.values[at];
        items[number].lastChild.textContent = shown(value, this.spec.unit);
      });
    }
    resize() {
      if (this.uplot) this.uplot.setSize({width: Math.max(80, this.plot.clientWidth), height: Math.max(60, this.plot.clientHeight)});
    }
  }

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
    for (const name of ["model", "endpoint"]) {
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
    const end = Math.floor(Date.now() / 1000 / step) * step;
    try {
      const [rules] = await Promise.all([api("rules?type=alert"), choices()]);
      if (turn !== state.turn) return;
      showAlerts(rules.groups);
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
      if (state[name] && !(name === "range" && state[name] === "3600")) query.set(name, state[name]); else query.delete(name);
    }
    history.replaceState(null, "", `?${query}`);
  };

  config.panels.forEach((spec) => panels.push(new Panel(spec)));
  $("range").value = state.range;
  for (const name of ["model", "endpoint", "range"]) {
    $(name).addEventListener("change", (event) => { state[name] = event.target.value; remember(); refresh(); });
  }
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  refresh();
  setInterval(() => { if (!document.hidden) refresh(); }, config.refresh * 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
})();
