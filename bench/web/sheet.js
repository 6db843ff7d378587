// SPDX-License-Identifier: Apache-2.0
// Shows a document of figures and tables, whatever was measured. It follows base.js and axes.js in one element, and
// reads what bench/engine/sheet.h writes:
//
// {
//   "tool": "ab",                  what wrote it
//   "title": "./bazelw run ...",   the command
//   "no_figures": "",              why there are no figures, a sentence without its end; empty if there are
//   "short": [{"text": "Lost: ...", "detail": false}, ...],   what it means; "detail": of the line above
//   "facts": [["cpu", "..."], ...],                           the machine, and how it was measured
//   "sections": [{
//     "title": "MutexContention",
//     "text": ["A sentence.", ...],
//     "value": "time per operation",   what is measured; less is better
//     "unit": "ns",                    its unit; "" for ratios
//     "x": "threads",                  what x is
//     "rule": 1,                       a value to compare with, or null
//     "note": "",                      below the figure
//     "series": [{
//       "name": "FutexMutex",
//       "ours": true,                  marked
//       "points": [{"x": 2, "y": 9.2, "low": 9.1, "high": 9.9}, ...]   the median, the least and the greatest
//     }, ...],                         none: no figure
//     "table": {                       or null
//       "columns": [{"name": "threads", "number": true}, ...],
//       "rows": [[{"text": "2", "tone": "slower"}, ...], ...]   tone, if any: "slower", "faster" or "ours"
//     },
//     "open": false                    whether the table is shown from the start
//   }, ...]
// }
//
// Where x is a number each series is a line over x. Where x is a text each x is a row, in the order of the points, with
// the values of all series. A point whose y is null is left out.

const NARROW = 640;
const SPREAD = "The bars reach from the smallest to the largest of the runs, the marks are their medians.";
const narrow = () => width() < NARROW;

function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

function words(section, point, name) {
  const shown = section.unit ? (value) => `${number(value)} ${section.unit}` : ratio;
  const where = typeof point.x === "number" ? `${section.x} ${point.x}` : point.x;
  return `${name}, ${where}: ${shown(point.y)} (${shown(point.low)} to ${shown(point.high)})`;
}

function label(section) {
  return `${section.value}${section.unit ? `, ${section.unit}` : ""}; less is better`;
}

const known = (one) => one.points.filter((point) => point.y !== null);

// Lines over a number of something. `chosen`: the name of the series that stands out, with its values; "" for all.
function lines(section, chosen) {
  const drawn = looks(section.series);
  const names = narrow() ? 0 : Math.min(230, 40 + 8 * d3.max(drawn, (look) => look.name.length));
  const points = section.series.flatMap(known);
  const height = Math.max(340, 90 + 18 * drawn.length);
  const y = valueScale(points.flatMap((point) => [point.low, point.high]), 9);
  const x = countScale(points.map((point) => point.x), width() - 80 - names);
  const last = section.series.map((one) => d3.greatest(known(one), (point) => point.x));
  const marks = section.series.flatMap((one, i) => {
    const look = drawn[i];
    const opacity = chosen === "" || chosen === look.name ? 1 : 0.2;
    const at = { x: "x", y: "y", stroke: look.colour, strokeOpacity: opacity };
    const own = known(one);
    return [
      Plot.ruleX(own, { ...at, y1: "low", y2: "high", strokeWidth: 1.25 }),
      Plot.lineY(own, { ...at, strokeWidth: look.stroke, strokeDasharray: look.dash }),
      Plot.dot(own, {
        ...at, symbol: look.shape, r: look.ours ? 4.5 : 4, strokeWidth: 1.75, fillOpacity: opacity,
        fill: look.ours ? look.colour : "var(--ground)", title: (point) => words(section, point, one.name),
      }),
      chosen !== look.name ? null : Plot.text(own, {
        x: "x", y: "high", dy: -9, fill: look.colour, stroke: "var(--ground)", strokeWidth: 4,
        text: (point) => (section.unit ? number : ratio)(point.y),
      }),
    ];
  });
  return Plot.plot(common({
    ariaLabel: `${section.title}: ${section.value} by ${section.x}, as in the table`,
    height,
    marginTop: 30,
    marginLeft: 58,
    marginRight: names || 16,
    x: { type: x.type, domain: x.domain, label: section.x },
    y: { type: y.type, domain: y.domain, label: label(section) },
    marks: [
      Plot.gridY(y.ticks),
      Plot.axisY(y.ticks, { text: number }),
      Plot.axisX(x.ticks, { text: String }),
      section.rule === null ? null : Plot.ruleY([section.rule], { stroke: "currentColor", strokeDasharray: "4 3" }),
      ...marks,
      names === 0 ? null : Plot.text(last, {
        x: x.domain[1], y: (point) => (point ? point.y : null), dx: 12, textAnchor: "start",
        text: (_, i) => drawn[i].name,
        fill: (_, i) => drawn[i].colour,
        render: (index, scales, values, dimensions, context, next) => {
          const moved = Float64Array.from(values.y);
          spread(index.map((i) => values.y[i]), 16, 24, height - 46).forEach((to, at) => { moved[index[at]] = to; });
          const names = next(index, scales, { ...values, y: moved }, dimensions, context);
          d3.select(names).selectAll("text").attr("font-weight", (i) => (drawn[i].ours ? 700 : null));
          return names;
        },
      }),
    ],
  }));
}

// A section with a row for each series, where lines would have one point each.
function turned(section) {
  const named = (one) => known(one).map((point) => ({ ...point, x: one.name, ours: one.ours }));
  const points = section.series.flatMap(named);
  const of = (ours, name) => ({ name, ours, points: points.filter((point) => point.ours === ours) });
  const note = [`${section.x}: ${section.series.flatMap(known)[0].x}.`, section.note].filter(Boolean).join(" ");
  const rows = points.map((point) => point.x);
  return { ...section, note, rows, series: [of(true, "parkway"), of(false, "others")] };
}

// A row for each text.
function rows(section, chosen) {
  const drawn = looks(section.series);
  const all = section.series.flatMap(known);
  const names = section.rows || [...new Set(all.map((point) => point.x))];
  const several = section.rows ? 1 : section.series.length;
  const step = 16 + 10 * several + (narrow() ? 16 : 0);
  const side = narrow() ? 16 : Math.min(0.45 * width(), 24 + 7.2 * d3.max(names, (name) => name.length));
  const values = all.flatMap((point) => [point.low, point.high]).concat(section.rule === null ? [] : [section.rule]);
  const ticks = Math.max(3, Math.floor((width() - side) / 90));
  const x = valueScale(values, ticks, section.rule === null ? 0 : d3.min(values));
  const marks = section.series.flatMap((one, i) => {
    const look = drawn[i];
    const opacity = chosen === "" || chosen === look.name ? 1 : 0.2;
    const dy = (several === 1 ? 0 : 10 * (i - (several - 1) / 2)) + (narrow() ? 9 : 0);
    const at = { y: "x", stroke: look.colour, strokeOpacity: opacity, dy };
    return [
      Plot.ruleY(known(one), { ...at, x1: "low", x2: "high", strokeWidth: look.stroke }),
      Plot.dot(known(one), {
        ...at, x: "y", r: 4.5, symbol: look.shape, strokeWidth: 1.75, fill: look.ours ? look.colour : "var(--ground)",
        fillOpacity: opacity, title: (point) => words(section, point, one.name),
      }),
    ];
  });
  return Plot.plot(common({
    ariaLabel: `${section.title}: ${section.value}, as in the table`,
    height: 66 + step * names.length,
    marginTop: 16,
    marginLeft: side,
    marginRight: 24,
    x: { type: x.type, domain: x.domain, label: label(section) },
    y: { label: null, domain: names, axis: null },
    marks: [
      Plot.gridX(x.ticks),
      Plot.axisX(x.ticks, { text: section.unit ? number : ratio }),
      section.rule === null ? null : Plot.ruleX([section.rule], { stroke: "currentColor", strokeDasharray: "4 3" }),
      !narrow() ? Plot.axisY({ tickSize: 0, label: null }) : Plot.text(names, {
        y: (name) => name, text: (name) => name, frameAnchor: "left", dy: -8, stroke: "var(--ground)", strokeWidth: 4,
        fill: "currentColor",
      }),
      ...marks,
    ],
  }));
}

class Figure {
  constructor(section, number) {
    this.id = `figure-${number}`;
    this.section = section;
    this.chosen = "";
    const points = section.series.flatMap(known);
    if (typeof points[0].x !== "number") this.draw = rows;
    else if (new Set(points.map((point) => point.x)).size > 1) this.draw = lines;
    else [this.draw, this.section] = [rows, turned(section)];
    this.section = { ...this.section, series: this.section.series.filter((one) => known(one).length > 0) };
  }

  show() {
    put(this.id, () => this.draw(this.section, this.chosen));
  }

  element() {
    const figure = make("figure", { id: this.id });
    const { note, series } = this.section;
    figure.append(make("figcaption", {}, [note, SPREAD].filter(Boolean).join(" ")));
    if (series.length > 1) figure.append(this.choice());
    return figure;
  }

  // The names with their marks: one stop for the Tab key, and the arrow keys choose.
  choice() {
    const group = make("fieldset", { class: "choice" }, make("legend", {}, "Show"));
    const option = (name, mark, ours) => {
      const input = make("input", { type: "radio", name: this.id, value: name, checked: name === "" });
      input.addEventListener("change", () => {
        this.chosen = name;
        this.show();
      });
      const shown = make(ours ? "strong" : "span", {}, name || "all");
      group.append(make("label", {}, input, ...mark, shown));
    };
    option("", [], false);
    looks(this.section.series).forEach((look) => option(look.name, [sample(look)], look.ours));
    return group;
  }
}

// A short piece of a line with its mark.
function sample(look) {
  const svg = d3.create("svg").attr("width", 34).attr("height", 16).attr("aria-hidden", "true");
  svg.append("line").attr("x1", 1).attr("x2", 33).attr("y1", 8).attr("y2", 8).attr("stroke", look.colour)
    .attr("stroke-width", look.stroke).attr("stroke-dasharray", look.dash);
  svg.append("path").attr("transform", "translate(17,8)").attr("d", d3.symbol(look.shape, 56)())
    .attr("stroke", look.colour).attr("stroke-width", 1.75).attr("fill", look.ours ? look.colour : "var(--ground)");
  return svg.node();
}

function table(section, heading) {
  const { columns, rows: all } = section.table;
  const of = (column) => (column.number ? "number" : null);
  const head = make("tr", {}, ...columns.map((one) => make("th", { scope: "col", class: of(one) }, one.name)));
  const body = all.map((row) => make("tr", {}, ...row.map((cell, i) => {
    const text = cell.tone ? make("span", { class: cell.tone }, cell.text) : cell.text;
    return make(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : null, class: of(columns[i]) }, text);
  })));
  const made = make("table", { "aria-labelledby": heading }, make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "scroll" }, made);
}

const figures = [];

function show(section, number) {
  const heading = `section-${number}`;
  const place = make("section", {}, make("h2", { id: heading }, section.title));
  place.append(...section.text.map((text) => make("p", {}, text)));
  const drawn = !data.no_figures && section.series.some((one) => known(one).length > 0);
  if (drawn) {
    figures.push(new Figure(section, number));
    place.append(figures[figures.length - 1].element());
  }
  if (section.table) {
    const count = section.table.rows.length;
    const summary = make("summary", {}, `Table of ${section.title}: ${count} ${count === 1 ? "row" : "rows"}`);
    place.append(make("details", { open: section.open || !drawn }, summary, table(section, heading)));
  }
  document.getElementById("main").append(place);
}

function showHead() {
  const head = document.getElementById("head");
  if (data.no_figures) {
    head.append(make("p", { class: "slower" }, `This page has all tables and no figures: ${data.no_figures}.`));
  }
  const list = make("ul", { class: "short" });
  for (const line of data.short) {
    const item = make("li", {}, line.text);
    if (!line.detail || !list.lastChild) list.append(item);
    else (list.lastChild.querySelector("ul") || list.lastChild.appendChild(make("ul", {}))).append(item);
  }
  const facts = data.facts.filter(([, value]) => value !== data.title)
    .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
  const links = data.sections.map((section, i) => (
    make("li", {}, make("a", { href: `#section-${i}` }, section.title))));
  const contents = make("h2", { id: "contents" }, "Contents");
  head.append(make("h2", {}, "In short"), list, make("dl", {}, ...facts),
    make("nav", { "aria-labelledby": "contents" }, contents, make("ul", {}, ...links)));
}

startTheme();
showHead();
data.sections.forEach(show);
watchWidth(() => figures.forEach((figure) => figure.show()));
