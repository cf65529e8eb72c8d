// Without a network the portal says so, and shows what this device was asked to remember: the
// home page and the agenda, as they were last seen, with their date. Only a portal that was
// installed on the device remembers anything; signing out forgets it all.
const SHELL = "shell";
const KEPT = "kept";
const OFFLINE = "/hors-connexion";
const KEEPABLE = ["/", "/agenda"];
const CHOICE = "/gardé";

self.addEventListener("install", (event) => event.waitUntil(prepare()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keepFromNowOn());
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(visit(request));
  else if (new URL(request.url).pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function prepare() {
  const page = await fetch(OFFLINE, { credentials: "omit" });
  const files = (await page.clone().text()).match(/\/static\/[\w.-]+/g) ?? [];
  await caches.delete(SHELL);
  const shell = await caches.open(SHELL);
  await shell.put(OFFLINE, page);
  await shell.addAll([...new Set(files)]);
  await self.skipWaiting();
}

async function keepFromNowOn() {
  const kept = await caches.open(KEPT);
  if (await kept.match(CHOICE)) return;
  await kept.put(CHOICE, new Response());
  await Promise.all(KEEPABLE.map(async (path) => remember(path, await fetch(path, { redirect: "manual" }))));
}

async function visit(request) {
  const { pathname } = new URL(request.url);
  try {
    const answer = await fetch(request);
    if (request.method === "POST" && pathname === "/deconnexion") await caches.delete(KEPT);
    else if (request.method === "GET") await remember(pathname, answer.clone());
    return answer;
  } catch {
    return (request.method === "GET" && (await recall(pathname))) || (await caches.match(OFFLINE)) || Response.error();
  }
}

/** A page that now leads elsewhere (the session is over) is forgotten, and the others with it. */
async function remember(path, answer) {
  if (!KEEPABLE.includes(path)) return;
  const kept = await caches.open(KEPT);
  if (!(await kept.match(CHOICE))) return;
  if (answer.ok) await kept.put(path, answer);
  else if (answer.type === "opaqueredirect") await caches.delete(KEPT);
}

async function recall(path) {
  const answer = KEEPABLE.includes(path) && (await (await caches.open(KEPT)).match(path));
  if (!answer) return null;
  const seen = new Date(answer.headers.get("date"));
  const zone = { timeZone: "Europe/Paris" };
  const day = seen.toLocaleDateString("fr-FR", { ...zone, weekday: "long", day: "numeric", month: "long" });
  const hour = seen.toLocaleTimeString("fr-FR", { ...zone, hour: "numeric", minute: "2-digit" }).replace(":", "\u00a0h\u00a0");
  const told = `<div class="notice notice-warning" role="alert"><p>Vous êtes hors connexion. Cette page date du ${day}, ${hour}\u00a0: elle a pu changer depuis, et rien ne peut être envoyé.</p></div>`;
  const words = (await answer.text()).replace(/<main[^>]*>/, (opening) => opening + told);
  return new Response(words, { headers: answer.headers });
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}
