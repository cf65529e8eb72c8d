"""Months as people turn them, and whole weeks from Monday to Sunday."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from chassis.web import french

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def parse(text: str | None, today: date) -> date:
    """The first day of the month asked for, or of today's when the text is no month."""
    found = MONTH.fullmatch(text or "")
    return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def code(month: date) -> str:
    return f"{month:%Y-%m}"


def following(month: date, by: int) -> date:
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def last_day(month: date) -> date:
    return following(month, 1) - timedelta(days=1)


def name(month: date) -> str:
    """`Octobre`: the year is said by the page's own title."""
    return french.month_title(month).split(" ")[0]


def weeks(month: date) -> Iterator[list[date]]:
    day = month - timedelta(days=month.weekday())
    end = last_day(month)
    while day <= end:
        yield [day + timedelta(days=offset) for offset in range(7)]
        day += timedelta(days=7)


def school_week(today: date) -> date:
    """The Monday of the week to show: on a week-end, that of the week to come."""
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(days=7) if today.weekday() > 4 else monday
