"""The signed-in family's door."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter

from billing.accounts import asking
from billing.domain.pricing import prices
from billing.settings import settings_of
from billing.store import ledger
from billing.store.rates import grids_on
from billing.use_cases.know_family import know_family
from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.runtime import RuntimeOf

from .inputs import Month, PageNumber
from .paging import lines_of
from .rate_schemas import Rates, RateView
from .schemas import ChargeLines, Summary
from .sight import sight_of

router = APIRouter(prefix="/v1/me")

Family = Annotated[Principal, allow(Audience.FAMILY)]


@router.get("/summary")
async def summary(principal: Family, runtime: RuntimeOf) -> Summary:
    """Balance, what is owed besides the newest invoice, and unpaid invoices."""
    sight = sight_of(principal)
    async with runtime.database.reading() as connection:
        balance = await ledger.balance_of(connection, sight)
        invoices = await ledger.invoices_of(connection, sight)
        apart = await ledger.has_payers_apart(connection, sight)
    return Summary.of(
        balance, invoices, online=settings_of(runtime).online_payment, others_apart=apart
    )


@router.get("/rates")
async def rates(principal: Family, runtime: RuntimeOf, on: date | None = None) -> Rates:
    """« Tarifs appliqués » on that day, today by default."""
    now = runtime.clock.now()
    day = on or local_date(now)
    async with runtime.database.transaction() as transaction:
        family = await know_family(transaction, principal.own_family, asking(runtime.peers), now)
        grids = await grids_on(transaction.connection, day)
    known = family.quotient_on(day)
    return Rates(
        on=day,
        quotient=None if known is None else known.value,
        resident=family.resident,
        items=[RateView.of(price) for price in prices(grids, family, day)],
    )


@router.get("/charge-lines")
async def charge_lines(
    principal: Family, runtime: RuntimeOf, month: Month, page: PageNumber = 1
) -> ChargeLines:
    return await lines_of(runtime, principal.own_family, month, page)
