"""What a (child, slot, day) owes: pure rules."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from billing.domain.booking import (
    AbsenceFacts,
    AttendanceFacts,
    Basis,
    BookingFacts,
    Correction,
    OpenLine,
    correction,
    owed,
)

from .examples import NOON, WEDNESDAY

IDS = [UUID(int=n) for n in range(10)]
HEARD = BookingFacts(IDS[1], IDS[2], IDS[3], WEDNESDAY, None, 0, 0, IDS[4], IDS[5])
BOOKED = replace(HEARD, confirmed_version=1, rate_code="canteen")
FACTS = (
    BOOKED,
    replace(HEARD, released_version=2),
    replace(HEARD, confirmed_version=3, rate_code="wednesday_day"),
)
ABSENT = AbsenceFacts(
    IDS[6],
    1,
    BOOKED.booking_id,
    accepted=True,
    billable=False,
    justified=True,
    waiting_day=False,
    decided_at=NOON,
)
CAME = AttendanceFacts(IDS[7], 1, came=True, rate_code="evening")


def basis(bookings=(BOOKED,), absences=(), attendances=()):
    due = owed(bookings, absences, attendances)
    return None if due is None else (due.rate_code, due.basis)


@pytest.mark.parametrize("order", list(permutations(FACTS)))
def test_marks_end_the_same_in_any_order(order):
    known = HEARD
    for heard in (*order, *order):
        known = known.merged_with(heard)
    assert (known.confirmed_version, known.released_version) == (3, 2)
    assert known.owed_rate_code == "wednesday_day"


def test_nothing_is_owed_for_a_place_that_was_given_back():
    assert basis([FACTS[0].merged_with(FACTS[1])]) is None


def test_a_late_cancellation_stays_billed_and_says_so():
    late = replace(BOOKED, late_version=2)
    assert basis([late]) == ("canteen", Basis.LATE_CANCELLATION)
    assert basis([replace(late, confirmed_version=3)]) == ("canteen", Basis.BOOKED)


def test_an_absence_frees_the_day_or_says_why_it_does_not():
    assert basis(absences=[ABSENT]) is None
    assert basis(absences=[replace(ABSENT, accepted=False)]) == ("canteen", Basis.BOOKED)
    unjustified = replace(ABSENT, billable=True, justified=False)
    assert basis(absences=[unjustified]) == ("canteen", Basis.UNJUSTIFIED_ABSENCE)
    waiting = replace(ABSENT, billable=True, waiting_day=True)
    assert basis(absences=[waiting]) == ("canteen", Basis.WAITING_DAY)
    later = replace(unjustified, absence_id=IDS[8], decided_at=NOON + timedelta(days=1))
    for order in permutations([ABSENT, later]):
        assert basis(absences=order) == ("canteen", Basis.UNJUSTIFIED_ABSENCE)


def test_a_day_booked_again_after_an_absence_is_owed():
    again = replace(BOOKED, booking_id=IDS[9])
    assert basis([BOOKED, again], [ABSENT]) == ("canteen", Basis.BOOKED)


def test_a_child_who_came_is_billed_once_whatever_was_declared():
    assert basis(absences=[ABSENT], attendances=[CAME]) == ("canteen", Basis.BOOKED)
    assert basis([], attendances=[CAME]) == ("evening", Basis.UNBOOKED_ATTENDANCE)
    assert basis([], attendances=[replace(CAME, came=False)]) is None


def test_a_line_at_another_rate_is_reversed_and_charged_anew():
    line = OpenLine(UUID(int=9), "canteen")
    due = owed([FACTS[2]], (), ())
    assert correction(due, line) == Correction(UUID(int=9), due)
    assert correction(owed([BOOKED], (), ()), line) == Correction()
    assert correction(None, line) == Correction(reverse=UUID(int=9))
    assert correction(None, None) == Correction()
