// A part of the page that did not answer is asked for again until it does. Nothing that the reader
// has begun is touched: only that part changes, or, where the whole page was missing, the page.
import { announce } from "./page.js";

const AWAY = "[data-away]";
const WAITS = [10_000, 20_000, 40_000, 60_000];
let turn = 0;

function wait() {
  setTimeout(askAgain, WAITS[Math.min(turn, WAITS.length - 1)]);
  turn += 1;
}

async function askAgain() {
  if (!document.hidden) {
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
      if (response.ok) putIn(await response.text());
    } catch {
      // The network is away: ask again at the next turn.
    }
  }
  if (document.querySelector(AWAY)) wait();
}

function putIn(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const away of document.querySelectorAll(AWAY)) {
    const part = away.closest(".card[id]");
    if (part) renew(part, holder.content.getElementById(part.id));
    else if (!holder.content.querySelector(AWAY) && !document.querySelector("dialog[open]")) location.reload();
  }
}

function renew(part, fresh) {
  if (!fresh || fresh.querySelector(AWAY)) return;
  part.replaceWith(fresh);
  announce(`${fresh.querySelector(".card-title")?.textContent ?? "Cette partie"} : de nouveau disponible`);
}

if (document.querySelector(AWAY)) wait();
