LLM.marks = [];
LLM.Panel = (() => {
  const {config, $, el, shown, named, filled, api, clock, css, alpha} = LLM;
  // Okabe and Ito's palette: told apart with every kind of colour vision.
  const COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8b6fd6", "#8a8f98"];
  const ROLES = ["low", "high", "value", "doubt", "usual", "limit"];
  const DASHES = {usual: [2, 4], limit: [7, 5], doubt: [4, 4]};
  const ENDS = ["low", "high"];
  const dimensions = config.dimensions || [];

  return class Panel {
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
    end(role, name) { return this.series.find((one) => one.role === role && one.name === name); }
    paint() {
      let color = 0;
      for (const one of this.series) {
        const known = dimensions.indexOf(one.name);
        if (one.role === "limit") one.color = css("--limit");
        else if (one.role === "usual" || one.role === "doubt") one.color = css("--soft");
        else one.color = COLORS[(known >= 0 ? known : color++) % COLORS.length];
      }
    }
    draw() {
      const {spec} = this;
      const lines = this.series.filter((one) => one.role === "value");
      const nothing = [...lines, ...this.series.filter((one) => one.role === "doubt")].every((one) => one.values.every((value) => value === null));
      this.empty.hidden = !nothing;
      if (nothing) this.empty.textContent = config.hint;
      this.paint();
      const [head, name] = this.headline(lines);
      this.big.replaceChildren(shown(head, spec.unit), el("small", name));
      this.section.classList.toggle("alarm", this.alarming(head));
      this.told = this.series.filter((one) => !ENDS.includes(one.role));
      this.legend.replaceChildren(...this.told.map((one) => {
        const item = el("li");
        const mark = el("i", undefined, one.role === "value" ? {} : {class: "dash"});
        mark.style.borderColor = one.color;
        item.append(mark, one.name, el("span"));
        return item;
      }));
      this.point(null);
      this.chart();
    }
    headline(lines) {
      const {headline, unit} = this.spec;
      const now = lines.map((one) => [this.last(one.values), one.name]).filter(([value]) => value !== null);
      const plain = unit === "ms" ? headline : unit === "share" || unit === "s" ? "" : unit;
      if (headline === "sum") return [now.length ? now.reduce((sum, [value]) => sum + value, 0) : null, plain];
      if (headline === "lowest") return now.length ? now.reduce((least, one) => one[0] < least[0] ? one : least) : [null, ""];
      return [this.last((lines.find((one) => one.name === headline) || {values: []}).values), plain];
    }
    alarming(head) {
      const limit = this.series.find((one) => one.role === "limit");
      const edge = limit ? this.last(limit.values) : null;
      if (head === null || edge === null) return false;
      // What should be high is too low where all of its band is.
      if (this.spec.headline === "lowest") return this.series.some((one) => one.role === "high" && this.last(one.values) !== null && this.last(one.values) < edge);
      return edge > 0 && head > edge;
    }
    range(low, high) {
      if (this.spec.unit !== "share") return [0, high > 0 ? high * 1.08 : 1];
      return [Math.min(0.8, Math.max(0, Math.floor((low ?? 0) * 20 - 0.4) / 20)), 1];
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
      const bands = this.series.map((one, number) => [one, number + 1]).filter(([one]) => one.role === "high" && this.end("low", one.name))
        .map(([one, number]) => ({series: [number, this.series.indexOf(this.end("low", one.name)) + 1], fill: alpha(one.color, 0.2)}));
      const options = {
        width: Math.max(80, this.plot.clientWidth), height: Math.max(60, this.plot.clientHeight),
        legend: {show: false},
        bands,
        cursor: {sync: {key: "panels"}, points: {size: 6, show: (_plot, number) => number > 0 && !ENDS.includes(this.series[number - 1].role)}, y: false},
        scales: {y: {range: (_plot, low, high) => this.range(low, high)}},
        axes: [{...axis, space: 70, size: 32, values: (_plot, ticks) => ticks.map(clock)}, {...axis, size: 58, space: 28, values: (_plot, ticks) => ticks.map((value) => shown(value, this.spec.unit))}],
        series: [{}, ...this.series.map((one) => ({
          label: one.name, stroke: one.color, width: ENDS.includes(one.role) ? 0 : one.role === "value" ? 2 : 1.5, dash: DASHES[one.role],
          fill: stacked && one.role === "value" ? alpha(one.color, 0.16) : undefined, points: {show: false}, spanGaps: false,
        }))],
        hooks: {setCursor: [(plot) => this.point(plot.cursor.idx)], draw: [(plot) => this.mark(plot)]},
      };
      if (this.uplot) this.uplot.destroy();
      this.uplot = new uPlot(options, [this.times, ...columns], this.plot);
    }
    mark({ctx, bbox, valToPos}) {
      for (const {at, color} of LLM.marks.filter((one) => one.at >= this.times[0] && one.at <= this.times.at(-1))) {
        const x = Math.round(valToPos.call(this.uplot, at, "x", true));
        ctx.save();
        ctx.strokeStyle = css(color);
        ctx.lineWidth = devicePixelRatio;
        ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.restore();
      }
    }
    point(at) {
      this.told.forEach((one, number) => {
        const of = (values) => at === null || at === undefined ? this.last(values) : values[at];
        const [low, high] = ENDS.map((role) => this.end(role, one.name)).map((found) => found ? of(found.values) : null);
        const band = one.role === "value" && low !== null && high !== null && low !== undefined ? ` (${shown(low, this.spec.unit)} to ${shown(high, this.spec.unit)})` : "";
        this.legend.children[number].lastChild.textContent = shown(of(one.values), this.spec.unit) + band;
      });
    }
    resize() {
      if (this.uplot) this.uplot.setSize({width: Math.max(80, this.plot.clientWidth), height: Math.max(60, this.plot.clientHeight)});
    }
  };
})();
