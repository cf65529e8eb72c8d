// On the page without a network: the pages that this device remembers.
const NAMES = { "/": "Accueil", "/agenda": "Agenda" };
const list = document.querySelector("[data-kept]");

for (const request of list ? await (await caches.open("kept")).keys() : []) {
  const { pathname } = new URL(request.url);
  if (!NAMES[pathname]) continue;
  const link = Object.assign(document.createElement("a"), { href: pathname, textContent: NAMES[pathname] });
  const item = document.createElement("li");
  item.append(link);
  list.append(item);
  list.closest("[hidden]")?.removeAttribute("hidden");
}
document.querySelector("[data-again]")?.addEventListener("click", () => location.reload());
addEventListener("online", () => location.reload());
