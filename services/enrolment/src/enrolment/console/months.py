"""Months of the agenda at the front desk: read from an address, turned one by one."""

import re
from datetime import date
from typing import Final

from enrolment.domain.request import add_months
from enrolment.domain.school_calendar import ONE_DAY

_MONTH: Final = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def month_of(text: str, today: date) -> date:
    """The first day of the month asked for, or of today's when the text is no month."""
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def last_day(month: date) -> date:
    return add_months(month, 1) - ONE_DAY


def code(month: date) -> str:
    return f"{month:%Y-%m}"
