// Pointing on a tablet: a tap sends its own small form and only that child's line is drawn again.
// When anything goes wrong the form is sent as if there were no script.
import { announce, fragment } from "./page.js";

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-point]") || form.dataset.whole) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const line = form.closest("[data-roster-line]");
  if (line.getAttribute("aria-busy") === "true") return;
  line.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    const response = await fetch(form.action, {
      method: "POST", body, headers: { Accept: "text/html", "X-Fragment": "detail" }, redirect: "manual",
    });
    const fresh = response.ok ? fragment(await response.text(), "[data-roster-line]") : null;
    if (!fresh) throw new Error("not a line");
    line.replaceWith(fresh);
    const value = body.get("presence");
    fresh.querySelector(`[value="${value}"]`)?.focus();
    announce(fresh.querySelector(".chip-label")?.textContent ?? "");
  } catch {
    line.removeAttribute("aria-busy");
    form.dataset.whole = "true";
    form.requestSubmit(event.submitter);
  }
}, { capture: true });
