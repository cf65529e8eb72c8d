// The agenda: from 641 px (40.0625 em, as in the styles) a grid in the sense of the W3C's ARIA practices (one tab stop, arrows,
// Home, End, PageUp, PageDown), and everywhere the menu of a cell, by click, right click, tap,
// long press or keyboard. Without this file every cell is a link to its day's page.
import { confirmAction } from "./agenda-dialog.js";
import { closeMenu, menuIsOpen, openMenu } from "./agenda-menu.js";
import { announce } from "./page.js";

const LONG_PRESS = 500;
const SLIP = 10;
const RETURN_TO = "portail:agenda-day";
const wide = matchMedia("(min-width: 40.0625em)");

function start(grid) {
  const chosen = { item: null };
  const refresh = () => (wide.matches ? dressAsGrid(grid, chosen) : undress(grid));
  refresh();
  wide.addEventListener("change", refresh);
  grid.addEventListener("portail:swapped", refresh);
  grid.addEventListener("keydown", (event) => onKey(event, grid));
  grid.addEventListener("focusin", (event) => {
    const item = itemOf(event.target);
    if (item && wide.matches) rove(grid, chosen, item);
  });
  listenForMenus(grid);
  listenForButtons(grid);
  returnToDay(grid);
  followWeeks();
}

// ---- the grid ---------------------------------------------------------------

const ROLES = { "[data-row]": "row", "[data-gridcell]": "gridcell", "[data-columnheader]": "columnheader" };

function dressAsGrid(grid, chosen) {
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", grid.dataset.title);
  for (const [selector, role] of Object.entries(ROLES)) {
    for (const part of grid.querySelectorAll(selector)) part.setAttribute("role", role);
  }
  const items = [...grid.querySelectorAll(".day")].flatMap(itemsOf);
  for (const item of items) item.tabIndex = -1;
  for (const chip of grid.querySelectorAll("[data-chip]")) asMenuButton(chip);
  for (const day of grid.querySelectorAll(".day.bare")) {
    day.setAttribute("aria-label", `${day.dataset.dayLabel}, rien à réserver`);
  }
  const first = grid.querySelector(".today [data-chip]") ?? grid.querySelector(".day:not(.other-month) [data-chip]");
  const kept = chosen.item?.isConnected ? chosen.item : keptByKey(grid, chosen) ?? first ?? items[0];
  if (kept) rove(grid, chosen, kept);
}

function undress(grid) {
  grid.removeAttribute("role");
  grid.removeAttribute("aria-label");
  for (const selector of Object.keys(ROLES)) {
    for (const part of grid.querySelectorAll(selector)) part.removeAttribute("role");
  }
  for (const week of grid.querySelectorAll(".week")) week.setAttribute("role", "group");
  for (const day of grid.querySelectorAll(".day.bare")) day.removeAttribute("aria-label");
  for (const item of grid.querySelectorAll(".day, [data-chip]")) item.removeAttribute("tabindex");
  for (const chip of grid.querySelectorAll("[data-chip]")) asMenuButton(chip);
}

function asMenuButton(chip) {
  chip.setAttribute("role", "button");
  chip.setAttribute("aria-haspopup", "menu");
}

/** A cell that was swapped is another element with the same key. */
function keptByKey(grid, chosen) {
  const key = chosen.item?.closest("[data-cell]")?.dataset.cell;
  return key ? grid.querySelector(`[data-cell="${CSS.escape(key)}"] [data-chip]`) : null;
}

function rove(grid, chosen, item) {
  for (const other of grid.querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  item.tabIndex = 0;
  chosen.item = item;
}

/** What can have the focus in a day: its slots, or the day itself when it has none. */
function itemsOf(day) {
  const chips = [...day.querySelectorAll("[data-chip]")];
  return chips.length ? chips : [day];
}

function itemOf(target) {
  return target.closest("[data-chip]") ?? (target.matches(".day.bare") ? target : null);
}

function onKey(event, grid) {
  const item = itemOf(event.target);
  if (!item) return;
  const opens = event.key === "Enter" || event.key === " ";
  const context = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
  if ((opens || context) && item.matches("[data-chip]")) {
    event.preventDefault();
    openMenu(item);
  } else if (wide.matches && !event.altKey && !event.metaKey) {
    const target = neighbour(event, grid, item);
    if (target) {
      event.preventDefault();
      target.focus();
    } else if (event.key === "PageUp" || event.key === "PageDown") {
      event.preventDefault();
      turnPage(grid, item, event.key === "PageUp" ? grid.dataset.previous : grid.dataset.next);
    }
  }
}

function neighbour(event, grid, item) {
  const days = [...grid.querySelectorAll(".day")];
  const day = item.closest(".day");
  const here = days.indexOf(day);
  const slots = itemsOf(day);
  const slot = slots.indexOf(item);
  const width = day.parentElement.querySelectorAll(".day").length;
  const sameSlot = (other) => other && itemsOf(other)[Math.min(slot, itemsOf(other).length - 1)];
  const week = [...day.parentElement.querySelectorAll(".day")];
  switch (event.key) {
    case "ArrowLeft": return sameSlot(days[here - 1]);
    case "ArrowRight": return sameSlot(days[here + 1]);
    case "ArrowUp": return slots[slot - 1] ?? (days[here - width] && itemsOf(days[here - width]).at(-1));
    case "ArrowDown": return slots[slot + 1] ?? (days[here + width] && itemsOf(days[here + width])[0]);
    case "Home": return sameSlot(event.ctrlKey ? days[0] : week[0]);
    case "End": return sameSlot(event.ctrlKey ? days.at(-1) : week.at(-1));
    default: return null;
  }
}

/** The next month is another page: remember the day, so that the focus comes back to it there. */
function turnPage(grid, item, address) {
  const number = item.closest(".day").querySelector(".day-number").textContent.trim();
  sessionStorage.setItem(RETURN_TO, number);
  location.assign(address);
}

function returnToDay(grid) {
  const number = sessionStorage.getItem(RETURN_TO);
  if (number === null) return;
  sessionStorage.removeItem(RETURN_TO);
  const days = [...grid.querySelectorAll(".day:not(.other-month)")];
  const day = days.find((one) => one.querySelector(".day-number").textContent.trim() === number) ?? days[0];
  if (day) itemsOf(day)[0].focus();
  announce(grid.dataset.title);
}

// ---- the menu ---------------------------------------------------------------

function listenForMenus(grid) {
  let press = null;
  let pressed = false;
  grid.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-chip]");
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!pressed) openMenu(chip);
    pressed = false;
  });
  grid.addEventListener("contextmenu", (event) => {
    const chip = event.target.closest("[data-chip]") ?? nearestChip(event);
    if (!chip) return;
    event.preventDefault();
    if (!menuIsOpen(chip)) openMenu(chip, { x: event.clientX, y: event.clientY });
  });
  grid.addEventListener("pointerdown", (event) => {
    pressed = false;
    const chip = event.target.closest("[data-chip]");
    if (!chip || event.pointerType !== "touch") return;
    const timer = setTimeout(() => { pressed = true; openMenu(chip); }, LONG_PRESS);
    press = { timer, x: event.clientX, y: event.clientY };
  });
  const forget = () => { if (press) clearTimeout(press.timer); press = null; };
  grid.addEventListener("pointermove", (event) => {
    if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > SLIP) forget();
  });
  for (const end of ["pointerup", "pointercancel"]) grid.addEventListener(end, forget);
}

/** The guide says "right click on the day": the slot nearest to the pointer is meant. */
function nearestChip(event) {
  const chips = [...(event.target.closest(".day")?.querySelectorAll("[data-chip]") ?? [])];
  const away = (chip) => {
    const box = chip.getBoundingClientRect();
    return Math.abs(event.clientY - (box.top + box.bottom) / 2);
  };
  return chips.sort((one, other) => away(one) - away(other))[0];
}

// ---- the buttons of a phone's list ------------------------------------------

function listenForButtons(grid) {
  grid.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (!button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    confirmAction(button);
  });
}

/** The styles show the week of the address alone; say it to assistive technology too. */
function followWeeks() {
  const links = [...document.querySelectorAll(".week-jump a")];
  const fallback = links.find((link) => link.matches(".this-week")) ?? links.at(-1);
  const mark = () => {
    for (const link of links) {
      if (location.hash ? link.hash === location.hash : link === fallback) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  mark();
  addEventListener("hashchange", mark);
}

addEventListener("resize", closeMenu);
for (const grid of document.querySelectorAll("[data-agenda]")) start(grid);
