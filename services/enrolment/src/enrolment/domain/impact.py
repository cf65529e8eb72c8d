"""Whom a change of the catalogue hurts: computed before it is made, and shown to staff."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from .activity import Activity, Slot
from .booking import BookingState
from .diary import PlaceKey
from .licence import OverLicence
from .notice import at_paris
from .places import Capacity, Places, age_on
from .school_calendar import Span


class Harm(StrEnum):
    """How a booking would suffer."""

    CLOSED = "closed"
    WEEKDAY = "weekday"
    SLOT_GONE = "slot_gone"
    HOURS = "hours"
    AGE = "age"
    ENROLMENT_OVER = "enrolment_over"


@dataclass(frozen=True)
class Standing:
    """A booking that a change may hurt, with the names staff read."""

    booking_id: UUID
    family_id: UUID
    child_id: UUID
    child_name: str
    born_on: date
    slot_id: UUID
    slot_label: str
    day: date
    begins: datetime
    ends: datetime
    state: BookingState


@dataclass(frozen=True)
class Hurt:
    """One booking and how it suffers."""

    booking: Standing
    harm: Harm


@dataclass(frozen=True)
class Overfull:
    """A day on which there would be more children than places: they keep theirs, over capacity."""

    key: PlaceKey
    capacity: int
    children: int


@dataclass(frozen=True)
class Impact:
    """Everything that a change would do to what is already there."""

    hurt: tuple[Hurt, ...] = ()
    overfull: tuple[Overfull, ...] = ()
    over_licence: tuple[OverLicence, ...] = ()
    """Weekdays that the change puts, or leaves worse, beyond what the agrément allows."""

    @property
    def families(self) -> int:
        return len({one.booking.family_id for one in self.hurt})

    @property
    def is_harmless(self) -> bool:
        return not self.hurt and not self.overfull and not self.over_licence


def impact_of_closure(bookings: Iterable[Standing], closed: Span) -> Impact:
    """Everybody expected on those days."""
    return Impact(tuple(Hurt(one, Harm.CLOSED) for one in bookings if one.day in closed))


def impact_of_edit(
    new: Activity, bookings: Iterable[Standing], places: Mapping[PlaceKey, Places]
) -> Impact:
    """What the activity as it would be does to the bookings and days that are there."""
    slots = {slot.slot_id: slot for slot in new.slots if slot.active}
    hurt = (Hurt(one, harm) for one in bookings if (harm := _harm(new, slots, one)) is not None)
    return Impact(tuple(hurt), tuple(_overfull(places, new.capacity)))


def impact_of_capacity(key: PlaceKey, places: Places, capacity: int) -> Impact:
    """One day with another capacity."""
    children = places.booked + places.held
    return Impact(overfull=(Overfull(key, capacity, children),) if children > capacity else ())


def _harm(new: Activity, slots: Mapping[UUID, Slot], one: Standing) -> Harm | None:
    """The worst first."""
    slot = slots.get(one.slot_id)
    if slot is None:
        return Harm.SLOT_GONE
    if one.day.isoweekday() not in new.weekdays:
        return Harm.WEEKDAY
    if not slot.suits_age(age_on(one.born_on, one.day)):
        return Harm.AGE
    hours = (at_paris(one.day, slot.starts), at_paris(one.day, slot.ends))
    return None if hours == (one.begins, one.ends) else Harm.HOURS


def _overfull(places: Mapping[PlaceKey, Places], capacity: Capacity) -> Iterator[Overfull]:
    for key, counted in sorted(places.items(), key=lambda item: item[0]):
        children = counted.booked + counted.held
        if children > capacity.of(key.age_group):
            yield Overfull(key, capacity.of(key.age_group), children)
