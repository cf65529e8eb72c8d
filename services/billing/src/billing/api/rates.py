"""The staff's door to rates: grids, the simulator, what a change would do."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from billing.accounts import asking
from billing.domain.pricing import price
from billing.store.rates import all_grids, grids_on
from billing.use_cases.create_rate_grid import create_rate_grid
from billing.use_cases.know_family import know_family
from billing.use_cases.preview_rates import preview_rates
from billing.use_cases.reprice_family import reprice_family
from chassis.auth import Audience, Principal, allow
from chassis.identifiers import new_id
from chassis.runtime import RuntimeOf

from .inputs import Month, RateCode
from .paging import days_of
from .rate_schemas import (
    EffectView,
    FamilyEffect,
    NewRateGrid,
    NewRateGrids,
    PriceAnswer,
    RateGridBody,
    RateGrids,
    RateGridView,
    RepriceBody,
    Repriced,
    Supposed,
)

router = APIRouter(prefix="/v1/staff")

PriceReader = allow(Audience.SECRETARIAT, Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)
RateReader = allow(Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)
RateKeeper = Annotated[Principal, allow(Audience.CASH_OFFICE, Audience.ADMIN)]


@router.get("/families/{family_id}/price", dependencies=[PriceReader])
async def price_question(
    family_id: UUID,
    rate_code: RateCode,
    day: date,
    runtime: RuntimeOf,
    supposed: Annotated[Supposed, Query()],
) -> PriceAnswer:
    """What that day would cost that family, by which rule, and why; suppositions are answered."""
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        family = await know_family(transaction, family_id, asking(runtime.peers), now)
        grids = await grids_on(transaction.connection, day, rate_code)
    asked = supposed.of(family, day)
    return PriceAnswer.to(price(grids, asked, rate_code, day), asked)


@router.post("/rate-grids", status_code=201)
async def add_rate_grid(
    body: NewRateGrid, principal: RateKeeper, runtime: RuntimeOf
) -> RateGridView:
    grid = body.to_grid(new_id())
    async with runtime.database.transaction() as transaction:
        await create_rate_grid(
            transaction,
            grid,
            principal.id,
            runtime.clock.now(),
            ends_previous=body.ends_previous,
        )
    return RateGridView.of(grid)


@router.post("/rate-grids/batch", status_code=201)
async def add_rate_grids(
    body: NewRateGrids, principal: RateKeeper, runtime: RuntimeOf
) -> RateGrids:
    """All of them or none."""
    grids = [one.to_grid(new_id()) for one in body.grids]
    async with runtime.database.transaction() as transaction:
        for grid in grids:
            await create_rate_grid(
                transaction,
                grid,
                principal.id,
                runtime.clock.now(),
                ends_previous=body.ends_previous,
            )
    return RateGrids(items=[RateGridView.of(grid) for grid in grids], total=len(grids))


@router.get("/rate-grids", dependencies=[RateReader])
async def rate_grids(runtime: RuntimeOf) -> RateGrids:
    async with runtime.database.reading() as connection:
        grids = await all_grids(connection)
    return RateGrids(items=[RateGridView.of(grid) for grid in grids], total=len(grids))


@router.post("/rate-grids/preview", dependencies=[RateReader])
async def preview(body: RateGridBody, month: Month, runtime: RuntimeOf) -> EffectView:
    """What these prices would do to the days already booked of a month; nothing is kept."""
    async with runtime.database.reading() as connection:
        effect = await preview_rates(connection, body.to_grid(new_id()), days_of(month))
    return EffectView(
        month=month,
        units=sum(family.units for family in effect),
        before_cents=sum(family.before_cents for family in effect),
        after_cents=sum(family.after_cents for family in effect),
        families=len(effect),
        raised=sum(family.after_cents > family.before_cents for family in effect),
        lowered=sum(family.after_cents < family.before_cents for family in effect),
        largest=[FamilyEffect(**vars(family)) for family in effect[:20]],
    )


@router.post(
    "/families/{family_id}/reprice", dependencies=[allow(Audience.CASH_OFFICE, Audience.ADMIN)]
)
async def reprice(family_id: UUID, body: RepriceBody, runtime: RuntimeOf) -> Repriced:
    """A quotient that came late is applied to days already billed, because staff say so."""
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        lines, cents = await reprice_family(
            transaction, family_id, body.first, asking(runtime.peers), now
        )
    return Repriced(lines=lines, difference_cents=cents)
