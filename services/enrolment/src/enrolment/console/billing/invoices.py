"""An invoice as staff read it: its lines, its paper, and the credit note that takes some back."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from chassis.problems import Problem
from chassis.web.shapes import FieldError
from enrolment.console.forms import Fields, form_fields, one
from enrolment.console.pages import PageRoute

from .asking import AWAY, Cashier, Clerk, Counter, CounterOf, identifiers

router = APIRouter(route_class=PageRoute)

INVOICES = "/console/factures"
MOST_LINES = 2000


@router.get("/factures/{invoice_id}")
async def invoice(invoice_id: UUID, principal: Clerk, counter: CounterOf) -> Response:
    return await _page(principal, counter, invoice_id)


async def _page(
    principal: Principal,
    counter: Counter,
    invoice_id: UUID,
    errors: list[FieldError] | None = None,
    typed: Fields | None = None,
) -> Response:
    path = f"/v1/staff/invoices/{invoice_id}"
    try:
        found = await counter.ask(path)
        lines = await counter.ask(f"{path}/lines")
    except PeerUnavailable:
        raise Problem(503, "billing.unavailable", "Facture indisponible", AWAY) from None
    fields = typed or {}
    return await counter.page(
        "invoice.html",
        principal,
        title=f"Facture {found['number']}",
        section="billing",
        errors=errors or (),
        invoice=found,
        lines=lines["items"],
        ticked=fields.get("line", []),
        reason=one(fields, "reason"),
        rebill=bool(fields.get("rebill")),
        new_id=one(fields, "credit_note_id") or str(new_id()),
    )


@router.post("/factures/{invoice_id}/avoir")
async def take_back(
    invoice_id: UUID, request: Request, principal: Cashier, counter: CounterOf
) -> Response:
    """The ticked lines, or all that is left of the invoice when « toute la facture » is chosen."""
    fields = await form_fields(request, most=MOST_LINES)
    body, errors = _order(fields)
    done: Any = None
    if not errors:
        path = f"/v1/staff/invoices/{invoice_id}/credit-notes"
        done, errors = await counter.tried(path, body)
    if done is None:
        return await _page(principal, counter, invoice_id, errors, fields)
    return RedirectResponse(f"{INVOICES}/{invoice_id}", 303)


def _order(fields: Fields) -> tuple[dict[str, Any], list[FieldError]]:
    lines = identifiers(fields.get("line", []))
    whole = one(fields, "extent") == "whole"
    errors = []
    if not whole and not lines:
        message = "Cochez les lignes à déduire, ou choisissez toute la facture."
        errors.append(FieldError("extent", message))
    reason = one(fields, "reason").strip()
    if not reason:
        message = "Écrivez le motif\u00a0: il figure sur l’avoir que la famille reçoit."
        errors.append(FieldError("reason", message))
    body = {
        "credit_note_id": one(fields, "credit_note_id"),
        "charge_line_ids": [] if whole else lines,
        "reason": reason[:1000],
        "rebill": bool(fields.get("rebill")),
    }
    return body, errors


@router.get("/factures/{invoice_id}/document")
async def document(invoice_id: UUID, _: Clerk, counter: CounterOf) -> Response:
    return await counter.paper(f"/v1/staff/invoices/{invoice_id}/document")


@router.get("/avoirs/{credit_note_id}/document")
async def credit_note(credit_note_id: UUID, _: Clerk, counter: CounterOf) -> Response:
    return await counter.paper(f"/v1/staff/credit-notes/{credit_note_id}/document")
