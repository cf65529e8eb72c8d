"""Counts of places: read for a page, locked in one order for a change."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Date,
    Integer,
    Text,
    Uuid,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import Activity
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import AgeGroup, Change, Places

from .tables import places

_KEY = (places.c.activity_id, places.c.day, places.c.age_group)
_ARRAYS = (
    bindparam("activity_ids", type_=ARRAY(Uuid)),
    bindparam("days", type_=ARRAY(Date)),
    bindparam("age_groups", type_=ARRAY(Text)),
)
# Built once, whatever the number of keys.
_BETWEEN = select(places).where(places.c.day.between(bindparam("first"), bindparam("last")))
_wanted = func.unnest(*_ARRAYS).table_valued("activity_id", "day", "age_group").render_derived()
_OF_KEYS = select(places).join(
    _wanted,
    (places.c.activity_id == _wanted.c.activity_id)
    & (places.c.day == _wanted.c.day)
    & (places.c.age_group == _wanted.c.age_group),
)
_LOCKED = _OF_KEYS.order_by(*_KEY).with_for_update(of=places)


async def places_between(
    connection: AsyncConnection, first: date, last: date
) -> dict[PlaceKey, Places]:
    """Places of every activity open between these days, both included."""
    return _by_key(await connection.execute(_BETWEEN, {"first": first, "last": last}))


async def places_of(
    connection: AsyncConnection, keys: Iterable[PlaceKey]
) -> dict[PlaceKey, Places]:
    """Places as they stand, without waiting for anybody."""
    return _by_key(await connection.execute(_OF_KEYS, _arrays(keys)))


async def lock_places(
    connection: AsyncConnection, keys: Iterable[PlaceKey]
) -> dict[PlaceKey, Places]:
    """Wait for these places and keep them until the end of the transaction.

    Locked in the order of their key whatever the caller's, so that two callers never wait for
    each other. Lock the family before: everyone takes the two in that order.
    """
    return _by_key(await connection.execute(_LOCKED, _arrays(keys)))


async def change_places(
    connection: AsyncConnection, changes: Mapping[PlaceKey, Change]
) -> dict[PlaceKey, Places]:
    """Apply the changes to rows that `lock_places` holds, in one statement; returns them after."""
    effective = {key: change for key, change in changes.items() if change != Change()}
    if not effective:
        return {}
    return _by_key(await connection.execute(_CHANGE, as_arrays(effective)))


def as_arrays(changes: Mapping[PlaceKey, Change]) -> dict[str, list[Any]]:
    """What `CHANGE` is given."""
    ordered = [changes[key] for key in sorted(changes)]
    return {
        **_arrays(changes),
        "booked": [change.booked for change in ordered],
        "held": [change.held for change in ordered],
        "waiting": [change.waiting for change in ordered],
    }


# Arrays, whatever the number of days: prepared once, where VALUES would be compiled each time
# (a quarter of a submission's time). Who leaves a day that is beyond its capacity leaves no place.
CHANGE = (
    "UPDATE places SET booked = places.booked + wanted.booked,"
    " held = places.held + wanted.held, waiting = places.waiting + wanted.waiting,"
    " excess = least(places.excess, greatest(0, places.booked + wanted.booked + places.held"
    " + wanted.held - places.capacity - places.overbooking))"
    " FROM unnest(:activity_ids, :days, :age_groups, :booked, :held, :waiting)"
    " AS wanted (activity_id, day, age_group, booked, held, waiting)"
    " WHERE places.activity_id = wanted.activity_id AND places.day = wanted.day"
    " AND places.age_group = wanted.age_group RETURNING places.*"
)
CHANGE_PARAMETERS = (
    *_ARRAYS,
    bindparam("booked", type_=ARRAY(Integer)),
    bindparam("held", type_=ARRAY(Integer)),
    bindparam("waiting", type_=ARRAY(Integer)),
)
_CHANGE = text(CHANGE).bindparams(*CHANGE_PARAMETERS).columns(*places.columns)


async def allow_one_more(connection: AsyncConnection, key: PlaceKey) -> None:
    """One child beyond the day's places, written down as excess; the row is locked."""
    one = (places.c.activity_id == key.activity_id, places.c.day == key.day)
    statement = update(places).where(*one, places.c.age_group == key.age_group)
    await connection.execute(statement.values(excess=places.c.excess + 1))


async def open_places(connection: AsyncConnection, activity: Activity, days: list[date]) -> int:
    """Make the places of these days; days already open stay as they are. Returns days opened."""
    rows = [
        {
            "activity_id": activity.activity_id,
            "day": day,
            "age_group": str(group),
            "capacity": activity.capacity.of(group),
            "overbooking": activity.waiting.overbooking,
        }
        for day in days
        for group in AgeGroup
        if activity.capacity.of(group) > 0
    ]
    if not rows:
        return 0
    statement = insert(places).on_conflict_do_nothing().returning(places.c.day)
    return len(set((await connection.execute(statement, rows)).scalars()))


async def places_of_activity(
    connection: AsyncConnection, activity_id: UUID, first: date
) -> dict[PlaceKey, Places]:
    """The activity's places from that day on."""
    statement = select(places).where(places.c.activity_id == activity_id, places.c.day >= first)
    return _by_key(await connection.execute(statement))


async def opened_days(connection: AsyncConnection, activity_id: UUID) -> list[date]:
    """Days of the activity that children can be received on, in order."""
    statement = select(places.c.day).where(places.c.activity_id == activity_id).distinct()
    return list((await connection.execute(statement.order_by(places.c.day))).scalars())


async def keys_to_offer(connection: AsyncConnection, today: date) -> list[PlaceKey]:
    """Days from today on that have a free place and somebody who waits for it."""
    free = places.c.booked + places.c.held < places.c.capacity + places.c.overbooking
    statement = select(*_KEY).where(places.c.waiting > 0, places.c.day >= today, free)
    rows = await connection.execute(statement.order_by(*_KEY))
    return [PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)) for row in rows]


def _arrays(keys: Iterable[PlaceKey]) -> dict[str, list[Any]]:
    ordered = sorted(set(keys))
    return {
        "activity_ids": [key.activity_id for key in ordered],
        "days": [key.day for key in ordered],
        "age_groups": [str(key.age_group) for key in ordered],
    }


def _by_key(rows: Iterable[Any]) -> dict[PlaceKey, Places]:
    return {
        PlaceKey(row.activity_id, row.day, AgeGroup(row.age_group)): Places(
            row.capacity, row.booked, row.held, row.waiting, row.overbooking
        )
        for row in rows
    }
