"""What was heard of bookings, and the charge lines that followed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.booking import BookingFacts, OpenLine
from billing.domain.pricing import Price

from .tables import booking_facts, charge_lines

PAGE = 20


@dataclass(frozen=True)
class ChargeLine:
    """A line as it was recorded; it never changes."""

    charge_line_id: UUID
    family_id: UUID
    booking_id: UUID
    booking_version: int
    child_id: UUID
    day: date
    price: Price
    amount_cents: int
    reverses: UUID | None
    recorded_at: datetime


async def note_booking(connection: AsyncConnection, heard: BookingFacts) -> BookingFacts:
    """Raise the marks of a booking to what was heard, and lock it until the transaction ends.

    Only a newer confirmation changes the rate and the day. Returns what is now known.
    """
    row = {name: getattr(heard, name) for name in booking_facts.c.keys()}  # noqa: SIM118 - no dict
    statement = upsert(booking_facts).values(row).on_conflict_do_nothing()
    await connection.execute(statement)
    chosen = (
        select(booking_facts)
        .where(booking_facts.c.booking_id == heard.booking_id)
        .with_for_update()
    )
    known = BookingFacts(*(await connection.execute(chosen)).one())
    merged = known.merged_with(heard)
    if merged != known:
        changed = {name: getattr(merged, name) for name in row}
        await connection.execute(
            booking_facts.update()
            .where(booking_facts.c.booking_id == heard.booking_id)
            .values(changed)
        )
    return merged


async def open_line(connection: AsyncConnection, booking_id: UUID) -> OpenLine | None:
    """The booking's charge that nothing has reversed; its booking must be locked."""
    reversal = charge_lines.alias("reversal")
    chosen = (
        select(charge_lines.c.charge_line_id, charge_lines.c.rate_code, charge_lines.c.day)
        .outerjoin(reversal, reversal.c.reverses == charge_lines.c.charge_line_id)
        .where(charge_lines.c.booking_id == booking_id)
        .where(charge_lines.c.reverses.is_(None))
        .where(reversal.c.charge_line_id.is_(None))
    )
    found = (await connection.execute(chosen)).one_or_none()
    return None if found is None else OpenLine(*found)


async def charge_line(connection: AsyncConnection, charge_line_id: UUID) -> ChargeLine:
    chosen = select(charge_lines).where(charge_lines.c.charge_line_id == charge_line_id)
    return _line((await connection.execute(chosen)).one())


async def add_line(connection: AsyncConnection, line: ChargeLine) -> None:
    price = line.price
    await connection.execute(
        insert(charge_lines).values(
            charge_line_id=line.charge_line_id,
            family_id=line.family_id,
            booking_id=line.booking_id,
            booking_version=line.booking_version,
            kind="charge" if line.reverses is None else "reversal",
            child_id=line.child_id,
            day=line.day,
            rate_code=price.rate_code,
            label=price.label,
            grid_id=price.grid_id,
            band_label=price.band_label,
            unit_cents=price.unit_cents,
            care_cents=price.care_cents,
            food_cents=price.food_cents,
            supplement_cents=price.supplement_cents,
            resident=price.resident,
            quotient=price.quotient,
            quotient_since=price.quotient_since,
            amount_cents=line.amount_cents,
            reverses=line.reverses,
            recorded_at=line.recorded_at,
        )
    )


async def page_of_lines(
    connection: AsyncConnection,
    family_id: UUID,
    days: tuple[date, date] | None,
    page: int,
) -> tuple[Sequence[ChargeLine], int]:
    """A family's lines in the order of days, with how many there are; `days` is half-open."""
    wanted = charge_lines.c.family_id == family_id
    if days is not None:
        wanted = wanted & (charge_lines.c.day >= days[0]) & (charge_lines.c.day < days[1])
    total = (await connection.execute(select(func.count()).where(wanted))).scalar_one()
    chosen = (
        select(charge_lines)
        .where(wanted)
        .order_by(charge_lines.c.day, charge_lines.c.recorded_at, charge_lines.c.charge_line_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [_line(row) for row in await connection.execute(chosen)], total


def _line(row: Row[tuple[object, ...]]) -> ChargeLine:
    return ChargeLine(
        charge_line_id=row.charge_line_id,
        family_id=row.family_id,
        booking_id=row.booking_id,
        booking_version=row.booking_version,
        child_id=row.child_id,
        day=row.day,
        price=Price(
            grid_id=row.grid_id,
            rate_code=row.rate_code,
            label=row.label,
            band_label=row.band_label,
            unit_cents=row.unit_cents,
            care_cents=row.care_cents,
            food_cents=row.food_cents,
            supplement_cents=row.supplement_cents,
            resident=row.resident,
            quotient=row.quotient,
            quotient_since=row.quotient_since,
        ),
        amount_cents=row.amount_cents,
        reverses=row.reverses,
        recorded_at=row.recorded_at,
    )
