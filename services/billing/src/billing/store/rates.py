"""Rate grids and their bands."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Date, insert, literal, select, true
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.pricing import Band, RateGrid

from .tables import rate_bands, rate_grids


async def grids_on(
    connection: AsyncConnection, day: date, code: str | None = None
) -> tuple[RateGrid, ...]:
    """The grids in force that day, by code; at most one when a code is given."""
    wanted: ColumnElement[bool] = rate_grids.c.validity.op("@>", is_comparison=True)(
        literal(day, Date)
    )
    if code is not None:
        wanted = wanted & (rate_grids.c.code == code)
    return await _grids(connection, wanted)


async def all_grids(connection: AsyncConnection) -> tuple[RateGrid, ...]:
    """Every grid there ever was or will be: a dozen codes and a grid of each a year."""
    return await _grids(connection, true())


async def _grids(connection: AsyncConnection, wanted: ColumnElement[bool]) -> tuple[RateGrid, ...]:
    chosen = select(rate_grids).where(wanted).order_by(rate_grids.c.code, rate_grids.c.validity)
    rows = (await connection.execute(chosen)).all()
    bands = await _bands(connection, [row.grid_id for row in rows])
    return tuple(
        RateGrid(
            grid_id=row.grid_id,
            code=row.code,
            label=row.label,
            valid_from=row.validity.lower,
            valid_to=row.validity.upper,
            non_resident_supplement_cents=row.non_resident_supplement_cents,
            bands=tuple(bands[row.grid_id]),
        )
        for row in rows
    )


async def _bands(
    connection: AsyncConnection, grid_ids: Sequence[UUID]
) -> defaultdict[UUID, list[Band]]:
    chosen = (
        select(rate_bands)
        .where(rate_bands.c.grid_id.in_(grid_ids))
        .order_by(rate_bands.c.grid_id, rate_bands.c.quotient)
    )
    found: defaultdict[UUID, list[Band]] = defaultdict(list)
    for row in await connection.execute(chosen):
        found[row.grid_id].append(
            Band(row.quotient.lower, row.quotient.upper, row.label, row.unit_cents, row.care_cents)
        )
    return found


async def add_grid(
    connection: AsyncConnection, grid: RateGrid, created_by: str, at: datetime
) -> None:
    """Raises IntegrityError (ex_rate_grids_validity) when the days are already priced."""
    await connection.execute(
        insert(rate_grids).values(
            grid_id=grid.grid_id,
            code=grid.code,
            label=grid.label,
            validity=Range(grid.valid_from, grid.valid_to, bounds="[)"),
            non_resident_supplement_cents=grid.non_resident_supplement_cents,
            created_at=at,
            created_by=created_by,
        )
    )
    await connection.execute(
        insert(rate_bands),
        [
            {
                "grid_id": grid.grid_id,
                "label": band.label,
                "quotient": Range(band.lowest, band.below, bounds="[)"),
                "unit_cents": band.unit_cents,
                "care_cents": band.care_cents,
            }
            for band in grid.bands
        ],
    )
