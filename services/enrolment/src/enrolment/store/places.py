"""Counts of places: read for a page, locked in one order for a change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Integer, Text, Uuid, column, select, tuple_, update, values
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import Activity
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import AgeGroup, Places

from .tables import places

_KEY = (places.c.activity_id, places.c.day, places.c.age_group)


@dataclass(frozen=True)
class Change:
    """Places to add to, or (negative) to take from, what is booked and held."""

    booked: int = 0
    held: int = 0

    def __add__(self, other: "Change") -> "Change":
        return Change(self.booked + other.booked, self.held + other.held)


async def places_between(
    connection: AsyncConnection, first: date, last: date
) -> dict[PlaceKey, Places]:
    """Places of every activity open between these days, both included."""
    statement = select(places).where(places.c.day.between(first, last))
    return _by_key(await connection.execute(statement))


async def places_of(
    connection: AsyncConnection, keys: Iterable[PlaceKey]
) -> dict[PlaceKey, Places]:
    """Places as they stand, without waiting for anybody."""
    statement = select(places).where(tuple_(*_KEY).in_(_tuples(keys)))
    return _by_key(await connection.execute(statement))


async def lock_places(
    connection: AsyncConnection, keys: Iterable[PlaceKey]
) -> dict[PlaceKey, Places]:
    """Wait for these places and keep them until the end of the transaction.

    Locked in the order of their key whatever the caller's, so that two callers never wait for
    each other. Lock the family before: everyone takes the two in that order.
    """
    statement = select(places).where(tuple_(*_KEY).in_(_tuples(keys))).order_by(*_KEY)
    return _by_key(await connection.execute(statement.with_for_update()))


async def change_places(connection: AsyncConnection, changes: Mapping[PlaceKey, Change]) -> None:
    """Apply the changes to rows that `lock_places` holds, in one statement."""
    if not changes:
        return
    rows = [
        (key.activity_id, key.day, str(key.age_group), change.booked, change.held)
        for key, change in sorted(changes.items(), key=lambda item: item[0])
    ]
    wanted = values(
        column("activity_id", Uuid),
        column("day", Date),
        column("age_group", Text),
        column("booked", Integer),
        column("held", Integer),
        name="wanted",
    ).data(rows)
    await connection.execute(
        update(places)
        .where(
            places.c.activity_id == wanted.c.activity_id,
            places.c.day == wanted.c.day,
            places.c.age_group == wanted.c.age_group,
        )
        .values(booked=places.c.booked + wanted.c.booked, held=places.c.held + wanted.c.held)
    )


async def open_places(connection: AsyncConnection, activity: Activity, days: list[date]) -> int:
    """Make the places of these days; days already open stay as they are. Returns days opened."""
    rows = [
        {
            "activity_id": activity.activity_id,
            "day": day,
            "age_group": str(group),
            "capacity": activity.capacity.of(group),
        }
        for day in days
        for group in AgeGroup
        if activity.capacity.of(group) > 0
    ]
    if not rows:
        return 0
    statement = insert(places).on_conflict_do_nothing().returning(places.c.day)
    return len(set((await connection.execute(statement, rows)).scalars()))


async def opened_days(connection: AsyncConnection, activity_id: UUID) -> list[date]:
    """Days of the activity that children can be received on, in order."""
    statement = select(places.c.day).where(places.c.activity_id == activity_id).distinct()
    return list((await connection.execute(statement.order_by(places.c.day))).scalars())


def _tuples(keys: Iterable[PlaceKey]) -> list[tuple[UUID, date, str]]:
    return [(key.activity_id, key.day, str(key.age_group)) for key in sorted(set(keys))]


def _by_key(rows: Iterable[Any]) -> dict[PlaceKey, Places]:
    return {
        PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)): Places(
            row.capacity, row.booked, row.held
        )
        for row in rows
    }
