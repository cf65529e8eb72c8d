// Every form: sent once, its mistakes found at once, its text kept when the session ends.
import { ownRequestId } from "./page.js";

const KEPT = "portail:kept:";
const TOO_OLD = 2 * 60 * 60 * 1000;

// ---- sent once ----------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || form.method === "get") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  ownRequestId(form);
  keep(form);
  // After this turn: a disabled button would not be part of what is sent.
  setTimeout(() => {
    for (const button of submitsOf(form)) button.setAttribute("aria-disabled", "true");
  });
});

function submitsOf(form) {
  return [...form.elements].filter((element) => element.type === "submit");
}

// Back from the next page, the form is a new try.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    delete form.dataset.ownId;
    for (const button of submitsOf(form)) button.removeAttribute("aria-disabled");
  }
});

document.querySelector("[data-focus-first]")?.focus();

// ---- text kept -----------------------------------------------------------------

// Only forms that ask for it (data-keep="name"), only in this tab, only for the same person,
// never a password, a file or a hidden value.
const viewer = document.body.dataset.viewer ?? "";
const signedOut = "signedOut" in document.body.dataset;

function keptFields(form) {
  return [...form.elements].filter(
    (field) => field.name && !["password", "file", "hidden", "submit", "button"].includes(field.type),
  );
}

function keep(form) {
  if (!form.dataset.keep) return;
  const values = keptFields(form).map((field) => [
    field.name, field.value, field.matches(":is([type=checkbox], [type=radio])") ? field.checked : null,
  ]);
  const kept = { viewer, at: Date.now(), interrupted: false, values };
  sessionStorage.setItem(KEPT + form.dataset.keep, JSON.stringify(kept));
}

/** Only empty fields are filled: what the server gave back is newer than what was kept. */
function restore(form) {
  const key = KEPT + form.dataset.keep;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  sessionStorage.removeItem(key);
  if (!kept?.interrupted || kept.viewer !== viewer || Date.now() - kept.at > TOO_OLD) return;
  const fields = keptFields(form);
  for (const [name, value, checked] of kept.values) {
    const field = fields.find((one) => one.name === name && (checked === null || one.value === value));
    if (!field) continue;
    if (checked !== null) field.checked ||= checked;
    else if (!field.value) field.value = value;
  }
}

for (const form of document.querySelectorAll("form[data-keep]")) restore(form);
document.addEventListener("input", (event) => { if (event.target.form) keep(event.target.form); });

// Meeting the sign-in page means that the session ended before the text was received. Any other
// page means that it was received or given up: nothing personal stays behind.
for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith(KEPT))) {
  const kept = JSON.parse(sessionStorage.getItem(key));
  if (signedOut) sessionStorage.setItem(key, JSON.stringify({ ...kept, interrupted: true }));
  else if (!kept.interrupted || kept.viewer !== viewer) sessionStorage.removeItem(key);
}
for (const form of document.querySelectorAll('form[action="/deconnexion"]')) {
  form.addEventListener("submit", () => sessionStorage.clear());
}
