"""The signed-in family's door."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from billing.accounts import asking
from billing.domain.family import FamilyFacts
from billing.domain.pricing import prices
from billing.settings import settings_of
from billing.store import ledger
from billing.store.families import find_family
from billing.store.rates import grids_on
from billing.use_cases.know_family import know_family
from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf

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
    day = on or local_date(runtime.clock.now())
    async with runtime.database.asking() as connection:
        heard = await find_family(connection, principal.own_family)
        grids = await grids_on(connection, day)
    family = heard.facts if heard else await _asked_about(runtime, principal.own_family)
    known = family.quotient_on(day)
    return Rates(
        on=day,
        quotient=None if known is None else known.value,
        resident=family.resident,
        items=[RateView.of(price) for price in prices(grids, family, day)],
    )


async def _asked_about(runtime: Runtime, family_id: UUID) -> FamilyFacts:
    """Nobody told us of it yet: accounts does, and it is noted."""
    async with runtime.database.transaction() as transaction:
        return await know_family(transaction, family_id, asking(runtime.peers), runtime.clock.now())


@router.get("/charge-lines")
async def charge_lines(
    principal: Family, runtime: RuntimeOf, month: Month, page: PageNumber = 1
) -> ChargeLines:
    return await lines_of(runtime, principal.own_family, month, page)
