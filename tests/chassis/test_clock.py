"""The one clock."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from chassis.clock import ShiftedClock, SystemClock, as_iso, clock_from, local_date, shift_to


def test_a_day_is_the_one_that_people_in_france_live() -> None:
    assert local_date(datetime(2026, 11, 24, 23, 30, tzinfo=UTC)).day == 25
    assert local_date(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)).day == 2


def test_a_shifted_clock_runs_beside_the_machine_s() -> None:
    wanted = datetime(2031, 5, 1, 8, 0, tzinfo=UTC)
    clock = ShiftedClock(shift_to(wanted))
    assert abs(clock.now() - wanted) < timedelta(seconds=5)
    assert isinstance(clock_from(None), SystemClock)


def test_a_naive_start_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        shift_to(datetime(2026, 11, 24, 8, 0))  # noqa: DTZ001


@pytest.mark.parametrize("shift", [timedelta(days=40, seconds=3.25), timedelta(seconds=-12.5)])
def test_a_shift_survives_the_environment(shift: timedelta) -> None:
    assert TypeAdapter(timedelta).validate_python(as_iso(shift)) == shift
