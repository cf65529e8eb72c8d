"""The staff's door."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from billing.accounts import asking
from billing.domain.pricing import price
from billing.store import ledger
from billing.store.rates import all_grids, grids_on
from billing.use_cases.create_rate_grid import create_rate_grid
from billing.use_cases.import_invoice import import_invoice
from billing.use_cases.know_family import know_family
from chassis.auth import Audience, Principal, allow
from chassis.identifiers import new_id
from chassis.runtime import RuntimeOf

from .schemas import (
    Imported,
    ImportedInvoiceBody,
    PriceAnswer,
    RateCode,
    RateGridBody,
    RateGrids,
    RateGridView,
)

router = APIRouter(prefix="/v1/staff")

PriceReader = allow(Audience.SECRETARIAT, Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)
RateKeeper = Annotated[Principal, allow(Audience.CASH_OFFICE, Audience.ADMIN)]


@router.get("/families/{family_id}/price", dependencies=[PriceReader])
async def price_question(
    family_id: UUID, rate_code: RateCode, day: date, runtime: RuntimeOf
) -> PriceAnswer:
    """What that day would cost that family, and why."""
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        family = await know_family(transaction, family_id, asking(runtime.peers), now)
        grids = await grids_on(transaction.connection, day, rate_code)
    return PriceAnswer.of(price(grids, family, rate_code, day))


@router.post("/rate-grids", status_code=201)
async def add_rate_grid(
    body: RateGridBody, principal: RateKeeper, runtime: RuntimeOf
) -> RateGridView:
    grid = body.to_grid(new_id())
    async with runtime.database.transaction() as transaction:
        await create_rate_grid(transaction, grid, principal.id, runtime.clock.now())
    return RateGridView.of(grid)


@router.get("/rate-grids")
async def rate_grids(_: RateKeeper, runtime: RuntimeOf) -> RateGrids:
    async with runtime.database.reading() as connection:
        grids = await all_grids(connection)
    return RateGrids(items=[RateGridView.of(grid) for grid in grids], total=len(grids))


@router.post(
    "/families/{family_id}/imported-invoices",
    status_code=201,
    dependencies=[allow(Audience.CASH_OFFICE)],
)
async def take_over_invoice(
    family_id: UUID, body: ImportedInvoiceBody, runtime: RuntimeOf
) -> Imported:
    """Opening balance taken over from the former software; the same twice is one invoice."""
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        invoice_id = await import_invoice(
            transaction, body.to_invoice(family_id), asking(runtime.peers), now
        )
        balance = await ledger.balance_of(transaction.connection, family_id)
    return Imported(invoice_id=invoice_id, balance_cents=balance)
