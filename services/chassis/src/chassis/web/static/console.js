// The queue by keyboard: J and K walk, A accepts, R refuses, P takes, X ticks. Never while typing, and only
// while the reader wants it (WCAG 2.1.4: single keys can be switched off).
import { fragment } from "./page.js";

const OFF = "portail:queue-keys-off";
const board = document.querySelector("[data-queue]");
const switcher = document.querySelector("[data-queue-keys-switch]");
let latest = 0;

function rows() {
  return [...board.querySelectorAll("[data-queue-row]")];
}

function linkOf(row) {
  return row.querySelector(".queue-number a");
}

function step(by) {
  const all = rows();
  const here = all.findIndex((row) => row.classList.contains("selected"));
  const next = all[here < 0 ? 0 : here + by];
  if (!next) return;
  select(next);
  linkOf(next).focus();
}

/** The detail is fetched; when that fails, the link is followed as if there were no script. */
async function select(row) {
  const address = linkOf(row).href;
  latest += 1;
  const mine = latest;
  for (const other of rows()) {
    other.classList.toggle("selected", other === row);
    if (other === row) linkOf(other).setAttribute("aria-current", "true");
    else linkOf(other).removeAttribute("aria-current");
  }
  const pane = board.querySelector("[data-queue-detail]");
  pane.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { headers: { Accept: "text/html", "X-Fragment": "detail" }, redirect: "manual" });
    const fresh = fragment(await response.text(), "[data-request]");
    if (mine !== latest) return; // the reader has walked on
    if (!fresh) throw new Error("not a detail");
    pane.replaceChildren(fresh);
    history.replaceState(null, "", address);
    pane.removeAttribute("aria-busy");
    showPane(pane);
  } catch {
    if (mine === latest) location.assign(address);
  }
}

/** Where the pane stands below the list, a tap on a request must not seem to do nothing. */
function showPane(pane) {
  const { top } = pane.getBoundingClientRect();
  if (top >= 0 && top < innerHeight * 0.6) return;
  pane.scrollIntoView({ block: "start" });
  pane.tabIndex = -1;
  pane.focus({ preventScroll: true });
}

function accept() {
  const form = board.querySelector("[data-accept]");
  // The detail on show may still be that of the row before.
  if (form && !board.querySelector('[data-queue-detail][aria-busy="true"]')) form.requestSubmit();
}

function refuse() {
  const fold = board.querySelector("[data-refuse]");
  if (!fold) return;
  fold.open = true;
  fold.querySelector("textarea").focus();
}

function take() {
  const form = board.querySelector("[data-take]");
  if (form && !board.querySelector('[data-queue-detail][aria-busy="true"]')) form.requestSubmit();
}

function tick() {
  board.querySelector(".queue-row.selected [name=selected]")?.click();
}

const KEYS = { j: () => step(1), k: () => step(-1), a: accept, r: refuse, p: take, x: tick };
const ONCE = [accept, take, tick];

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
}

function start() {
  document.querySelector("[data-queue-keys]").hidden = false;
  switcher.checked = localStorage.getItem(OFF) === null;
  switcher.addEventListener("change", () => {
    if (switcher.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key.toLowerCase()];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || event.repeat && ONCE.includes(act)) return;
    if (!switcher.checked || typing(event.target)) return;
    event.preventDefault();
    act();
  });
  board.addEventListener("click", (event) => {
    const row = event.target.closest("[data-queue-row]");
    if (!row || event.target.closest("label, input") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    select(row);
  });
  countTicked();
  tickAll();
}

/** One box for the whole page; without a script there is none, since it could do nothing. */
function tickAll() {
  const all = board.querySelector("[data-tick-all]");
  if (!all) return;
  all.hidden = false;
  all.addEventListener("change", ({ target }) => {
    for (const box of board.querySelectorAll("[name=selected]")) box.checked = target.checked;
  });
}

/** A reason at hand is a beginning: its words go into the field, where they can be changed. */
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-ready-reason]")) return;
  const words = target.selectedOptions[0]?.dataset.words;
  const field = target.form.querySelector("#refuse-reason");
  if (words) field.value = words;
});

/** How many are ticked, beside the button that accepts them. */
function countTicked() {
  const words = board.querySelector("[data-selection-count]");
  if (!words) return;
  board.addEventListener("change", () => {
    const count = board.querySelectorAll("[name=selected]:checked").length;
    words.textContent = count ? `${count} cochée${count > 1 ? "s" : ""}` : "";
  });
}

if (board) start();
