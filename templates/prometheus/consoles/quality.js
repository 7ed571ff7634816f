(() => {
  const {config, parts, $, el, shown, named, filled, api} = LLM;
  const section = (id, title, question) => {
    const made = el("section", undefined, {id, "aria-label": title});
    const head = el("div", undefined, {class: "head"});
    head.append(el("h2", title, {title}));
    made.append(head, el("p", question, {class: "question", title: question}));
    $("panels").append(made);
    return made;
  };
  LLM.section = section;

  // Changes and alerts, as lines through every panel and by name below the header.
  const starts = (series, step) => {
    const found = [];
    let before = -Infinity;
    for (const [at] of series.values) {
      if (at - before > step) found.push(at);
      before = at;
    }
    return found;
  };
  // Said before any number is shown; what judges otherwise needs no words here.
  const notice = el("p", undefined, {id: "notice", role: "note"});
  notice.hidden = true;
  document.querySelector("main").before(notice);
  parts.push({
    async load(_start, end) {
      const [found] = (await api("query", {query: filled(config.notice.expr), time: end})).result;
      notice.hidden = !found || Number(found.value[1]) !== 1;
      notice.textContent = notice.hidden ? "" : config.notice.text;
    },
  });

  const list = el("ul", undefined, {id: "marks", "aria-label": "Changes and alerts in this range"});
  document.querySelector("main").before(list);
  parts.push({
    async load(start, end, step) {
      const kinds = [[config.changes, "--mark"], [config.rulers, "--ruler"], [config.fired, "--bad"]];
      const answers = await Promise.all(kinds.map(([kind]) => api("query_range", {query: filled(kind.expr), start, end, step})));
      LLM.marks = answers.flatMap((answer, number) => answer.result.flatMap((series) => starts(series, step)
        // What was there already when the range began did not begin then.
        .filter((at) => at > start).map((at) => ({at, color: kinds[number][1], text: named(kinds[number][0].legend, series.metric)}))));
      LLM.marks.sort((one, other) => other.at - one.at);
      list.replaceChildren(...LLM.marks.slice(0, 6).map((mark) => {
        const item = el("li");
        item.style.borderColor = `var(${mark.color})`;
        item.append(el("time", new Date(mark.at * 1000).toLocaleString([], {month: "short", day: "numeric", hour: "2-digit", minute: "2-digit"})), mark.text);
        return item;
      }));
    },
  });

  const {title, question, by, columns} = config.table;
  const told = section("dimensions", title, question);
  const table = el("table");
  told.append(table);
  const calibrated = (value, name) => {
    if (value === 1) return el("td", "✓ yes", {class: "good"});
    const taste = config.tastes.includes(name);
    return el("td", taste ? `${config.not_calibrated}: does not count` : config.not_calibrated, {class: taste ? "wait" : "soft"});
  };
  const cell = (column, value, name) => {
    if (column.unit === "calibrated") return calibrated(value, name);
    const changed = column === columns.at(-1) && value > 0;
    return el("td", shown(value, column.unit), changed ? {class: "wait"} : {});
  };
  parts.push({
    async load(_start, end) {
      const answers = await Promise.all(columns.map((column) => api("query", {query: filled(column.expr), time: end})));
      const values = answers.map((answer) => new Map(answer.result.map((one) => [one.metric[by], Number(one.value[1])])));
      const names = [...new Set([...config.dimensions, ...values.flatMap((found) => [...found.keys()])])];
      const head = el("tr");
      head.append(el("th", by, {scope: "col"}), ...columns.map((column) => el("th", column.title, {scope: "col"})));
      const rows = names.map((name) => {
        const counts = values[columns.findIndex((column) => column.unit === "calibrated")].get(name) === 1 || !config.tastes.includes(name);
        const row = el("tr", undefined, counts ? {} : {class: "doubt"});
        row.append(el("th", name, {scope: "row"}), ...columns.map((column, number) => cell(column, values[number].get(name), name)));
        return row;
      });
      const [thead, tbody] = [el("thead"), el("tbody")];
      thead.append(head);
      tbody.append(...rows);
      table.replaceChildren(thead, tbody);
    },
  });
})();
