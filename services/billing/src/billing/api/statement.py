"""« Relevé de compte », for the family and for staff: on the page, on paper, as a table."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from billing.settings import settings_of
from billing.store import ledger
from billing.store.sight import Sight
from billing.store.statement import Movement, Wanted, movements, page_of_movements
from billing.use_cases.print_papers import (
    MOST_MOVEMENTS,
    certificate_html,
    payer_among,
    receipt_html,
    statement_html,
)
from billing.wording import movement_words
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf
from chassis.spreadsheets import Cents, csv_table

from .files import CSV, PDF, file
from .inputs import PageNumber
from .paging import PAGE, pages_of
from .payment_schemas import MovementView, Statement
from .sight import sight_of

router = APIRouter()

Family = Annotated[Principal, allow(Audience.FAMILY)]
Reader = allow(Audience.SECRETARIAT, Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)
Year = Annotated[int, Query(ge=2015, le=2100)]

KINDS = {
    "invoices": ("invoice", "invoice_imported"),
    "payments": ("payment", "refund", "bounce", "payment_imported"),
    "credits": ("credit_note",),
}


class Filter(BaseModel):
    """Which movements; dates are inclusive."""

    first: date | None = None
    last: date | None = None
    kind: Literal["invoices", "payments", "credits"] | None = None
    page: PageNumber = Field(default=1)

    def of(self, sight: Sight) -> Wanted:
        kinds = KINDS[self.kind] if self.kind else ()
        return Wanted(sight, self.first, self.last, kinds)


Filtered = Annotated[Filter, Query()]


@router.get("/v1/me/statement")
async def my_statement(principal: Family, runtime: RuntimeOf, filtered: Filtered) -> Statement:
    """Newest first; the running balance counts what the filter hides."""
    return await _statement(runtime, sight_of(principal), filtered)


@router.get("/v1/me/statement/document")
async def my_paper(principal: Family, runtime: RuntimeOf, filtered: Filtered) -> Response:
    return await _paper(runtime, filtered.of(sight_of(principal)))


@router.get("/v1/me/statement/table")
async def my_table(principal: Family, runtime: RuntimeOf, filtered: Filtered) -> Response:
    return await _table(runtime, filtered.of(sight_of(principal)))


@router.get("/v1/me/payments/{payment_id}/receipt")
async def my_receipt(payment_id: UUID, principal: Family, runtime: RuntimeOf) -> Response:
    async with runtime.database.reading() as connection:
        html = await receipt_html(connection, runtime, payment_id, sight_of(principal))
    return file(await runtime.documents.render(html), PDF, "quittance.pdf")


@router.get("/v1/me/tax-certificate")
async def my_certificate(principal: Family, runtime: RuntimeOf, year: Year) -> Response:
    """Childcare paid in the year for children under six, food left out; a payer's own part."""
    sight = sight_of(principal)
    async with runtime.database.reading() as connection:
        payer_id = await payer_among(connection, sight)
    return await _certificate(runtime, sight.family_id, payer_id, year)


@router.get("/v1/staff/families/{family_id}/statement", dependencies=[Reader])
async def statement(family_id: UUID, runtime: RuntimeOf, filtered: Filtered) -> Statement:
    return await _statement(runtime, Sight.of_staff(family_id), filtered)


@router.get("/v1/staff/families/{family_id}/statement/document", dependencies=[Reader])
async def paper(family_id: UUID, runtime: RuntimeOf, filtered: Filtered) -> Response:
    return await _paper(runtime, filtered.of(Sight.of_staff(family_id)))


@router.get("/v1/staff/families/{family_id}/tax-certificate", dependencies=[Reader])
async def certificate(
    family_id: UUID, runtime: RuntimeOf, year: Year, payer_id: UUID | None = None
) -> Response:
    return await _certificate(runtime, family_id, payer_id, year)


async def _certificate(
    runtime: Runtime, family_id: UUID, payer_id: UUID | None, year: int
) -> Response:
    async with runtime.database.reading() as connection:
        html = await certificate_html(connection, runtime, (family_id, payer_id), year)
    return file(await runtime.documents.render(html), PDF, f"attestation-{year}.pdf")


async def _statement(runtime: Runtime, sight: Sight, filtered: Filter) -> Statement:
    async with runtime.database.reading() as connection:
        found, total = await page_of_movements(connection, filtered.of(sight), filtered.page, PAGE)
        balance = await ledger.balance_of(connection, sight)
    return Statement(
        balance_cents=balance,
        online_payment=settings_of(runtime).online_payment,
        items=[_view(movement) for movement in found],
        page=filtered.page,
        pages=pages_of(total),
        total=total,
    )


def _view(movement: Movement) -> MovementView:
    return MovementView.model_validate({**vars(movement), "label": movement_words(movement)})


async def _paper(runtime: Runtime, wanted: Wanted) -> Response:
    async with runtime.database.reading() as connection:
        html = await statement_html(connection, runtime, wanted)
    return file(await runtime.documents.render(html), PDF, "releve-de-compte.pdf")


async def _table(runtime: Runtime, wanted: Wanted) -> Response:
    async with runtime.database.reading() as connection:
        found = await movements(connection, wanted, MOST_MOVEMENTS)
    rows = [
        (m.occurred_on, movement_words(m), Cents(m.amount_cents), Cents(m.balance_cents))
        for m in found
    ]
    content = csv_table(("Date", "Opération", "Montant", "Solde"), rows)
    return file(content, CSV, "releve-de-compte.csv")
