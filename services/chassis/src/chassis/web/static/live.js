// What happens elsewhere appears here: server-sent events, or a question every 20 seconds
// when they do not pass (some networks hold them back).
import { announce, cellAddress, fragment, keyParts, swap } from "./page.js";

const PATIENCE = 3;
const PERIOD = 20_000;
const { live, livePoll } = document.body.dataset;

function showCounts(counts) {
  for (const [key, value] of Object.entries(counts)) {
    for (const badge of document.querySelectorAll(`[data-count="${CSS.escape(key)}"]`)) {
      badge.textContent = value;
      badge.hidden = !value;
    }
  }
}

/** Fetch again the cells of these days; `child_id` absent means every child on the page. */
async function refreshCells({ child_id: child, days = [] }) {
  const cells = [...document.querySelectorAll("[data-cell]")].filter((cell) => {
    const key = keyParts(cell);
    return days.includes(key.day) && (!child || key.child === String(child));
  });
  const changed = (await Promise.all(cells.map(refreshCell))).filter(Boolean);
  if (changed.length === 1) announce(`Mise à jour : ${changed[0]}`);
  else if (changed.length) announce("Mise à jour de l’agenda");
}

/** Returns the new heading of the cell when its state changed, else null. */
async function refreshCell(cell) {
  // The cell's own form is on its way: its answer will be newer than this one.
  if (cell.getAttribute("aria-busy")) return null;
  try {
    const response = await fetch(cellAddress(cell), {
      headers: { Accept: "text/html", "X-Fragment": "cell" },
      redirect: "manual",
    });
    const fresh = fragment(await response.text(), "[data-cell]");
    if (!fresh || !cell.isConnected || cell.getAttribute("aria-busy")) return null;
    if (sameToTheReader(cell, fresh)) return null;
    swap(cell, fresh);
    return fresh.querySelector("[data-heading]").textContent;
  } catch {
    return null; // the next event or the next page will tell
  }
}

function sameToTheReader(old, fresh) {
  const words = (cell) => `${cell.dataset.state} ${cell.querySelector("[data-chip]").getAttribute("aria-label")}`;
  return words(old) === words(fresh);
}

function listen() {
  let failures = 0;
  const source = new EventSource(live);
  const on = (name, act) => source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  source.addEventListener("open", () => { failures = 0; });
  source.addEventListener("error", () => {
    failures += 1;
    if (failures < PATIENCE && source.readyState !== EventSource.CLOSED) return;
    source.close();
    if (livePoll) poll();
  });
  on("request", (news) => { refreshCells(news); refreshCounts(); });
  on("booking", refreshCells);
  on("thread", (detail) => document.dispatchEvent(new CustomEvent("portail:thread", { detail })));
  on("counts", ({ unread, ...counts }) => showCounts(unread === undefined ? counts : { ...counts, messages: unread }));
  on("unread", showCounts);
}

/** A decision also changes how many requests wait, which its event does not say. */
async function refreshCounts() {
  if (!livePoll) return;
  try {
    const response = await fetch(livePoll, { headers: { Accept: "application/json" }, redirect: "manual" });
    if (response.ok) showCounts((await response.json()).counts ?? {});
  } catch {
    // The next event or the next page will tell.
  }
}

/** Answer: {"cursor": text, "counts": {…}, "changes": [{"child_id": …, "days": […]}]}. */
function poll(cursor = null) {
  setTimeout(async () => {
    let next = cursor;
    try {
      const address = new URL(livePoll, location.href);
      if (cursor !== null) address.searchParams.set("since", cursor);
      const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (response.ok) {
        const news = await response.json();
        next = news.cursor ?? cursor;
        showCounts(news.counts ?? {});
        for (const change of news.changes ?? []) await refreshCells(change);
      }
    } catch {
      // The network is away: ask again at the next turn.
    }
    poll(next);
  }, PERIOD);
}

/** Where nothing is announced: the counts, and the part of the page that others change. */
async function ask() {
  if (!document.hidden) {
    try {
      const response = await fetch(livePoll, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (response.ok) await showNews(await response.json());
    } catch {
      // The network is away: ask again at the next turn.
    }
  }
  setTimeout(ask, PERIOD);
}

async function showNews({ counts = {}, away = [] }) {
  showCounts(counts);
  const part = document.querySelector("[data-live-part]");
  if (!part) return;
  const isAway = away.includes(part.dataset.liveFrom);
  document.querySelector("[data-live-away]").hidden = !isAway;
  if (!isAway) await refreshPart(part);
}

/** The page says again how that part stands; nothing else on it is touched. */
async function refreshPart(part) {
  const response = await fetch(part.dataset.liveUrl ?? location.href, { headers: { Accept: "text/html" }, redirect: "manual" });
  const fresh = fragment(await response.text(), `[data-live-part="${part.dataset.livePart}"]`);
  if (!fresh || !part.isConnected || fresh.textContent === part.textContent) return;
  if (part.contains(document.activeElement)) return; // it would take the reader's place away
  part.replaceWith(fresh);
  announce(part.dataset.liveWords);
}

if (live) listen();
else if (livePoll) ask();
