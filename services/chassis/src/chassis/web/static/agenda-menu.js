// The menu of a cell, built from what the cell itself holds: heading, explanation, real buttons.
import { confirmAction } from "./agenda-dialog.js";
import { cellByKey } from "./page.js";

const MARGIN = 8;
let owner = null; // the key of the cell whose menu is open: the cell may be swapped meanwhile

export function menuIsOpen(chip) {
  return owner !== null && owner === chip.closest("[data-cell]").dataset.cell;
}

/** Open at a point (right click) or under the chip. */
export function openMenu(chip, point = null) {
  closeMenu();
  const popup = document.getElementById("agenda-menu");
  const cell = chip.closest("[data-cell]");
  owner = cell.dataset.cell;
  popup.querySelector(".popup-heading").textContent = cell.querySelector("[data-heading]").textContent;
  popup.querySelector(".popup-explanation").textContent = cell.querySelector("[data-explanation]").textContent;
  const items = popup.querySelector(".popup-items");
  items.replaceChildren(...itemsFor(cell, chip));
  popup.hidden = false;
  place(popup, chip, point);
  chip.setAttribute("aria-expanded", "true");
  items.firstElementChild.focus();
}

export function closeMenu() {
  if (owner === null) return;
  document.getElementById("agenda-menu").hidden = true;
  cellByKey(owner)?.querySelector("[data-chip]").removeAttribute("aria-expanded");
  owner = null;
}

function leaveMenu() {
  const chip = owner && cellByKey(owner)?.querySelector("[data-chip]");
  closeMenu();
  chip?.focus();
}

function itemsFor(cell, chip) {
  const items = [...cell.querySelectorAll("[data-action]")].map((button) => {
    const item = menuItem("button", button.dataset.action, button.dataset.label, button.dataset.price);
    item.type = "button";
    item.addEventListener("click", () => { leaveMenu(); confirmAction(button); });
    return item;
  });
  // Never an empty menu: where nothing can be done, the explanation says why and the day can be seen.
  items.push(menuLink("day", "Voir la journée", chip.href));
  const several = cell.closest("[data-agenda]").dataset.several;
  if (several) items.push(menuLink("several", "Réserver plusieurs jours…", several));
  return items;
}

function menuItem(tag, kind, label, price) {
  const item = document.createElement(tag);
  item.className = "menu-item";
  item.setAttribute("role", "menuitem");
  item.tabIndex = -1;
  const drawing = document.getElementById("menu-icons").content.querySelector(`[data-kind="${kind}"] svg`);
  if (drawing) item.append(drawing.cloneNode(true));
  item.append(Object.assign(document.createElement("span"), { textContent: label }));
  if (price) item.append(Object.assign(document.createElement("span"), { className: "menu-price", textContent: price }));
  return item;
}

function menuLink(kind, label, address) {
  const item = menuItem("a", kind, label);
  item.href = address;
  return item;
}

/** Inside the window always: above when there is no room below. */
function place(popup, chip, point) {
  const box = chip.getBoundingClientRect();
  const size = popup.getBoundingClientRect();
  const below = point ? point.y : box.bottom + 4;
  const above = (point ? point.y : box.top - 4) - size.height;
  const top = below + size.height + MARGIN <= innerHeight ? below : Math.max(MARGIN, above);
  const left = Math.min(point ? point.x : box.left, innerWidth - size.width - MARGIN);
  popup.style.top = `${top}px`;
  popup.style.left = `${Math.max(MARGIN, left)}px`;
}

function onMenuKey(event) {
  const items = [...event.currentTarget.querySelectorAll('[role="menuitem"]')];
  const here = items.indexOf(document.activeElement);
  const to = {
    ArrowDown: items[(here + 1) % items.length],
    ArrowUp: items.at(here - 1),
    Home: items[0],
    End: items.at(-1),
  }[event.key];
  if (to) {
    event.preventDefault();
    to.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    leaveMenu();
  } else if (event.key === " ") {
    event.preventDefault();
    document.activeElement.click();
  } else if (event.key.length === 1) {
    const letter = event.key.toLowerCase();
    const after = [...items.slice(here + 1), ...items.slice(0, here + 1)];
    after.find((item) => item.textContent.trim().toLowerCase().startsWith(letter))?.focus();
  }
}

const popup = document.getElementById("agenda-menu");
if (popup) {
  popup.querySelector('[role="menu"]').addEventListener("keydown", onMenuKey);
  popup.addEventListener("contextmenu", (event) => event.preventDefault());
  addEventListener("pointerdown", (event) => { if (!popup.contains(event.target)) closeMenu(); });
  addEventListener("scroll", (event) => { if (event.target !== popup) closeMenu(); }, { capture: true, passive: true });
}
