// The slash key goes to the search field. Never while typing, and only while the reader wants it
// (WCAG 2.1.4: single keys can be switched off).
const OFF = "portail:search-key-off";
const field = document.querySelector("[data-search]");
const switcher = document.querySelector("[data-search-keys-switch]");

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
}

if (field && switcher) {
  document.querySelector("[data-search-keys]").hidden = false;
  switcher.checked = localStorage.getItem(OFF) === null;
  switcher.addEventListener("change", () => {
    if (switcher.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!switcher.checked || typing(event.target)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
