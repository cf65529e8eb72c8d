"""How many adults children need (CASF R.227-15 and 16), and whether there are enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from .activity import Activity, ActivityKind, Season, Staffing
from .notice import at_paris
from .places import AgeGroup

_ANY_DAY: Final = date(2026, 1, 5)

LONG: Final = timedelta(hours=5)
"""Sessions of a school day that last longer have the ratios of the holidays."""

HOLIDAY: Final = Staffing(under_six=8, six_and_over=12)
SHORT: Final = Staffing(under_six=10, six_and_over=14)

SCHOOL_DAY: Final = frozenset(
    {ActivityKind.MORNING, ActivityKind.EVENING, ActivityKind.CANTEEN, ActivityKind.WEDNESDAY}
)


def ratio_of(activity: Activity) -> Staffing:
    """The activity's own ratio where one is set (a PEdT allows others), else the law's."""
    legal = legal_ratio(activity)
    own = activity.staffing
    return Staffing(own.under_six or legal.under_six, own.six_and_over or legal.six_and_over)


def legal_ratio(activity: Activity) -> Staffing:
    """1 for 8 and 12; on school days, sessions of five hours at most: 1 for 10 and 14."""
    on_school_days = activity.season is Season.TERM and activity.kind in SCHOOL_DAY
    return SHORT if on_school_days and _longest(activity) <= LONG else HOLIDAY


def _longest(activity: Activity) -> timedelta:
    # Any day will do: only the hours on the wall count.
    lengths = [
        at_paris(_ANY_DAY, slot.ends) - at_paris(_ANY_DAY, slot.starts) for slot in activity.slots
    ]
    return max(lengths, default=timedelta(0))


@dataclass(frozen=True)
class Need:
    """Children who are expected or there, and the adults that they need together."""

    children: Mapping[AgeGroup, int]
    adults: int
    present: int | None = None
    """Adults who are there; None while nobody said."""

    @property
    def missing(self) -> int:
        return 0 if self.present is None else max(self.adults - self.present, 0)


def need(staffing: Staffing, children: Mapping[AgeGroup, int], present: int | None = None) -> Need:
    """Each group is counted with its own ratio: an adult for small children is for them alone."""
    adults = sum(staffing.adults_for(group, count) or 0 for group, count in children.items())
    return Need(children, adults, present)
