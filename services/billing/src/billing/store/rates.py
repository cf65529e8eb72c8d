"""Rate grids and their bands."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, func, insert, literal, select, true, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.pricing import Band, Effort, RateGrid

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
        .order_by(rate_bands.c.grid_id, rate_bands.c.children_from, rate_bands.c.quotient)
    )
    found: defaultdict[UUID, list[Band]] = defaultdict(list)
    for row in await connection.execute(chosen):
        found[row.grid_id].append(_band(row))
    return found


def _band(row: Row[Any]) -> Band:
    effort = None
    if row.effort_per_10000 is not None:
        effort = Effort(row.effort_per_10000, row.floor_cents)
    return Band(
        lowest=row.quotient.lower,
        below=row.quotient.upper,
        label=row.label,
        unit_cents=row.unit_cents,
        care_cents=row.care_cents,
        children_from=row.children_from,
        effort=effort,
    )


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
                "children_from": band.children_from,
                "effort_per_10000": band.effort.per_10000 if band.effort else None,
                "floor_cents": band.effort.floor_cents if band.effort else None,
            }
            for band in grid.bands
        ],
    )


async def end_grid(connection: AsyncConnection, code: str, day: date) -> None:
    """The grid of that code that holds on `day` ends the day before, unless it begins there.

    A grid that begins on `day` is left alone: its days would be none.
    """
    await connection.execute(
        update(rate_grids)
        .where(rate_grids.c.code == code)
        .where(func.lower(rate_grids.c.validity) < day)
        .where(rate_grids.c.validity.op("@>", is_comparison=True)(literal(day, Date)))
        .values(validity=func.daterange(func.lower(rate_grids.c.validity), day, "[)"))
    )
