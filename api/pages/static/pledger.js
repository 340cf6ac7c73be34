// Small comforts only: every page works without this file.
const $ = (selector) => document.querySelectorAll(selector);

for (const button of $("[data-copy], [data-print]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if ("print" in button.dataset) return window.print();
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).href);
    document.getElementById("said").textContent = button.dataset.said;
  });
}

// Keys: those of links that say so (data-key), and a few of every page. Never inside a field.
const go = (selector) => document.querySelector(selector)?.click();
const sections = () => [...$("main > section :is(h2, h3):first-of-type")];

const step = (by) => {
  const heads = sections();
  const now = heads.findLastIndex((head) => head.getBoundingClientRect().top < 90);
  const head = heads[Math.max(0, Math.min(heads.length - 1, now + by))];
  if (!head) return;
  head.tabIndex = -1;
  head.focus({ preventScroll: true });
  head.scrollIntoView();
};

const KEYS = {
  "?": () => document.getElementById("keys").showModal(),
  "/": () => document.getElementById("q").focus(),
  y: () => go("#frozen"),
  j: () => step(1),
  k: () => step(-1),
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, select, textarea, dialog[open], [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || field) return;
  const act = KEYS[event.key] ?? (/^[a-z]$/.test(event.key) ? () => go(`[data-key="${event.key}"]`) : null);
  if (!act) return;
  event.preventDefault();
  act();
});
