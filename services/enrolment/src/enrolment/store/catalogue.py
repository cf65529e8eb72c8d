"""Centres, activities, slots, notice rules and closures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Uuid, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import (
    Activity,
    ActivityKind,
    BookingWindow,
    Season,
    Slot,
    Staffing,
    WaitingRules,
)
from enrolment.domain.notice import Anchor, NoticeAction, NoticeRule
from enrolment.domain.places import Capacity
from enrolment.domain.school_calendar import Span

from .tables import centres


@dataclass(frozen=True)
class Centre:
    """A place that receives children; `licensed` is what its agrément allows, when known."""

    centre_id: UUID
    name: str
    licensed: Capacity | None = None
    version: int = 1


@dataclass(frozen=True)
class Catalogue:
    """What is offered; iteration follows the order in which pages show it."""

    activities: Mapping[UUID, Activity]
    centres: Mapping[UUID, Centre]

    @property
    def slots(self) -> dict[UUID, Slot]:
        return {s.slot_id: s for activity in self.activities.values() for s in activity.slots}

    def centre_of(self, slot: Slot) -> Centre:
        return self.centres[self.activities[slot.activity_id].centre_id]


# One question for the whole tree; JSON because its parts have different columns.
_TREE = """
SELECT activity.*, centre.name AS centre_name,
  (SELECT coalesce(json_agg(slot ORDER BY slot.starts, slot.ends DESC, slot.label), '[]')
     FROM slots AS slot WHERE slot.activity_id = activity.activity_id) AS slots,
  (SELECT coalesce(json_agg(rule ORDER BY rule.position), '[]')
     FROM notice_rules AS rule WHERE rule.activity_id = activity.activity_id) AS rules,
  (SELECT coalesce(json_agg(open_window ORDER BY open_window.opens_at), '[]')
     FROM booking_windows AS open_window
    WHERE open_window.activity_id = activity.activity_id) AS windows,
  (SELECT coalesce(json_agg(closure ORDER BY closure.first_day), '[]')
     FROM closures AS closure
    WHERE coalesce(closure.activity_id, activity.activity_id) = activity.activity_id
      AND coalesce(closure.centre_id, activity.centre_id) = activity.centre_id) AS closures
FROM activities AS activity JOIN centres AS centre USING (centre_id)
"""
_ORDER = " ORDER BY activity.position, centre.name, activity.label"
_JSON = {"slots": JSON, "rules": JSON, "windows": JSON, "closures": JSON}
_ALL = text(_TREE + _ORDER).columns(**_JSON)
_SOME = (
    text(
        _TREE
        + " WHERE activity.activity_id IN"
        + " (SELECT activity_id FROM slots WHERE slot_id = ANY(:slot_ids))"
        + _ORDER
    )
    .bindparams(bindparam("slot_ids", type_=ARRAY(Uuid)))
    .columns(**_JSON)
)
_ONE = (
    text(_TREE + " WHERE activity.activity_id = :activity_id")
    .bindparams(bindparam("activity_id", type_=Uuid))
    .columns(**_JSON)
)


async def whole_catalogue(connection: AsyncConnection) -> Catalogue:
    return _catalogue(await connection.execute(_ALL))


async def catalogue_of_slots(connection: AsyncConnection, slot_ids: Iterable[UUID]) -> Catalogue:
    """The activities that hold these slots; a slot that does not exist is simply not there."""
    wanted = {"slot_ids": sorted(set(slot_ids))}
    return _catalogue(await connection.execute(_SOME, wanted))


async def find_activity(connection: AsyncConnection, activity_id: UUID) -> Activity | None:
    found = _catalogue(await connection.execute(_ONE, {"activity_id": activity_id}))
    return found.activities.get(activity_id)


async def all_centres(connection: AsyncConnection) -> list[Centre]:
    rows = await connection.execute(select(centres).order_by(centres.c.name))
    return [_centre(row) for row in rows]


async def find_centre(connection: AsyncConnection, centre_id: UUID) -> Centre | None:
    row = (
        await connection.execute(select(centres).where(centres.c.centre_id == centre_id))
    ).first()
    return _centre(row) if row else None


def _centre(row: Any) -> Centre:
    known = row.licensed_under_six is not None and row.licensed_six_and_over is not None
    licensed = Capacity(row.licensed_under_six, row.licensed_six_and_over) if known else None
    return Centre(row.centre_id, row.name, licensed, row.version)


async def has_centre(connection: AsyncConnection, centre_id: UUID) -> bool:
    statement = select(centres.c.centre_id).where(centres.c.centre_id == centre_id)
    return (await connection.execute(statement)).first() is not None


def _catalogue(rows: Iterable[Any]) -> Catalogue:
    known = list(rows)
    return Catalogue(
        {row.activity_id: _activity(row) for row in known},
        {row.centre_id: Centre(row.centre_id, row.centre_name) for row in known},
    )


def _activity(row: Any) -> Activity:
    return Activity(
        activity_id=row.activity_id,
        centre_id=row.centre_id,
        label=row.label,
        season=Season(row.season),
        weekdays=frozenset(row.weekdays),
        capacity=Capacity(row.capacity_under_six, row.capacity_six_and_over),
        slots=tuple(_slot(found) for found in row.slots),
        notice_rules=tuple(_rule(found) for found in row.rules),
        closures=tuple(_closure(found) for found in row.closures),
        kind=ActivityKind(row.kind),
        needs_enrolment=row.needs_enrolment,
        waiting=WaitingRules(row.waiting_list, row.offer_hours, row.overbooking),
        staffing=Staffing(row.per_adult_under_six, row.per_adult_six_and_over),
        windows=tuple(_window(found) for found in row.windows),
        version=row.version,
    )


def _window(found: dict[str, Any]) -> BookingWindow:
    closes = found["closes_at"]
    return BookingWindow(
        window_id=UUID(found["window_id"]),
        days=Span(
            date.fromisoformat(found["first_day"]), date.fromisoformat(found["last_day"]), ""
        ),
        opens_at=datetime.fromisoformat(found["opens_at"]),
        closes_at=datetime.fromisoformat(closes) if closes else None,
    )


def _slot(found: dict[str, Any]) -> Slot:
    return Slot(
        slot_id=UUID(found["slot_id"]),
        activity_id=UUID(found["activity_id"]),
        label=found["label"],
        starts=time.fromisoformat(found["starts"]),
        ends=time.fromisoformat(found["ends"]),
        meal=found["meal"],
        rate_code=found["rate_code"],
        min_age=found["min_age"],
        max_age=found["max_age"],
        active=found["active"],
    )


def _rule(found: dict[str, Any]) -> NoticeRule:
    return NoticeRule(
        action=NoticeAction(found["action"]),
        anchor=Anchor(found["anchor"]),
        count=found["count"],
        at=time.fromisoformat(found["at"]),
        weekday=found["weekday"],
    )


def _closure(found: dict[str, Any]) -> Span:
    return Span(
        date.fromisoformat(found["first_day"]),
        date.fromisoformat(found["last_day"]),
        found["label"],
    )
