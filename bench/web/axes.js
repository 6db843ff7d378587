// SPDX-License-Identifier: Apache-2.0
// Scales and their ticks, numbers, colours and marks. It follows base.js in one element.

// A line has its own colour and its own mark. Those of ours are filled, and their lines are thick.
const OURS = 3;
const OTHERS = 8;
const SHAPES = ["Circle", "Square", "Triangle", "Diamond", "Star", "Wye", "Cross"];
const DASHES = [null, "7 3", "2 3"];

// How each series is drawn, in their order.
function looks(series) {
  let ours = 0;
  let others = 0;
  return series.map((one) => {
    const at = one.ours ? ours++ : others++;
    const round = Math.floor(at / (one.ours ? OURS : OTHERS));
    return {
      name: one.name,
      ours: one.ours,
      colour: one.ours ? `var(--ours-${(at % OURS) + 1})` : `var(--other-${(at % OTHERS) + 1})`,
      shape: d3[`symbol${SHAPES[at % SHAPES.length]}`],
      dash: DASHES[round % DASHES.length],
      stroke: one.ours ? 3 : 1.75,
    };
  });
}

// Three digits that say something.
function number(value) {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return String(+value.toPrecision(3));
}

function ratio(value) {
  return value < 0.1 ? String(+value.toPrecision(2)) : value.toFixed(2);
}

// 1, 2 and 5 times powers of ten in a range, but not so many that they cannot be read.
function decades(low, high, most) {
  const ticks = (steps, every) => {
    const found = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += every) {
      found.push(...steps.map((step) => step * 10 ** power));
    }
    return found.filter((tick) => tick >= low && tick <= high);
  };
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    const found = ticks(steps, 1);
    if (found.length <= most) return found;
  }
  return ticks([1], 2);
}

// A scale for values: logarithmic where some are more than ten times as large as others, otherwise from zero, or from
// what is given.
function valueScale(values, most, least = 0) {
  const [low, high] = d3.extent(values);
  if (low > 0 && high / low > 10) {
    const domain = [low / 1.15, high * 1.15];
    return { type: "log", domain, ticks: decades(...domain, most) };
  }
  const domain = [Math.min(least, low), high * 1.05];
  return { type: "linear", domain, ticks: d3.ticks(...domain, most) };
}

// A scale for counts, such as threads: logarithmic where they double. The ticks are the counts, as many as there is
// room for.
function countScale(values, room) {
  const counts = [...new Set(values)].sort(d3.ascending);
  const low = counts[0];
  const high = counts[counts.length - 1];
  const log = low > 0 && high / low >= 4;
  const place = log ? (x) => Math.log(x / low) / Math.log(high / low) : (x) => (x - low) / (high - low);
  const gap = Math.min(1, 30 / room);
  const ticks = [high];
  for (const count of counts.slice(0, -1).reverse()) {
    if (place(ticks[0]) - place(count) >= gap) ticks.unshift(count);
  }
  return { type: log ? "log" : "linear", domain: [low, high], ticks };
}

// Moves places apart that are nearer to each other than `gap`, as little as that takes, within a range.
function spread(places, gap, low, high) {
  const order = d3.range(places.length).sort((a, b) => places[a] - places[b]);
  const moved = Array.from(places);
  let least = low;
  for (const i of order) {
    moved[i] = Math.max(moved[i], least);
    least = moved[i] + gap;
  }
  let most = high;
  for (const i of order.reverse()) {
    moved[i] = Math.min(moved[i], most);
    most = moved[i] - gap;
  }
  return moved;
}
