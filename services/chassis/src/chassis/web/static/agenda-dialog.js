// Confirm an action, send the page's form for this cell, show the cell as the server now sees it.
// A second sending of the same try carries the same id: the server then answers the same request.
import { announce, fragment, ownRequestId, swap } from "./page.js";

const DISMISS = {
  "booking.cancel": "Garder la réservation",
  "request.withdraw": "Garder la demande",
  "waiting.leave": "Garder ma place dans la liste",
};
const MOST_PATIENCE = 5 * 60 * 1000; // then the page says it, and the parent decides
const dialog = document.getElementById("agenda-dialog");
const form = document.getElementById("geste");
let current = null; // { button, cell, sending }

/** The button of a cell that was pressed, or the link that stands for it where a reason is needed. */
export function confirmAction(button) {
  if (!dialog || current) return;
  const cell = button.closest("[data-cell]");
  current = { button, cell, sending: false };
  delete form.dataset.ownId; // another try, another id
  ownRequestId(form);
  const { label, action } = button.dataset;
  dialog.querySelector("h2").textContent = label;
  dialog.querySelector("#agenda-dialog-subject").textContent = subjectOf(button, cell);
  dialog.querySelector('[value="dismiss"]').textContent = DISMISS[action] ?? "Annuler";
  const fields = dialog.querySelector(".dialog-fields");
  fields.replaceChildren();
  if (action === "absence.declare") {
    fields.append(document.getElementById("absence-fields").content.cloneNode(true));
    askForWordsWhenOther(fields);
  }
  showEffect(button, fields);
  busy(false);
  dialog.showModal();
  (fields.querySelector("select") ?? dialog.querySelector('[value="confirm"]')).focus();
}

/** Who, when, what and for how much. */
function subjectOf(button, cell) {
  const day = cell.closest("[data-day-label]").dataset.dayLabel;
  return [cell.querySelector(".chip-label").textContent, day, button.dataset.price].filter(Boolean).join(" – ");
}

/** What the page's form says of this cell. */
function fieldsOf(cell) {
  const body = new URLSearchParams(new FormData(form));
  body.set("cell", cell.dataset.cell);
  return body;
}

/** "Autre" says nothing by itself: the reason must then be written. */
function askForWordsWhenOther(fields) {
  const reason = fields.querySelector('[name="reason"]');
  const words = fields.querySelector('[name="reason_text"]');
  reason.addEventListener("change", () => { words.required = reason.value === "other"; });
}

/** What confirming would change on the bill, said before confirming; asked again for each reason. */
function showEffect(button, fields) {
  if (!button.dataset.effect) return;
  const told = Object.assign(document.createElement("p"), { className: "dialog-effect" });
  told.setAttribute("role", "status");
  fields.append(told);
  const reason = fields.querySelector('[name="reason"]');
  const ask = async () => {
    told.textContent = "";
    if (reason && !reason.value) return;
    const body = fieldsOf(button.closest("[data-cell]"));
    if (reason) body.set("reason", reason.value);
    try {
      const response = await fetch(button.dataset.effect, {
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

async function send({ button, cell }) {
  cell.setAttribute("aria-busy", "true");
  const address = button.dataset.to ?? button.formAction;
  const body = fieldsOf(cell);
  const extra = new FormData(dialog.querySelector("form"));
  for (const [name, value] of extra) body.set(name, value);
  let fresh = null;
  try {
    const response = await inTurn(() => fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "text/html", "X-Fragment": "cell" },
      redirect: "manual", // a redirection is the way to the sign-in page: let the browser take it
    }));
    fresh = fragment(await response.text(), "[data-cell]");
  } catch {
    fresh = null;
  }
  finish(cell, fresh, { address, body });
}

function finish(cell, fresh, sent) {
  cell.removeAttribute("aria-busy");
  if (!fresh) {
    sendPlainly(sent);
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
function sendPlainly({ address, body }) {
  const plain = Object.assign(document.createElement("form"), { method: "post", action: address, hidden: true });
  for (const [name, value] of body) {
    plain.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(plain);
  plain.submit();
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
  const cell = current?.cell;
  current = null;
  cell?.querySelector("[data-chip]").focus();
});
