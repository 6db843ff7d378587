// SPDX-License-Identifier: Apache-2.0
// Draws the figures of the page, by Plot and d3-flame-graph. Everything that it shows is in the page's tables as well.
// It follows bench/web/base.js in one element.

const colour = (side) => (side === 0 ? "var(--stock)" : "var(--parkway)");

// For axes: 1.2 ms and the like.
function time(seconds) {
  if (seconds === 0) return "0";
  for (const [unit, scale] of [["s", 1], ["ms", 1e-3], ["us", 1e-6]]) {
    if (Math.abs(seconds) >= scale * 0.9999) return `${+(seconds / scale).toPrecision(4)} ${unit}`;
  }
  return `${Math.round(seconds / 1e-9)} ns`;
}

function distribution(value, label) {
  const names = data.sides.map((side) => side.name);
  const runs = data.sides.flatMap((side, i) => side.runs.map((run) => ({ value: run[value], side: side.name, i })));
  return Plot.plot(common({
    ariaLabel: `${label} of each run`,
    height: 236,
    marginLeft: 90,
    x: { label, tickFormat: time, ticks: width() / 110, grid: true },
    fy: { label: null, domain: names },
    marks: [
      Plot.dotX(runs, Plot.dodgeY("middle", {
        x: "value", fy: "side", r: 3.5, fill: (run) => colour(run.i), title: (run) => time(run.value),
      })),
      Plot.tickX(runs, Plot.groupZ({ x: "median" }, {
        x: "value", fy: "side", z: "side", stroke: "var(--slower)", strokeWidth: 2,
      })),
    ],
  }));
}

function ratios(rows, value, label) {
  const known = rows.filter((row) => row[value] && row[value].ratio !== null)
    .map((row) => Object.assign({ name: row.name }, row[value]));
  return Plot.plot(common({
    ariaLabel: `${label}, parkway / stock`,
    height: 80 + 28 * known.length,
    marginLeft: Math.min(240, width() / 2.2),
    x: { label: `${label}, parkway / stock; below 1 is better`, grid: true, nice: true, ticks: width() / 130 },
    y: {
      label: null,
      domain: known.map((row) => row.name),
      tickFormat: (name) => (width() < 500 ? name.slice(0, 20) : name),
    },
    marks: [
      Plot.ruleX([1], { stroke: "currentColor", strokeDasharray: "4 3" }),
      Plot.ruleY(known.filter((row) => row.low !== null), {
        y: "name", x1: "low", x2: "high", stroke: "var(--parkway)", strokeWidth: 3,
      }),
      Plot.dot(known, { y: "name", x: "ratio", r: 5, fill: "var(--parkway)", title: (row) => row.ratio.toFixed(4) }),
    ],
  }));
}

function histogram(buckets) {
  const bars = buckets.map((count, i) => ({ from: 2 ** i / 1e9, to: 2 ** (i + 1) / 1e9, count }))
    .filter((bar) => bar.count > 0);
  return Plot.plot(common({
    ariaLabel: "how many waits took how long",
    width: Math.min(640, width() - 30),
    height: 216,
    x: { type: "log", label: "time of a wait", tickFormat: time, ticks: Math.min(640, width()) / 90 },
    y: { label: "waits", grid: true, tickFormat: "~s" },
    marks: [
      Plot.rectY(bars, { x1: "from", x2: "to", y: "count", fill: "var(--parkway)", title: (bar) => `${bar.count}` }),
      Plot.ruleY([0]),
    ],
  }));
}

function drawFigures() {
  if (data.sides.length) {
    put("times", () => distribution("seconds", "time"));
    put("cpus", () => distribution("cpu_seconds", "CPU time"));
  }
  if (data.ratios.length) {
    put("time-ratios", () => ratios(data.ratios, "time", "time"));
    put("cpu-ratios", () => ratios(data.ratios, "cpu", "CPU time"));
  }
  document.querySelectorAll("details.lock[open]").forEach(drawLock);
}

function drawLock(details) {
  const buckets = data.locks[+details.dataset.lock].histogram;
  if (buckets.some((count) => count > 0)) put(`${details.id}-histogram`, () => histogram(buckets));
}

function startLocks() {
  document.querySelectorAll("details.lock").forEach((details) => {
    details.addEventListener("toggle", () => details.open && drawLock(details));
  });
}

function openLock(number) {
  const details = document.getElementById(`lock-${number}`);
  if (!details) return;
  details.open = true;
  details.querySelector("summary").focus();
  details.scrollIntoView({ block: "nearest" });
}

// A flame graph that is one stop for the Tab key: arrows go to the frames around, Enter shows a frame in full width,
// Escape all frames.
class Flame {
  constructor(place, where) {
    this.place = place;
    this.where = where;
    this.current = null;
    this.zoomed = 0;
    this.draw();
    place.addEventListener("keydown", (event) => this.key(event));
    place.addEventListener("focusin", (event) => this.reach(d3.select(event.target).datum()));
    new MutationObserver(() => this.mark()).observe(place, { childList: true, subtree: true });
  }

  draw() {
    this.place.replaceChildren();
    this.chart = flamegraph.default()
      .width(this.place.clientWidth)
      .cellHeight(24)
      .minFrameSize(2)
      .inverted(false)
      .transitionDuration(still ? 0 : 250)
      .sort((a, b) => d3.descending(a.value, b.value))
      .setColorHue("orange")
      .label((d) => this.words(d))
      .onClick((d) => {
        this.zoomed = d.id;
        this.reach(d);
      });
    d3.select(this.place).datum(structuredClone(data.flame)).call(this.chart);
    this.root = d3.select(this.place).datum();
    this.current = this.root;
    const zoomed = this.zoomed && this.chart.findById(this.zoomed);
    if (zoomed) this.chart.zoomTo(zoomed);
    this.mark();
  }

  // All frames.
  whole() {
    this.chart.resetZoom();
    this.zoomed = 0;
  }

  words(d) {
    const share = (100 * d.data.value) / data.flame.value;
    return `${d.data.name}: ${time(d.data.value / 1e9)} of waits, ${share.toFixed(1)} %`;
  }

  frames() {
    return d3.select(this.place).selectAll("g.frame");
  }

  mark() {
    const frames = this.frames().attr("role", "button").attr("aria-label", (d) => this.words(d));
    if (!frames.data().includes(this.current)) this.current = this.root;
    frames.attr("tabindex", (d) => (d === this.current ? 0 : -1));
  }

  reach(d) {
    if (!d || !d.data) return;
    this.current = d;
    this.where.textContent = this.words(d);
    this.mark();
  }

  focus(d) {
    const frame = d && this.frames().filter((other) => other === d).node();
    if (!frame) return;
    this.reach(d);
    frame.focus();
  }

  key(event) {
    const d = this.current;
    const shown = new Set(this.frames().data());
    const beside = d.parent ? d.parent.children.filter((other) => shown.has(other)) : [d];
    const at = beside.indexOf(d);
    const to = {
      ArrowUp: () => (d.children || []).find((other) => shown.has(other)),
      ArrowDown: () => d.parent,
      ArrowLeft: () => beside[at - 1],
      ArrowRight: () => beside[at + 1],
      Home: () => this.root,
    }[event.key];
    if (to) {
      event.preventDefault();
      this.focus(to());
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.chart.zoomTo(d);
      if (d.data.lock !== undefined) openLock(d.data.lock);
    } else if (event.key === "Escape") {
      this.whole();
      this.focus(this.root);
    }
  }
}

let flame = null;

function startFlame() {
  const place = document.getElementById("flame");
  if (!place || !data.flame) return;
  flame = new Flame(place, document.getElementById("where"));
  place.addEventListener("click", (event) => {
    const frame = event.target.closest("g.frame");
    const lock = frame && d3.select(frame).datum().data.lock;
    if (lock !== undefined && lock !== null) openLock(lock);
  });
  document.getElementById("whole").addEventListener("click", () => flame.whole());
}

startTheme();
startLocks();
startFlame();
watchWidth(() => {
  drawFigures();
  if (flame) flame.draw();
});
