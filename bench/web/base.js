// SPDX-License-Identifier: Apache-2.0
// What the pages of the benchmarks share. Each page's own script follows in the same element.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

function themed() {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function startTheme() {
  const button = document.getElementById("theme");
  const show = () => {
    const now = document.documentElement.dataset.theme || themed();
    button.textContent = now === "dark" ? "Light page" : "Dark page";
  };
  button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme || themed();
    document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}

const width = () => Math.max(280, document.getElementById("main").clientWidth);

// Plot's options that all figures have.
function common(options) {
  const style = { background: "transparent", fontSize: "13px" };
  return Object.assign({ width: width(), marginBottom: 46, style }, options);
}

// Draws into a figure, in the place of what was drawn there.
function put(id, draw) {
  const place = document.getElementById(id);
  if (!place) return;
  place.querySelectorAll(":scope > svg").forEach((old) => old.remove());
  place.prepend(draw());
}

// A table that is wider than the page can be scrolled by keys.
function markScrollers() {
  document.querySelectorAll(".scroll").forEach((place) => {
    if (place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    else place.removeAttribute("tabindex");
  });
}

// Calls `draw` now and whenever the page has another width.
function watchWidth(draw) {
  let before = 0;
  // It is called once at the start, when the page has its scroll bar.
  new ResizeObserver(() => {
    if (width() !== before) {
      before = width();
      markScrollers();
      draw();
    }
    document.documentElement.dataset.ready = "yes";
  }).observe(document.getElementById("main"));
  // What was hidden had no width. The event does not bubble.
  document.addEventListener("toggle", markScrollers, true);
}
