"""Charge lines: added, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.booking import Basis, OpenLine, Subject
from billing.domain.pricing import Price, Rule

from .tables import charge_lines, charged_days, invoice_lines

PAGE = 20


@dataclass(frozen=True)
class ChargeLine:
    """A line as it was recorded; it never changes."""

    charge_line_id: UUID
    family_id: UUID
    booking_id: UUID
    booking_version: int
    child_id: UUID
    activity_id: UUID
    slot_id: UUID
    day: date
    price: Price
    amount_cents: int
    basis: Basis
    revision: int
    reverses: UUID | None
    recorded_at: datetime


async def lock_subject(
    connection: AsyncConnection, subject: Subject
) -> tuple[OpenLine | None, int]:
    """The line that bills the subject now and how many it has had.

    Nobody else settles the subject until we end.
    """
    key = {"child_id": subject.child_id, "slot_id": subject.slot_id, "day": subject.day}
    opening = upsert(charged_days).values(**key, revision=0)
    await connection.execute(opening.on_conflict_do_nothing())
    chosen = (
        select(charged_days.c.open_line_id, charged_days.c.revision)
        .where(_is(subject))
        .with_for_update()
    )
    line_id, revision = (await connection.execute(chosen)).one()
    if line_id is None:
        return None, revision
    line = await charge_line(connection, line_id)
    return OpenLine(line.charge_line_id, line.price.rate_code), revision


async def set_open_line(connection: AsyncConnection, line: ChargeLine) -> None:
    """After a charge it is the subject's line; after a reversal the subject has none."""
    await connection.execute(
        update(charged_days)
        .where(_is(Subject(line.child_id, line.slot_id, line.day)))
        .values(
            revision=line.revision,
            open_line_id=line.charge_line_id if line.reverses is None else None,
        )
    )


def _is(subject: Subject) -> Any:
    return (
        (charged_days.c.child_id == subject.child_id)
        & (charged_days.c.slot_id == subject.slot_id)
        & (charged_days.c.day == subject.day)
    )


async def charge_line(connection: AsyncConnection, charge_line_id: UUID) -> ChargeLine:
    chosen = select(charge_lines).where(charge_lines.c.charge_line_id == charge_line_id)
    return _line((await connection.execute(chosen)).one())


async def open_lines_from(
    connection: AsyncConnection, family_id: UUID, first: date
) -> Sequence[ChargeLine]:
    """The family's lines that bill a day from `first` on."""
    chosen = (
        select(charge_lines)
        .join(charged_days, charged_days.c.open_line_id == charge_lines.c.charge_line_id)
        .where((charge_lines.c.family_id == family_id) & (charge_lines.c.day >= first))
        .order_by(charge_lines.c.day, charge_lines.c.charge_line_id)
    )
    return [_line(row) for row in await connection.execute(chosen)]


async def uninvoiced_open_lines(
    connection: AsyncConnection, family_id: UUID
) -> Sequence[ChargeLine]:
    """Lines that bill a day and are on no invoice yet."""
    invoiced = select(invoice_lines.c.charge_line_id)
    chosen = (
        select(charge_lines)
        .join(charged_days, charged_days.c.open_line_id == charge_lines.c.charge_line_id)
        .where(charge_lines.c.family_id == family_id)
        .where(charge_lines.c.charge_line_id.not_in(invoiced))
        .order_by(charge_lines.c.day, charge_lines.c.charge_line_id)
    )
    return [_line(row) for row in await connection.execute(chosen)]


async def billed_units(
    connection: AsyncConnection, rate_code: str, days: tuple[date, date]
) -> Sequence[tuple[UUID, date, int, int]]:
    """(family, day, how many, cents in all) of a code's open lines in half-open days."""
    chosen = (
        select(
            charge_lines.c.family_id,
            charge_lines.c.day,
            func.count(),
            func.sum(charge_lines.c.amount_cents),
        )
        .join(charged_days, charged_days.c.open_line_id == charge_lines.c.charge_line_id)
        .where((charge_lines.c.rate_code == rate_code) & _within(days))
        .group_by(charge_lines.c.family_id, charge_lines.c.day)
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in await connection.execute(chosen)]


async def add_line(connection: AsyncConnection, line: ChargeLine) -> None:
    row = {field.name: getattr(line, field.name) for field in fields(line)}
    price = row.pop("price")
    kind = "charge" if line.reverses is None else "reversal"
    await connection.execute(insert(charge_lines).values(**row, **vars(price), kind=kind))


async def page_of_lines(
    connection: AsyncConnection,
    family_id: UUID,
    days: tuple[date, date] | None,
    page: int,
) -> tuple[Sequence[ChargeLine], int]:
    """A family's lines in the order of days, with how many there are; `days` is half-open."""
    wanted = charge_lines.c.family_id == family_id
    if days is not None:
        wanted = wanted & _within(days)
    total = (await connection.execute(select(func.count()).where(wanted))).scalar_one()
    chosen = (
        select(charge_lines)
        .where(wanted)
        .order_by(charge_lines.c.day, charge_lines.c.recorded_at, charge_lines.c.charge_line_id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [_line(row) for row in await connection.execute(chosen)], total


def _within(days: tuple[date, date]) -> Any:
    return (charge_lines.c.day >= days[0]) & (charge_lines.c.day < days[1])


_PRICE = tuple(field.name for field in fields(Price))
_OWN = tuple(field.name for field in fields(ChargeLine) if field.name != "price")


def _line(row: Row[Any]) -> ChargeLine:
    values = row._mapping
    price = {name: values[name] for name in _PRICE} | {"rule": Rule(values["rule"])}
    own = {name: values[name] for name in _OWN} | {"basis": Basis(values["basis"])}
    return ChargeLine(**own, price=Price(**price))
