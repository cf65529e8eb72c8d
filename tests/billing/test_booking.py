"""Which line a booking must have: pure rules."""

from dataclasses import replace
from itertools import permutations
from uuid import UUID

import pytest

from billing.domain.booking import BookingFacts, Correction, OpenLine, correction

from .examples import WEDNESDAY

HEARD = BookingFacts(UUID(int=1), UUID(int=2), UUID(int=3), WEDNESDAY, None, 0, 0)
FACTS = (
    replace(HEARD, confirmed_version=1, rate_code="canteen"),
    replace(HEARD, released_version=2),
    replace(HEARD, confirmed_version=3, rate_code="wednesday_day"),
)


@pytest.mark.parametrize("order", list(permutations(FACTS)))
def test_marks_end_the_same_in_any_order(order):
    known = HEARD
    for heard in (*order, *order):
        known = known.merged_with(heard)
    assert (known.confirmed_version, known.released_version) == (3, 2)
    assert known.owed_rate_code == "wednesday_day"


def test_nothing_is_owed_for_a_place_that_was_given_back():
    assert FACTS[0].merged_with(FACTS[1]).owed_rate_code is None


def test_a_line_at_another_rate_is_reversed_and_charged_anew():
    line = OpenLine(UUID(int=9), "canteen", WEDNESDAY)
    assert correction(FACTS[2], line) == Correction(UUID(int=9), "wednesday_day")
    assert correction(FACTS[0], line) == Correction()
    assert correction(FACTS[1], line) == Correction(reverse=UUID(int=9))
    assert correction(FACTS[1], None) == Correction()
