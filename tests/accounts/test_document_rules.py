"""Until when each kind of document proves something, and when that is told."""

from datetime import date, timedelta

import pytest

from accounts.domain.document import (
    HEALTH_KINDS,
    DocumentKind,
    WrongDocument,
    checked,
    last_day,
    months_after,
    threshold_reached,
)

TODAY = date(2026, 11, 24)
K = DocumentKind


@pytest.mark.parametrize(
    ("kind", "dated", "given", "until"),
    [
        (K.INSURANCE, date(2026, 9, 1), None, date(2027, 8, 31)),
        (K.INSURANCE, date(2026, 8, 31), None, date(2026, 8, 31)),
        (K.QUOTIENT, date(2026, 1, 15), None, date(2027, 1, 31)),
        (K.ADDRESS, date(2026, 11, 30), None, date(2027, 2, 28)),
        (K.CARE_PLAN, date(2026, 9, 2), None, date(2027, 9, 2)),
        (K.CARE_PLAN, date(2026, 9, 2), date(2027, 7, 6), date(2027, 7, 6)),
        (K.VACCINATION, date(2026, 9, 2), date(2031, 9, 2), date(2031, 9, 2)),
        (K.VACCINATION, date(2026, 9, 2), None, None),
        (K.COURT_RULING, date(2020, 1, 1), None, None),
        (K.SWIMMING_TEST, date(2020, 1, 1), date(2021, 1, 1), None),
    ],
)
def test_each_kind_holds_for_its_time(kind, dated, given, until):
    assert last_day(kind, dated, given) == until


def test_what_cannot_be_is_refused():
    for arguments in (
        (K.INSURANCE, None, TODAY, None),
        (K.ADDRESS, None, TODAY + timedelta(days=1), None),
        (K.ADDRESS, None, date(2026, 8, 23), None),
        (K.COURT_RULING, None, TODAY, TODAY - timedelta(days=1)),
    ):
        with pytest.raises(WrongDocument):
            checked(*arguments, TODAY)
    checked(K.ADDRESS, None, date(2026, 8, 24), None, TODAY)


def test_the_most_urgent_reminder_is_the_one_that_is_due():
    left = {31: None, 30: 30, 8: 30, 7: 7, 1: 7, 0: 0, -5: 0}
    for days, threshold in left.items():
        assert threshold_reached(TODAY + timedelta(days=days), TODAY) == threshold


def test_months_end_where_they_end():
    assert months_after(date(2024, 11, 30), 3) == date(2025, 2, 28)
    assert months_after(date(2026, 12, 31), 12) == date(2027, 12, 31)
    assert months_after(date(2026, 10, 31), 1) == date(2026, 11, 30)


def test_health_documents_are_about_children():
    assert {K.VACCINATION, K.CARE_PLAN} == HEALTH_KINDS
