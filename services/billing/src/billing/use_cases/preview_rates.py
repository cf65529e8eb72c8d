"""Staff try prices before they set them: what would they do to a month?"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.pricing import RateGrid, check_bands, price
from billing.store.charges import billed_units
from billing.store.families import facts_of


@dataclass
class Effect:
    """One family's month, before and after, in cents."""

    family_id: UUID
    units: int = 0
    before_cents: int = 0
    after_cents: int = 0


async def preview_rates(
    connection: AsyncConnection, grid: RateGrid, days: tuple[date, date]
) -> list[Effect]:
    """The families that the grid concerns in these half-open days, largest change first.

    Raises FaultyBands.
    """
    check_bands(grid.bands)
    units = await billed_units(connection, grid.code, days)
    families = await facts_of(connection, sorted({family_id for family_id, *_ in units}))
    effects: dict[UUID, Effect] = {}
    for family_id, day, count, cents in units:
        if not grid.holds_on(day):
            continue
        new = price((grid,), families[family_id], grid.code, day).unit_cents
        effect = effects.setdefault(family_id, Effect(family_id))
        effect.units += count
        effect.before_cents += cents
        effect.after_cents += new * count
    return sorted(
        effects.values(), key=lambda e: (-abs(e.after_cents - e.before_cents), e.family_id)
    )
