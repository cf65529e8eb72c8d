"""« Banque »: the bank's file is read, and each line waits until staff say what it pays."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.uploads import file_in, read_form
from chassis.web.shapes import FieldError
from enrolment.console.forms import form_fields, one
from enrolment.console.pages import PageRoute
from portail_contracts.catalogue import Context

from .asking import AWAY, Cashier, Clerk, Counter, CounterOf

router = APIRouter(route_class=PageRoute)

BANK = "/console/banque"
MOST_SUGGESTIONS = 100


@router.get("/banque")
async def bank(
    principal: Clerk, counter: CounterOf, lues: int | None = None, connues: int = 0
) -> Response:
    return await _board(principal, counter, read=lues, known=connues)


async def _board(
    principal: Principal,
    counter: Counter,
    *,
    read: int | None = None,
    known: int = 0,
    errors: list[FieldError] | None = None,
) -> Response:
    return await counter.page(
        "bank.html",
        principal,
        title="Banque",
        section="bank",
        errors=errors or (),
        bank=await counter.ask_or_none("/v1/staff/bank-lines"),
        read=read,
        known=known,
    )


@router.post("/banque")
async def send(request: Request, principal: Cashier, counter: CounterOf) -> Response:
    """The file as the bank gave it: CSV or camt.053."""
    _, content = await file_in(await read_form(request), "file")
    if not content:
        return await _board(
            principal, counter, errors=[FieldError("file", "Choisissez le fichier de la banque.")]
        )
    try:
        found = await counter.runtime.peers.call(
            "POST", Context.BILLING, "/v1/staff/bank-files", token=counter.token, data=content
        )
    except PeerRefused as refused:
        words = str(refused.problem.get("detail") or "Ce fichier ne peut pas être lu.")
        return await _board(principal, counter, errors=[FieldError("file", words)])
    except PeerUnavailable:
        return await _board(principal, counter, errors=[FieldError("file", AWAY)])
    counted = f"lues={found['imported']}&connues={found['known_already']}"
    return RedirectResponse(f"{BANK}?{counted}", 303)


@router.post("/banque/rapprochements")
async def match_ticked(request: Request, principal: Cashier, counter: CounterOf) -> Response:
    """Every ticked suggestion; each is its own payment, and the first that is refused is said."""
    fields = await form_fields(request, most=2 * MOST_SUGGESTIONS)
    for ticked in fields.get("line", []):
        line_id, _, invoice_id = ticked.partition(":")
        errors = await _match(counter, line_id, {"invoice_id": invoice_id})
        if errors:
            return await _board(principal, counter, errors=errors)
    return RedirectResponse(BANK, 303)


@router.post("/banque/{bank_line_id}")
async def match(
    bank_line_id: UUID, request: Request, principal: Cashier, counter: CounterOf
) -> Response:
    """By the number of an invoice that staff know better."""
    fields = await form_fields(request)
    body = {"number": one(fields, "number").strip()[:60]}
    errors = await _match(counter, str(bank_line_id), body)
    if errors:
        return await _board(principal, counter, errors=errors)
    return RedirectResponse(BANK, 303)


async def _match(counter: Counter, line_id: str, body: dict[str, Any]) -> list[FieldError]:
    try:
        path = f"/v1/staff/bank-lines/{UUID(line_id)}/match"
    except ValueError:
        return [FieldError("banque", "Cette ligne n’existe pas : rechargez la page.")]
    _, errors = await counter.tried(path, body)
    return errors
