"""Cut-offs: rules as data, on a calendar with holidays, closures and two clock changes."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from enrolment.domain.notice import (
    PARIS,
    Anchor,
    InvalidNoticeRule,
    NoticeAction,
    NoticeRule,
    cut_off,
)
from enrolment.domain.school_calendar import SchoolCalendar, Span
from enrolment.school_dates import school_calendar

ZONE_A = school_calendar("A")
BOOK = NoticeAction.BOOK

EVE = NoticeRule(BOOK, Anchor.WORKING_DAYS, 1, time(10))
THURSDAY = NoticeRule(BOOK, Anchor.WEEKDAY_OF_PREVIOUS_WEEK, 1, time(12), weekday=4)
FORTNIGHT = NoticeRule(BOOK, Anchor.DAYS_BEFORE_PERIOD, 15, time(23, 59))
SAME_DAY = NoticeRule(NoticeAction.ABSENCE, Anchor.CALENDAR_DAYS, 0, time(9))
TWO_DAYS = NoticeRule(BOOK, Anchor.CALENDAR_DAYS, 2, time(12))


@pytest.mark.parametrize(
    ("rule", "day", "expected"),
    [
        (EVE, "2026-11-24", "2026-11-23T10:00+01:00"),
        (EVE, "2026-11-23", "2026-11-20T10:00+01:00"),  # Monday: by Friday
        (EVE, "2026-11-12", "2026-11-10T10:00+01:00"),  # 11 November, a Wednesday, is skipped
        (EVE, "2027-03-30", "2027-03-26T10:00+01:00"),  # Easter Monday and its weekend
        (EVE, "2027-05-18", "2027-05-14T10:00+02:00"),  # Whit Monday
        (EVE, "2026-10-26", "2026-10-23T10:00+02:00"),  # across the autumn change
        (EVE, "2027-03-29", "2027-03-26T10:00+01:00"),  # across the spring change
        (THURSDAY, "2026-11-25", "2026-11-19T12:00+01:00"),
        (THURSDAY, "2026-11-18", "2026-11-12T12:00+01:00"),
        (THURSDAY, "2027-05-12", "2027-05-05T12:00+02:00"),  # Ascension is a Thursday
        (THURSDAY, "2027-03-31", "2027-03-25T12:00+01:00"),
        (FORTNIGHT, "2026-10-28", "2026-10-02T23:59+02:00"),
        (FORTNIGHT, "2027-02-17", "2027-01-29T23:59+01:00"),
        (FORTNIGHT, "2026-11-04", "2026-10-18T23:59+02:00"),  # the stretch of term after Toussaint
        (SAME_DAY, "2026-10-25", "2026-10-25T09:00+01:00"),
        (SAME_DAY, "2027-03-28", "2027-03-28T09:00+02:00"),
        (TWO_DAYS, "2026-10-27", "2026-10-25T12:00+01:00"),
    ],
)
def test_the_cut_off_is_the_instant_that_a_person_reads_on_the_calendar(
    rule: NoticeRule, day: str, expected: str
) -> None:
    found = cut_off(rule, date.fromisoformat(day), ZONE_A)
    assert found == datetime.fromisoformat(expected)
    assert found.tzinfo is UTC


def test_a_closure_of_the_service_does_not_count_as_a_working_day() -> None:
    closed = ZONE_A.closed_for([Span(date(2026, 11, 19), date(2026, 11, 20), "Travaux")])
    assert cut_off(EVE, date(2026, 11, 23), closed) == datetime(2026, 11, 18, 9, tzinfo=UTC)
    assert cut_off(THURSDAY, date(2026, 11, 25), closed) == datetime(2026, 11, 18, 11, tzinfo=UTC)


def test_an_hour_that_does_not_exist_or_exists_twice_is_still_one_instant() -> None:
    night = NoticeRule(BOOK, Anchor.CALENDAR_DAYS, 0, time(2, 30))
    assert cut_off(night, date(2026, 10, 25), ZONE_A) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert cut_off(night, date(2027, 3, 28), ZONE_A) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


days = some.dates(date(2026, 9, 1), date(2027, 8, 31))
times = some.times().map(lambda at: at.replace(microsecond=0))
counts = some.integers(1, 20)
closures = some.lists(
    some.builds(
        lambda first, length: Span(first, first + timedelta(days=length), "Fermé"),
        days,
        some.integers(0, 20),
    ),
    max_size=4,
)


@some.composite
def rules(draw: some.DrawFn) -> NoticeRule:
    anchor = draw(some.sampled_from(Anchor))
    by_weekday = anchor is Anchor.WEEKDAY_OF_PREVIOUS_WEEK
    weekday = draw(some.integers(1, 7)) if by_weekday else None
    return NoticeRule(BOOK, anchor, draw(counts), draw(times), weekday)


@given(rules(), days, closures)
def test_a_cut_off_lies_before_the_day_begins(
    rule: NoticeRule, day: date, closed: list[Span]
) -> None:
    found = cut_off(rule, day, ZONE_A.closed_for(closed))
    assert found < datetime.combine(day, time(0), PARIS)


@given(rules(), days, closures)
def test_a_cut_off_that_counts_working_days_falls_on_a_working_day(
    rule: NoticeRule, day: date, closed: list[Span]
) -> None:
    calendar = ZONE_A.closed_for(closed)
    fell_on = cut_off(rule, day, calendar).astimezone(PARIS).date()
    if rule.anchor in (Anchor.WORKING_DAYS, Anchor.WEEKDAY_OF_PREVIOUS_WEEK):
        assert calendar.is_working(fell_on)


@given(days, counts, times)
def test_exactly_the_count_of_working_days_lies_between(day: date, count: int, at: time) -> None:
    rule = NoticeRule(BOOK, Anchor.WORKING_DAYS, count, at)
    fell_on = cut_off(rule, day, ZONE_A).astimezone(PARIS).date()
    between = [fell_on + timedelta(days=n) for n in range((day - fell_on).days)]
    assert sum(ZONE_A.is_working(one) for one in between) == count


@given(rules(), days)
def test_a_later_day_never_has_an_earlier_cut_off(rule: NoticeRule, day: date) -> None:
    assert cut_off(rule, day, ZONE_A) <= cut_off(rule, day + timedelta(days=1), ZONE_A)


@given(rules(), days)
def test_the_wall_clock_of_the_cut_off_is_the_rules_whatever_the_season(
    rule: NoticeRule, day: date
) -> None:
    local = cut_off(rule, day, ZONE_A).astimezone(PARIS)
    skipped = local.date() == date(2027, 3, 28) and rule.at.hour == 2
    assert skipped or local.time() == rule.at


@pytest.mark.parametrize(
    "parts",
    [
        {"anchor": Anchor.CALENDAR_DAYS, "count": -1},
        {"anchor": Anchor.WORKING_DAYS, "count": 61},
        {"anchor": Anchor.WORKING_DAYS, "count": 1, "weekday": 4},
        {"anchor": Anchor.WEEKDAY_OF_PREVIOUS_WEEK, "count": 1},
        {"anchor": Anchor.WEEKDAY_OF_PREVIOUS_WEEK, "count": 0, "weekday": 4},
        {"anchor": Anchor.WEEKDAY_OF_PREVIOUS_WEEK, "count": 1, "weekday": 8},
        {"anchor": Anchor.CALENDAR_DAYS, "count": 1, "at": time(9, tzinfo=UTC)},
    ],
)
def test_parts_that_do_not_go_together_are_no_rule(parts: dict[str, object]) -> None:
    with pytest.raises(InvalidNoticeRule):
        NoticeRule(**{"action": BOOK, "at": time(9), **parts})  # type: ignore[arg-type]


def test_the_school_year_of_zone_a_is_the_published_one() -> None:
    year = [s for s in ZONE_A.holidays if date(2026, 9, 1) <= s.first <= date(2027, 8, 31)]
    assert [(s.first.isoformat(), s.last.isoformat()) for s in year] == [
        ("2026-10-17", "2026-11-01"),
        ("2026-12-19", "2027-01-03"),
        ("2027-02-13", "2027-02-28"),
        ("2027-04-10", "2027-04-25"),
        ("2027-05-06", "2027-05-08"),
        ("2027-07-03", "2027-08-31"),
    ]
    assert date(2026, 11, 11).isoweekday() == 3
    assert ZONE_A.public_holiday(date(2026, 11, 11)) == "11 novembre"
    assert ZONE_A.public_holiday(date(2027, 3, 29)) == "Lundi de Pâques"


def test_a_calendar_without_holidays_is_one_stretch_of_term() -> None:
    bare = SchoolCalendar(date(2026, 1, 1), date(2026, 12, 31))
    assert bare.period_start(date(2026, 6, 1)) == date(2026, 1, 1)
    assert bare.school_holiday(date(2026, 6, 1)) is None
