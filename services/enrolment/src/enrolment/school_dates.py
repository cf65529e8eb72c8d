"""Fills the school calendar from the published dates; the packages hold data, no network."""

from collections.abc import Iterator
from datetime import date
from functools import cache

from jours_feries_france import JoursFeries
from vacances_scolaires_france import SchoolHolidayDates

from .domain.school_calendar import ONE_DAY, SchoolCalendar, Span


@cache
def school_calendar(zone: str) -> SchoolCalendar:
    """The school calendar of a zone ("A", "B" or "C") with the public holidays of mainland France.

    Raises ValueError for another zone.
    """
    dates = SchoolHolidayDates()
    if zone not in dates.SUPPORTED_ZONES:
        raise ValueError(f"no school zone {zone}")
    years = range(dates.min_year, dates.max_year + 1)
    named = sorted(
        (day, row["nom_vacances"])
        for year in years
        for day, row in dates.holidays_for_year_and_zone(year, zone).items()
    )
    return SchoolCalendar(
        known_from=date(dates.min_year, 1, 1),
        known_to=date(dates.max_year, 12, 31),
        holidays=tuple(_spans(named)),
        public_holidays={
            day: name for year in years for name, day in JoursFeries.for_year(year).items()
        },
    )


def _spans(named: list[tuple[date, str]]) -> Iterator[Span]:
    """Days in a row with the same name are one holiday."""
    first: date | None = None
    for position, (day, name) in enumerate(named):
        first = first or day
        following = named[position + 1] if position + 1 < len(named) else None
        if following != (day + ONE_DAY, name):
            yield Span(first, day, name)
            first = None
