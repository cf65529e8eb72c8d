"""A centre's day: its slots, who is expected, who is there, how many adults are needed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.web import french
from enrolment.domain.activity import Activity, Slot
from enrolment.domain.attendance import Presence
from enrolment.domain.places import AgeGroup, age_group
from enrolment.domain.staffing import Need, need, ratio_of
from enrolment.store.adults import adults_on
from enrolment.store.attendance import Entry, roster
from enrolment.store.catalogue import Catalogue

from .care import DIETS, UNSAID, Care, Note

WORDS: Final = {
    Presence.PRESENT: "Présent",
    Presence.ABSENT: "Absent",
    Presence.LEFT: "Parti",
}
TOLD: Final = "Absence annoncée"
EXPECTED: Final = "Attendu"


@dataclass(frozen=True)
class Line:
    """One child, as the team reads it on a tablet."""

    entry: Entry
    name: str
    age: str
    note: Note
    state: str
    """The state's code in the theme."""
    state_label: str
    when: str
    anchor: str

    @property
    def unbooked(self) -> bool:
        return self.entry.booking_id is None


@dataclass(frozen=True)
class Sheet:
    """One slot of the day."""

    slot: Slot
    activity: Activity
    hours: str
    lines: tuple[Line, ...]
    need: Need

    @property
    def counts(self) -> str:
        """« 24 attendus, 20 présents, 2 absents, 2 à pointer »."""
        found = Counter(line.entry.presence for line in self.lines)
        told = sum(line.entry.absent_told and line.entry.presence is None for line in self.lines)
        waiting = found[None] - told
        there = found[Presence.PRESENT] + found[Presence.LEFT]
        parts = [
            french.plural(len(self.lines), "inscrit"),
            french.plural(there, "présent"),
            french.plural(found[Presence.ABSENT] + told, "absent"),
            f"{waiting}\u00a0à pointer" if waiting else "tout est pointé",
        ]
        return ", ".join(parts)

    @property
    def to_point(self) -> int:
        return sum(
            line.entry.presence is None and not line.entry.absent_told for line in self.lines
        )


@dataclass(frozen=True)
class CentreDay:
    """Everything of one centre on one day."""

    day: date
    entries: Mapping[UUID, Sequence[Entry]]
    """By slot."""
    activities: Mapping[UUID, Activity]
    adults: Mapping[UUID, int]

    @property
    def child_ids(self) -> set[UUID]:
        return {one.child_id for found in self.entries.values() for one in found}


async def centre_day(
    connection: AsyncConnection,
    catalogue: Catalogue,
    centre_id: UUID,
    day: date,
    activity_id: UUID | None = None,
) -> CentreDay:
    """Slots with nobody in them are left out."""
    activities = _activities(catalogue, centre_id, activity_id)
    found = await roster(connection, activities, day)
    by_slot = {slot_id: entries for (_, slot_id), entries in found.items()}
    return CentreDay(day, by_slot, activities, await adults_on(connection, activities, day))


async def centre_days(
    connection: AsyncConnection,
    catalogue: Catalogue,
    centre_id: UUID,
    first: date,
    last: date,
    activity_id: UUID | None = None,
) -> list[CentreDay]:
    """The days between these on which somebody was expected or came, in order."""
    activities = _activities(catalogue, centre_id, activity_id)
    by_day: dict[date, dict[UUID, Sequence[Entry]]] = {}
    for (day, slot_id), entries in (await roster(connection, activities, first, last)).items():
        by_day.setdefault(day, {})[slot_id] = entries
    return [CentreDay(day, by_slot, activities, {}) for day, by_slot in sorted(by_day.items())]


def _activities(
    catalogue: Catalogue, centre_id: UUID, activity_id: UUID | None
) -> dict[UUID, Activity]:
    return {
        one.activity_id: one
        for one in catalogue.activities.values()
        if one.centre_id == centre_id and activity_id in (None, one.activity_id)
    }


def sheets(found: CentreDay, care: Care, now: datetime) -> list[Sheet]:
    """In the order of the hours."""
    slots = [
        (slot, activity)
        for activity in found.activities.values()
        for slot in activity.slots
        if found.entries.get(slot.slot_id)
    ]
    slots.sort(key=lambda pair: (pair[0].starts, pair[1].label, pair[0].label))
    return [_sheet(slot, activity, found, care, now) for slot, activity in slots]


def _sheet(slot: Slot, activity: Activity, found: CentreDay, care: Care, now: datetime) -> Sheet:
    entries = found.entries[slot.slot_id]
    begins, ends = slot.period(found.day)
    return Sheet(
        slot,
        activity,
        french.hour_range(begins, ends),
        tuple(line(one, found.day, care, now) for one in entries),
        need(
            ratio_of(activity),
            groups(entries, found.day),
            found.adults.get(activity.activity_id),
        ),
    )


def groups(entries: Sequence[Entry], day: date) -> dict[AgeGroup, int]:
    """Children who are expected or there, by age group: those who left or stay away need nobody."""
    counted = Counter(
        age_group(one.born_on, day)
        for one in entries
        if one.presence is Presence.PRESENT or (one.presence is None and not one.absent_told)
    )
    return {group: counted[group] for group in AgeGroup if counted[group]}


def line(entry: Entry, day: date, care: Care, now: datetime) -> Line:
    state, label = _state(entry)
    when = ""
    if entry.recorded_at is not None:
        when = f"{french.moment(entry.recorded_at, now)}, {entry.recorded_by}"
    return Line(
        entry,
        f"{entry.family_name} {entry.given_name}",
        french.age(entry.born_on, day) if entry.born_on <= day else "",
        care.of(entry.child_id),
        state,
        label,
        when,
        f"e-{entry.slot_id}-{entry.child_id}",
    )


def _state(entry: Entry) -> tuple[str, str]:
    match entry.presence:
        case Presence.PRESENT:
            return "present", WORDS[Presence.PRESENT]
        case Presence.LEFT:
            return "locked", WORDS[Presence.LEFT]
        case Presence.ABSENT:
            return "absent_unjustified", WORDS[Presence.ABSENT]
    return ("absence_declared", TOLD) if entry.absent_told else ("free", EXPECTED)


@dataclass(frozen=True)
class Meals:
    """How many meals a slot needs; `diets` is empty when they may not, or cannot, be read."""

    slot_label: str
    activity: str
    total: int
    diets: Mapping[str, int]


def meals(found: CentreDay, care: Care) -> list[Meals]:
    """Children who said that they stay away eat elsewhere."""
    counted = []
    for slot, activity, eating in _with_meals(found):
        diets = Counter(_diet(care.of(one.child_id)) for one in eating) if care.is_known else {}
        counted.append(Meals(slot.label, activity.label, len(eating), dict(sorted(diets.items()))))
    return counted


def _with_meals(found: CentreDay) -> list[tuple[Slot, Activity, list[Entry]]]:
    return [
        (slot, activity, [one for one in found.entries[slot.slot_id] if _eats(one)])
        for activity in found.activities.values()
        for slot in activity.slots
        if slot.meal and found.entries.get(slot.slot_id)
    ]


def _eats(entry: Entry) -> bool:
    return entry.presence is not Presence.ABSENT and not (
        entry.absent_told and entry.presence is None
    )


def _diet(note: Note) -> str:
    return DIETS.get(note.diet, note.diet) if note.diet else UNSAID
