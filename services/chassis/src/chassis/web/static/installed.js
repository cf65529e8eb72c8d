// The portal without a network, see service-worker.js. A portal opened from its icon on the
// device is the family's own: it may remember the last pages. A mere browser remembers nothing.
const { worker } = document.body.dataset;
const isInstalled =
  matchMedia("(display-mode: standalone)").matches || new URLSearchParams(location.search).has("application");

if (worker && navigator.serviceWorker) {
  navigator.serviceWorker.register(worker).then(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (isInstalled) active.postMessage("keep");
  }, () => {}); // a browser that refuses loses only the page without a network
}
