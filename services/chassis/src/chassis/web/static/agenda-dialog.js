// Confirm an action, send the cell's real form, show the cell as the server now sees it.
// A second sending of the same try carries the same id: the server then answers the same request.
import { announce, fragment, ownRequestId, swap } from "./page.js";

const DISMISS = {
  "booking.cancel": "Garder la réservation",
  "request.withdraw": "Garder la demande",
  "waiting.leave": "Garder ma place dans la liste",
};
const MOST_PATIENCE = 5 * 60 * 1000; // then the page says it, and the parent decides
const dialog = document.getElementById("agenda-dialog");
let current = null; // { form, sending }

export function confirmAction(form) {
  if (!dialog || current) return;
  current = { form, sending: false };
  ownRequestId(form);
  dialog.querySelector("h2").textContent = form.dataset.label;
  dialog.querySelector("#agenda-dialog-subject").textContent = form.dataset.subject;
  dialog.querySelector('[value="dismiss"]').textContent = DISMISS[form.dataset.action] ?? "Annuler";
  const fields = dialog.querySelector(".dialog-fields");
  fields.replaceChildren();
  if (form.dataset.action === "absence.declare") {
    fields.append(document.getElementById("absence-fields").content.cloneNode(true));
    askForWordsWhenOther(fields);
  }
  showEffect(form, fields);
  busy(false);
  dialog.showModal();
  (fields.querySelector("select") ?? dialog.querySelector('[value="confirm"]')).focus();
}

/** "Autre" says nothing by itself: the reason must then be written. */
function askForWordsWhenOther(fields) {
  const reason = fields.querySelector('[name="reason"]');
  const words = fields.querySelector('[name="reason_text"]');
  reason.addEventListener("change", () => { words.required = reason.value === "other"; });
}

/** What confirming would change on the bill, said before confirming; asked again for each reason. */
function showEffect(form, fields) {
  if (!form.dataset.effect) return;
  const told = Object.assign(document.createElement("p"), { className: "dialog-effect" });
  told.setAttribute("role", "status");
  fields.append(told);
  const reason = fields.querySelector('[name="reason"]');
  const ask = async () => {
    told.textContent = "";
    if (reason && !reason.value) return;
    const body = new URLSearchParams(new FormData(form));
    if (reason) body.set("reason", reason.value);
    try {
      const response = await fetch(form.dataset.effect, {
        method: "POST", body, headers: { Accept: "text/html" }, redirect: "manual",
      });
      told.textContent = fragment(await response.text(), "[data-effect-words]")?.textContent.trim() ?? "";
    } catch {
      told.textContent = ""; // the answer to the form itself will say it
    }
  };
  reason?.addEventListener("change", ask);
  if (!reason) ask();
}

function busy(yes) {
  const button = dialog.querySelector('[value="confirm"]');
  button.disabled = yes;
  button.textContent = yes ? "Envoi en cours…" : "Confirmer";
}

/** On opening day the server keeps our place in a line and says when our turn comes: we wait for it. */
async function inTurn(post) {
  const until = Date.now() + MOST_PATIENCE;
  for (;;) {
    const response = await post();
    const seconds = Number(response.headers.get("Retry-After"));
    if (response.status !== 503 || !seconds || Date.now() + 1000 * seconds > until) return response;
    announce(`Beaucoup de familles réservent en ce moment. Votre tour vient dans ${seconds} ${seconds > 1 ? "secondes" : "seconde"}.`);
    for (let left = seconds; left > 0; left -= 1) {
      dialog.querySelector('[value="confirm"]').textContent = `Votre tour dans ${left} s…`;
      await new Promise((done) => setTimeout(done, 1000));
    }
    busy(true);
  }
}

async function send({ form }) {
  const cell = form.closest("[data-cell]");
  cell.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form));
  const extra = new FormData(dialog.querySelector("form"));
  for (const [name, value] of extra) body.set(name, value);
  let fresh = null;
  try {
    const response = await inTurn(() => fetch(form.action, {
      method: "POST",
      body,
      headers: { Accept: "text/html", "X-Fragment": "cell" },
      redirect: "manual", // a redirection is the way to the sign-in page: let the browser take it
    }));
    fresh = fragment(await response.text(), "[data-cell]");
  } catch {
    fresh = null;
  }
  finish(form, cell, fresh, extra);
}

function finish(form, cell, fresh, extra) {
  cell.removeAttribute("aria-busy");
  if (!fresh) {
    sendPlainly(form, extra);
    return;
  }
  // A live update may have swapped the cell while the answer was on its way.
  const place = document.querySelector(`[data-cell="${CSS.escape(cell.dataset.cell)}"]`) ?? cell;
  current = null;
  dialog.close();
  swap(place, fresh);
  fresh.querySelector("[data-chip]").focus();
  announce(fresh.dataset.outcome ?? fresh.querySelector("[data-heading]").textContent);
}

/** No answer, or not a cell: the browser sends the form itself, with the same id, and shows what comes. */
function sendPlainly(form, extra) {
  for (const [name, value] of extra) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  form.submit();
}

dialog?.querySelector("form").addEventListener("submit", (event) => {
  if (event.submitter?.value === "dismiss") return;
  event.preventDefault();
  if (!current || current.sending) return;
  current.sending = true;
  busy(true);
  send(current);
});
// Escape while the form is on its way would hide what happens to it.
dialog?.addEventListener("cancel", (event) => { if (current?.sending) event.preventDefault(); });
dialog?.addEventListener("close", () => {
  const form = current?.form;
  current = null;
  form?.closest("[data-cell]")?.querySelector("[data-chip]").focus();
});
