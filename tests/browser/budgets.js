// Laid under the console before it starts, by budgets.py: notes when what was heard is seen.
window.__updates = [];
window.__painted = {};
window.__seen = {};
const LONGEST_MS = 5_000;
const json = Response.prototype.json;
Response.prototype.json = async function () {
  const path = new URL(this.url).pathname;
  const told = await json.call(this);
  const began = performance.now();
  const seen = new MutationObserver(() => {
    seen.disconnect();
    document.body.offsetHeight; // where everything lies counts as well
    if (path === "/api/live") __updates.push(performance.now() - began);
    requestAnimationFrame(() => setTimeout(() => (__painted[path] ??= []).push(performance.now() - began)));
  });
  seen.observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true });
  setTimeout(() => seen.disconnect(), LONGEST_MS);
  return told;
};

// The first time at which a call's row has some words, ms since 1970.
window.__watch = () => {
  const look = () => {
    const now = Date.now();
    for (const row of document.querySelectorAll("table.calls tbody tr")) {
      const call = decodeURIComponent(row.querySelector("a.n").hash.split("/").pop());
      const words = row.querySelector(".words")?.lastChild?.textContent.trim();
      if (words) __seen[`${call} ${words}`] ??= now;
    }
  };
  new MutationObserver(look).observe(document.querySelector("main"), { subtree: true, childList: true, characterData: true });
  look();
};

// A canvas from its making to the last line that is drawn on it.
const create = Document.prototype.createElement;
Document.prototype.createElement = function (name, ...rest) {
  if (name === "canvas") window.__plot = { began: performance.now(), ended: 0 };
  return create.call(this, name, ...rest);
};
const stroke = CanvasRenderingContext2D.prototype.stroke;
CanvasRenderingContext2D.prototype.stroke = function (...path) {
  stroke.apply(this, path);
  if (window.__plot) __plot.ended = performance.now();
};
