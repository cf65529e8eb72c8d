// What is being written is kept by the server now and then; what is said elsewhere appears here.
import { announce, fragment } from "./page.js";

const QUIET = 2_500;

// ---- drafts --------------------------------------------------------------------

for (const form of document.querySelectorAll("form[data-draft]")) keepDraft(form);

function keepDraft(form) {
  let waiting = null;
  let kept = words(form);
  const state = form.querySelector("[data-draft-state]");

  async function save() {
    clearTimeout(waiting);
    const now = words(form);
    if (form.dataset.sent || now === kept) return;
    kept = now;
    try {
      const response = await fetch(form.dataset.draft, {
        method: "POST",
        body: new URLSearchParams(now),
        headers: { "X-Form-Token": form.elements.form_token.value },
        redirect: "manual",
        keepalive: true,
      });
      state.textContent = response.ok ? "Brouillon enregistré." : "Brouillon non enregistré.";
    } catch {
      state.textContent = "Brouillon non enregistré : pas de connexion.";
    }
  }

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, QUIET);
  });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
}

/** The fields as an address would have them; files go only when the form itself is sent. */
function words(form) {
  const pairs = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return new URLSearchParams(pairs).toString();
}

// ---- the open thread ---------------------------------------------------------------

document.addEventListener("portail:thread", async ({ detail: { thread_id: id } }) => {
  const old = document.querySelector(`[data-thread="${CSS.escape(String(id))}"]`);
  if (!old) return;
  try {
    const response = await fetch(location.pathname, { headers: { Accept: "text/html" }, redirect: "manual" });
    const fresh = fragment(await response.text(), "[data-thread]");
    if (!fresh || fresh.textContent === old.textContent) return;
    old.replaceWith(fresh);
    announce("Cette conversation a changé");
  } catch {
    // The next event or the next page will tell.
  }
});
