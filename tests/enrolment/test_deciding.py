"""What a rule accepts and what it leaves to staff: a pure decision."""

from itertools import product
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from enrolment.domain.deciding import (
    AskedLine,
    Decidable,
    DecidingRule,
    LeftToStaff,
    decide,
)

HERE, THERE = (UUID(int=n) for n in (1, 2))
RULE = DecidingRule(UUID(int=9), HERE, Decidable.BOOKING, "Mercredi")
RULES = {(HERE, "booking.request"): RULE}

lines = st.builds(AskedLine, st.sampled_from([HERE, THERE]), st.booleans(), st.booleans())


def test_a_place_in_time_is_accepted_and_the_verdict_names_the_rule() -> None:
    assert decide(RULES, "booking.request", [AskedLine(HERE, True, True)]).rule is RULE


def test_what_is_left_says_why() -> None:
    cases = {
        LeftToStaff.NO_RULE: [AskedLine(THERE, True, True)],
        LeftToStaff.NO_PLACE: [AskedLine(HERE, False, True)],
        LeftToStaff.TOO_LATE: [AskedLine(HERE, True, False)],
    }
    for why, asked in cases.items():
        assert decide(RULES, "booking.request", asked).why_not is why
    ruling = decide(RULES, "booking.request", [AskedLine(HERE, True, True)], needs_ruling=True)
    assert ruling.why_not is LeftToStaff.NEEDS_RULING
    assert decide(RULES, "booking.cancel", [AskedLine(HERE, True, True)]).rule is None
    assert decide(RULES, "booking.request", []).rule is None
    assert decide({}, "booking.request", [AskedLine(HERE, True, True)]).rule is None


@given(st.lists(lines, max_size=4))
def test_a_request_is_accepted_only_when_each_of_its_lines_would_be(asked: list[AskedLine]) -> None:
    whole = decide(RULES, "booking.request", asked).rule is not None
    each = [decide(RULES, "booking.request", [line]).rule is not None for line in asked]
    assert whole is (bool(each) and all(each))


def test_a_rule_never_refuses() -> None:
    for place, notice, ruling in product((True, False), repeat=3):
        verdict = decide(
            RULES, "booking.request", [AskedLine(HERE, place, notice)], needs_ruling=ruling
        )
        assert (verdict.rule is None) is (verdict.why_not is not None)
