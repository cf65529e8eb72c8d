// What the other modules share: the live region, the swap of a fragment, the ids of requests.

/** Say something to those who do not see the change. Emptied first: the same words twice are read twice. */
export function announce(text) {
  const region = document.getElementById("annonces");
  if (!region || !text) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 60);
}

/** A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then chance. */
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Give a form an id of its own for this try; a second sending of the same try keeps it. */
export function ownRequestId(form) {
  const field = form.querySelector("[data-request-id]");
  if (!field || form.dataset.ownId === field.value) return;
  field.value = uuid7();
  form.dataset.ownId = field.value;
}

/** The one element of a fragment that matches, or null when the answer is something else. */
export function fragment(html, selector) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content.querySelector(selector);
}

/** Put `fresh` in the place of `old`; the focus stays where the reader left it. */
export function swap(old, fresh) {
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  const mark = held?.hasAttribute("data-chip") ? "[data-chip]" : held && "[data-submit], [data-chip]";
  old.replaceWith(fresh);
  fresh.classList.add("changed");
  fresh.dispatchEvent(new CustomEvent("portail:swapped", { bubbles: true }));
  if (mark) (fresh.querySelector(mark) ?? fresh.querySelector("[data-chip]"))?.focus();
}

/** Every cell of one slot, by its key (the key comes from the server, but may hold any letter). */
export function cellByKey(key) {
  return document.querySelector(`[data-cell="${CSS.escape(key)}"]`);
}

/** What the key of a cell says: { child, slot, day }. */
export function keyParts(cell) {
  const [child, slot, day] = cell.dataset.cell.split("_");
  return { child, slot, day };
}

/** Where the cell alone can be asked for. */
export function cellAddress(cell) {
  return cell.closest("[data-cells]").dataset.cells + encodeURIComponent(cell.dataset.cell);
}
