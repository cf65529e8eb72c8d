"""A centre's week in words: places by activity, age and day, adults, and what is not right."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.web import french
from enrolment.domain.activity import Activity
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import AgeGroup, Places
from enrolment.domain.staffing import Need, need, ratio_of

from .ground import PLACES
from .wording import GROUPS

ActivityDay = tuple[UUID, date]


@dataclass(frozen=True)
class Cell:
    """A day of an activity for an age group; None in the row where it is not open."""

    places: Places
    url: str
    label: str


@dataclass(frozen=True)
class Row:
    """An activity's week for one age group."""

    activity: str
    group: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Staffed:
    """An activity's week of adults: what each day needs, and how many are planned."""

    activity_id: UUID
    activity: str
    needs: tuple[Need | None, ...]


def open_days(found: Mapping[PlaceKey, Places], first: date) -> list[date]:
    """Monday to Friday always; a week-end when something is open."""
    days = [first + timedelta(days=ahead) for ahead in range(7)]
    return [day for day in days if day.weekday() < 5 or any(key.day == day for key in found)]


def rows(
    activities: Mapping[UUID, Activity], found: Mapping[PlaceKey, Places], shown: Sequence[date]
) -> Iterator[Row]:
    for activity in activities.values():
        for group in AgeGroup:
            keys = [PlaceKey(activity.activity_id, day, group) for day in shown]
            if any(key in found for key in keys):
                cells = tuple(_cell(activity, key, found.get(key)) for key in keys)
                yield Row(activity.label, GROUPS[group], cells)


def _cell(activity: Activity, key: PlaceKey, places: Places | None) -> Cell | None:
    if places is None:
        return None
    label = f"{activity.label}, {GROUPS[key.age_group]}, {french.day_name(key.day)}"
    return Cell(places, f"{PLACES}/{key.activity_id}/{key.day}/{key.age_group}", label)


def over_places(
    activities: Mapping[UUID, Activity], found: Mapping[PlaceKey, Places]
) -> Iterator[str]:
    """Days with more children than places, said in words above the table."""
    for key, places in sorted(found.items(), key=lambda item: (item[0].day, item[0])):
        if places.over:
            activity = activities[key.activity_id]
            children = french.plural(places.over, "enfant")
            yield (
                f"{activity.label}, {french.day_name(key.day)}, {GROUPS[key.age_group]}"
                f"\u00a0: {children} de plus que de places."
            )


def needs(
    activities: Mapping[UUID, Activity],
    found: Mapping[PlaceKey, Places],
    adults: Mapping[ActivityDay, int],
) -> dict[ActivityDay, Need]:
    """Adults that the children of each day need, those whose request is pending too."""
    children: dict[ActivityDay, dict[AgeGroup, int]] = defaultdict(dict)
    for key, places in found.items():
        children[key.activity_id, key.day][key.age_group] = places.booked + places.held
    return {
        (activity_id, day): need(
            ratio_of(activities[activity_id]), counted, adults.get((activity_id, day))
        )
        for (activity_id, day), counted in children.items()
    }


def staffed(
    activities: Mapping[UUID, Activity],
    needed: Mapping[ActivityDay, Need],
    shown: Sequence[date],
) -> list[Staffed]:
    return [
        Staffed(key, one.label, tuple(needed.get((key, day)) for day in shown))
        for key, one in activities.items()
        if any((key, day) in needed for day in shown)
    ]


def short_of_adults(
    activities: Mapping[UUID, Activity], needed: Mapping[ActivityDay, Need], today: date
) -> Iterator[str]:
    """Days to come for which too few adults are planned; a day of which nobody said is no alert."""
    for (activity_id, day), one in sorted(needed.items(), key=lambda item: item[0][::-1]):
        if day >= today and one.missing:
            children = french.plural(sum(one.children.values()), "enfant")
            planned = french.plural(one.present or 0, "prévu")
            yield (
                f"{activities[activity_id].label}, {french.day_name(day)}\u00a0:"
                f" {french.plural(one.adults, 'adulte')} au moins pour {children}, {planned}."
            )
