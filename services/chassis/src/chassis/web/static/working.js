// Work that goes on without the reader: the page looks again by itself, and not behind their back.
const EVERY = 2000;
const again = document.querySelector("[data-look-again]");

function look() {
  if (document.hidden) document.addEventListener("visibilitychange", look, { once: true });
  else location.replace(again.href);
}

if (again) setTimeout(look, EVERY);
