"""How many adults children need, by the law's ratios or the activity's own."""

from dataclasses import replace
from datetime import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrolment.domain.activity import Activity, ActivityKind, Season, Slot, Staffing
from enrolment.domain.places import AgeGroup, Capacity
from enrolment.domain.staffing import HOLIDAY, SHORT, need, ratio_of

SMALL, BIG = AgeGroup.UNDER_SIX, AgeGroup.SIX_AND_OVER


def activity(kind: ActivityKind, starts: str, ends: str, season: Season = Season.TERM) -> Activity:
    hours = (time.fromisoformat(starts), time.fromisoformat(ends))
    slot = Slot(UUID(int=1), UUID(int=2), "Créneau", *hours, meal=False, rate_code="x")
    return Activity(
        UUID(int=2), UUID(int=3), "A", season, frozenset({3}), Capacity(9, 9), (slot,), kind=kind
    )


@pytest.mark.parametrize(
    ("one", "ratio"),
    [
        (activity(ActivityKind.EVENING, "16:30", "18:30"), SHORT),
        (activity(ActivityKind.WEDNESDAY, "13:00", "18:00"), SHORT),
        (activity(ActivityKind.WEDNESDAY, "07:30", "18:00"), HOLIDAY),
        (activity(ActivityKind.HOLIDAY, "13:30", "17:00", Season.HOLIDAY), HOLIDAY),
        (activity(ActivityKind.STAY, "13:30", "17:00"), HOLIDAY),
    ],
)
def test_sessions_of_a_school_day_of_five_hours_at_most_have_the_lighter_ratio(
    one: Activity, ratio: Staffing
) -> None:
    assert ratio_of(one) == ratio


def test_an_activity_may_have_its_own_ratio_for_one_age_group_alone() -> None:
    one = replace(activity(ActivityKind.EVENING, "16:30", "18:30"), staffing=Staffing(14, None))
    assert ratio_of(one) == Staffing(14, 14)


def test_each_group_is_counted_with_its_own_ratio_and_rounded_up() -> None:
    found = need(HOLIDAY, {SMALL: 9, BIG: 12}, present=2)
    assert (found.adults, found.missing) == (3, 1)
    assert need(HOLIDAY, {SMALL: 8}, present=5).missing == 0
    assert need(HOLIDAY, {SMALL: 8}).missing == 0, "nobody said how many adults there are"
    assert need(HOLIDAY, {}).adults == 0


@given(st.integers(0, 200), st.integers(0, 200))
def test_never_more_children_than_the_adults_may_look_after(small: int, big: int) -> None:
    adults = need(HOLIDAY, {SMALL: small, BIG: big}).adults
    assert adults * 12 >= big
    assert small / 8 + big / 12 <= adults < small / 8 + big / 12 + 2
