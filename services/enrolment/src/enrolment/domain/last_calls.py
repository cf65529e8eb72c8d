"""Which weeks can soon no longer be asked for: what families are reminded of. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from .activity import Activity
from .notice import NoticeAction
from .school_calendar import ONE_DAY, SchoolCalendar

WEEKS_AHEAD = 11
"""As far as the longest notice goes: 60 days, and holidays that begin in the week after."""


@dataclass(frozen=True)
class LastCall:
    """Until `cut_off` (UTC) every day of the activity in that week can still be asked for."""

    activity_id: UUID
    monday: date
    cut_off: datetime

    @property
    def sunday(self) -> date:
        return self.monday + 6 * ONE_DAY


def last_calls(
    activities: Iterable[Activity],
    calendar: SchoolCalendar,
    today: date,
    now: datetime,
    within: timedelta,
) -> Iterator[LastCall]:
    """Weeks whose first cut-off lies between now and then, the current one included.

    Only the first of a week counts: whoever let it pass has been told, and is not told each day.
    """
    this_monday = today - (today.isoweekday() - 1) * ONE_DAY
    for activity in activities:
        for number in range(WEEKS_AHEAD):
            monday = this_monday + timedelta(weeks=number)
            first = _first_cut_off(activity, monday, calendar, now)
            if first is not None and now < first <= now + within:
                yield LastCall(activity.activity_id, monday, first)


def _first_cut_off(
    activity: Activity, monday: date, calendar: SchoolCalendar, now: datetime
) -> datetime | None:
    """Of the days that can be asked for now."""
    found = (
        activity.cut_off(NoticeAction.BOOK, day, calendar)
        for day in activity.days_to_open(monday, monday + 6 * ONE_DAY, calendar)
        if _may_be_asked(activity, day, now)
    )
    return min((instant for instant in found if instant is not None), default=None)


def _may_be_asked(activity: Activity, day: date, now: datetime) -> bool:
    windows = activity.windows_for(day)
    return not windows or any(window.is_open(now) for window in windows)
