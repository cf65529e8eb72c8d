"""What a centre's activities offer together, and what its agrément allows."""

from collections.abc import Iterable
from dataclasses import dataclass

from .activity import Activity
from .places import AgeGroup, Capacity

WEEK = range(1, 8)


@dataclass(frozen=True)
class OverLicence:
    """One weekday (ISO) and age group: places offered at the same hours, and those licensed."""

    weekday: int
    group: AgeGroup
    offered: int
    licensed: int


def over_licence(
    activities: Iterable[Activity], licensed: Capacity, weekdays: Iterable[int] = WEEK
) -> list[OverLicence]:
    """Weekdays on which activities that run together offer more places than the licence.

    Activities are together when their hours overlap; a canteen between two sessions receives the
    same children.
    """
    known = list(activities)
    found = []
    for weekday in weekdays:
        running = [one for one in known if weekday in one.weekdays]
        for group in AgeGroup:
            offered = max((_offered(one, running, group) for one in running), default=0)
            if offered > licensed.of(group):
                found.append(OverLicence(weekday, group, offered, licensed.of(group)))
    return found


def made_worse(
    before: Iterable[OverLicence], after: Iterable[OverLicence]
) -> tuple[OverLicence, ...]:
    """What was beyond already, and is no more so now, alerts nobody a second time."""
    known = {(one.weekday, one.group): one.offered - one.licensed for one in before}
    return tuple(
        one for one in after if one.offered - one.licensed > known.get((one.weekday, one.group), 0)
    )


def _offered(one: Activity, running: Iterable[Activity], group: AgeGroup) -> int:
    return sum(other.capacity.of(group) for other in running if _together(one, other))


def _together(one: Activity, other: Activity) -> bool:
    return one.season is other.season and any(
        a.active and b.active and a.starts < b.ends and b.starts < a.ends
        for a in one.slots
        for b in other.slots
    )
