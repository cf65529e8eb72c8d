// Pointing on a tablet: a tap sends its own small form and only that child's line is drawn again.
// A tap made while the line is on its way is sent after it: the last one counts, none is lost.
// When anything goes wrong the form is sent as if there were no script.
import { announce, fragment } from "./page.js";

const tappedMeanwhile = new WeakMap();

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-point]") || form.dataset.whole) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const line = form.closest("[data-roster-line]");
  if (line.getAttribute("aria-busy") === "true") {
    tappedMeanwhile.set(line, event.submitter);
    return;
  }
  line.setAttribute("aria-busy", "true");
  try {
    await point(line, form, event.submitter);
  } catch {
    line.removeAttribute("aria-busy");
    form.dataset.whole = "true";
    form.requestSubmit(tappedMeanwhile.get(line) ?? event.submitter);
  }
}, { capture: true });

/** Throws when the answer is not the line. */
async function point(line, form, button) {
  const response = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(new FormData(form, button)),
    headers: { Accept: "text/html", "X-Fragment": "detail" },
    redirect: "manual",
  });
  const fresh = response.ok ? fragment(await response.text(), "[data-roster-line]") : null;
  if (!fresh) throw new Error("not a line");
  line.replaceWith(fresh);
  const same = ({ value }) => fresh.querySelector(`[value="${value}"]`);
  same(button)?.focus();
  announce(fresh.querySelector(".chip-label")?.textContent ?? "");
  const next = tappedMeanwhile.get(line);
  if (next) same(next)?.click();
}
