"""The state of a cell, as a table; ages, requests and wording beside it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from enrolment.domain.activity import BookingWindow
from enrolment.domain.agenda import (
    CellAction,
    CellCode,
    CellFacts,
    Why,
    cell_state,
    obstacle_to_request,
)
from enrolment.domain.attendance import Presence
from enrolment.domain.booking import AbsenceMark, AbsenceState, Booking, BookingState
from enrolment.domain.places import AgeGroup, Places, age_group, age_on
from enrolment.domain.request import (
    RULES,
    RequestState,
    Step,
    due_on,
    may_move,
    number_for,
    recent_from,
)
from enrolment.domain.school_calendar import Span
from enrolment.wording import sentence_for

NOW = datetime(2026, 11, 24, 8, 59, 59, tzinfo=UTC)
CUT_OFF = datetime(2026, 11, 24, 9, tzinfo=UTC)
ID = UUID(int=1)


def _booking(state: BookingState, reason: str | None = None) -> Booking:
    begins = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
    return Booking(
        ID, ID, ID, ID, "Journée", date(2026, 11, 25), begins, begins + timedelta(hours=10),
        state, ID, "D-2026-01342", reason,
    )  # fmt: skip


OPEN = CellFacts(places=Places(24, 3, 2), cut_off=CUT_OFF)
FULL = Places(24, 20, 4)
REQUESTED = _booking(BookingState.REQUESTED)
REFUSED = _booking(BookingState.REFUSED, "Sortie complète")
DECLARED = AbsenceMark(ID, ID, AbsenceState.DECLARED, "Grève")
ACCEPTED = AbsenceMark(ID, ID, AbsenceState.ACCEPTED, "Grève", justified=True, billable=False)
ASK, TAKE_BACK = (CellAction.REQUEST,), (CellAction.WITHDRAW,)
FROM_BOOKED = (CellAction.CANCEL, CellAction.ABSENCE)
WINDOW = BookingWindow(ID, Span(date(2026, 11, 1), date(2026, 12, 31), ""), CUT_OFF)


@pytest.mark.parametrize(
    ("changes", "code", "why", "actions"),
    [
        ({}, CellCode.FREE, None, ASK),
        ({"cut_off": None}, CellCode.FREE, None, ASK),
        ({"places": Places(24, 19, 0)}, CellCode.FEW_LEFT, None, ASK),
        ({"places": FULL}, CellCode.FULL, Why.FULL, ()),
        ({"places": Places(0)}, CellCode.FULL, Why.FULL, ()),
        ({"places": None}, CellCode.CLOSED, Why.NOT_OPEN, ()),
        ({"cut_off": NOW}, CellCode.LOCKED, Why.LOCKED, ()),
        ({"cut_off": NOW, "places": FULL}, CellCode.LOCKED, Why.LOCKED, ()),
        ({"public_holiday": "11 novembre"}, CellCode.HOLIDAY, Why.PUBLIC_HOLIDAY, ()),
        ({"public_holiday": "Noël", "places": None}, CellCode.HOLIDAY, Why.PUBLIC_HOLIDAY, ()),
        ({"closure": "Travaux"}, CellCode.CLOSED, Why.CLOSED, ()),
        ({"runs": False}, CellCode.CLOSED, Why.NOT_RUNNING, ()),
        ({"receives": False}, CellCode.CLOSED, Why.AGE, ()),
        ({"overlapping": REQUESTED}, CellCode.FREE, Why.OVERLAP, ()),
        ({"booking": REQUESTED}, CellCode.REQUESTED, Why.PENDING, TAKE_BACK),
        ({"booking": REQUESTED, "cut_off": NOW}, CellCode.REQUESTED, Why.PENDING, TAKE_BACK),
        ({"booking": _booking(BookingState.BOOKED)}, CellCode.BOOKED, Why.BOOKED, FROM_BOOKED),
        ({"booking": REFUSED}, CellCode.REFUSED, Why.REFUSED, ASK),
        ({"booking": REFUSED, "places": FULL}, CellCode.REFUSED, Why.REFUSED, ()),
        ({"booking": REFUSED, "cut_off": NOW}, CellCode.REFUSED, Why.REFUSED, ()),
        ({"places": FULL, "waiting_list": True}, CellCode.FULL, Why.FULL, ASK),
        (
            {"places": Places(24, 20, 3, waiting=1), "waiting_list": True},
            CellCode.FULL,
            Why.FULL,
            ASK,
        ),
        ({"places": Places(24, 20, 4, overbooking=6)}, CellCode.FREE, None, ASK),
        ({"windows": (WINDOW,)}, CellCode.CLOSED, Why.NOT_YET, ()),
        ({"windows": (replace(WINDOW, opens_at=NOW),)}, CellCode.FREE, None, ASK),
        (
            {"windows": (replace(WINDOW, opens_at=NOW - timedelta(1), closes_at=NOW),)},
            CellCode.LOCKED,
            Why.WINDOW_OVER,
            (),
        ),
        ({"enrolled": False}, CellCode.CLOSED, Why.NOT_ENROLLED, ()),
        (
            {"booking": _booking(BookingState.WAITLISTED), "places": FULL},
            CellCode.WAITLISTED,
            Why.WAITING,
            (CellAction.LEAVE_LIST,),
        ),
        (
            {"booking": replace(_booking(BookingState.BOOKED), cancel_request_id=ID)},
            CellCode.CANCEL_REQUESTED,
            Why.CANCEL_PENDING,
            TAKE_BACK,
        ),
        (
            {"booking": replace(_booking(BookingState.BOOKED), absence=DECLARED)},
            CellCode.ABSENCE_DECLARED,
            Why.ABSENCE_PENDING,
            TAKE_BACK,
        ),
        (
            {"booking": replace(_booking(BookingState.ABSENT), absence=ACCEPTED)},
            CellCode.ABSENT_JUSTIFIED,
            Why.ABSENT,
            ASK,
        ),
        ({"cut_off": None, "begins": NOW}, CellCode.LOCKED, Why.LOCKED, ()),
        ({"cut_off": None, "begins": CUT_OFF}, CellCode.FREE, None, ASK),
        (
            {"booking": replace(_booking(BookingState.ABSENT), absence=ACCEPTED), "cut_off": NOW},
            CellCode.ABSENT_JUSTIFIED,
            Why.ABSENT,
            (),
        ),
        ({"booking": _booking(BookingState.EXPIRED)}, CellCode.FREE, None, ASK),
        ({"booking": _booking(BookingState.WITHDRAWN)}, CellCode.FREE, None, ASK),
        ({"booking": _booking(BookingState.CANCELLED)}, CellCode.FREE, None, ASK),
    ],
)
def test_a_cell_says_what_is_so_why_and_what_can_be_done(
    changes: dict[str, object], code: CellCode, why: Why | None, actions: tuple[CellAction, ...]
) -> None:
    facts = replace(OPEN, **changes)  # type: ignore[arg-type]
    state = cell_state(facts, NOW)
    assert (state.code, state.why, state.actions) == (code, why, actions)
    if state.why not in (Why.CANCEL_PENDING, Why.ABSENCE_PENDING):
        assert state.cut_off == facts.cut_off
    can_request = CellAction.REQUEST in state.actions
    assert can_request == (obstacle_to_request(facts, NOW) is None), "page and server agree"


DECLARE = (CellAction.ABSENCE,)


@pytest.mark.parametrize(
    ("presence", "hours", "code", "why", "actions"),
    [
        (Presence.PRESENT, 1, CellCode.PRESENT, Why.PRESENT, ()),
        (Presence.LEFT, 9, CellCode.PRESENT, Why.PRESENT, ()),
        (Presence.ABSENT, 1, CellCode.ABSENT_UNJUSTIFIED, Why.ABSENT, DECLARE),
        (None, 1, CellCode.BOOKED, Why.BOOKED, DECLARE),
        (None, 10, CellCode.BOOKED, Why.WAS_BOOKED, DECLARE),
        (None, 24 * 60, CellCode.BOOKED, Why.WAS_BOOKED, ()),
    ],
)
def test_once_the_day_has_come_a_booking_says_how_it_went_and_offers_no_new_request(
    presence: Presence | None,
    hours: int,
    code: CellCode,
    why: Why,
    actions: tuple[CellAction, ...],
) -> None:
    booking = replace(_booking(BookingState.BOOKED), presence=presence)
    facts = replace(OPEN, booking=booking)
    state = cell_state(facts, booking.begins + timedelta(hours=hours))
    assert (state.code, state.why, state.actions) == (code, why, actions)


def test_who_waited_for_a_day_that_has_come_is_told_that_no_place_came() -> None:
    waited = _booking(BookingState.WAITLISTED)
    state = cell_state(replace(OPEN, booking=waited), waited.begins)
    assert (state.code, state.why, state.actions) == (CellCode.WAITLISTED, Why.WAITED, ())


def test_a_cell_is_locked_from_the_very_instant_of_its_cut_off() -> None:
    assert cell_state(OPEN, CUT_OFF - timedelta(microseconds=1)).code is CellCode.FREE
    assert cell_state(OPEN, CUT_OFF).code is CellCode.LOCKED


@pytest.mark.parametrize(
    ("changes", "why", "words"),
    [
        ({}, Why.LOCKED, "Le délai est dépassé depuis le mardi 24 novembre à 10\u00a0h."),
        (
            {"public_holiday": "11 novembre"},
            Why.PUBLIC_HOLIDAY,
            "Jour férié (11 novembre)\u00a0: il n’y a pas d’accueil ce jour-là.",
        ),
        ({"closure": "Travaux"}, Why.CLOSED, "L’accueil est fermé ce jour-là (travaux)."),
        (
            {"booking": REFUSED},
            Why.REFUSED,
            "Votre demande D-2026-01342 a été refusée\u00a0: Sortie complète.",
        ),
        (
            {"booking": _booking(BookingState.REFUSED, "Et pourquoi pas ?")},
            Why.REFUSED,
            "Votre demande D-2026-01342 a été refusée\u00a0: Et pourquoi pas\u202f?",
        ),
    ],
)
def test_reasons_are_whole_french_sentences(
    changes: dict[str, object], why: Why, words: str
) -> None:
    assert sentence_for(why, replace(OPEN, **changes)) == words  # type: ignore[arg-type]


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_has_its_sentence(why: Why) -> None:
    words = sentence_for(why, CellFacts()) or ""
    assert words[0].isupper()
    assert words.endswith(".")
    assert "'" not in words


@pytest.mark.parametrize(
    ("born", "day", "age", "group"),
    [
        ("2020-12-02", "2026-12-01", 5, AgeGroup.UNDER_SIX),
        ("2020-12-02", "2026-12-02", 6, AgeGroup.SIX_AND_OVER),
        ("2020-02-29", "2026-02-28", 5, AgeGroup.UNDER_SIX),
        ("2020-02-29", "2026-03-01", 6, AgeGroup.SIX_AND_OVER),
        ("2027-01-01", "2026-12-02", -1, AgeGroup.UNDER_SIX),
    ],
)
def test_the_age_on_the_day_decides_the_group(
    born: str, day: str, age: int, group: AgeGroup
) -> None:
    dates = date.fromisoformat(born), date.fromisoformat(day)
    assert (age_on(*dates), age_group(*dates)) == (age, group)


@pytest.mark.parametrize(
    ("submitted", "due"),
    [
        ("2026-11-23", "2027-01-23"),
        ("2026-12-31", "2027-02-28"),
        ("2027-12-30", "2028-02-29"),
        ("2027-06-30", "2027-08-30"),
    ],
)
def test_silence_means_acceptance_two_months_later(submitted: str, due: str) -> None:
    assert due_on(date.fromisoformat(submitted)) == date.fromisoformat(due)


def test_a_month_back_from_the_31st_is_the_last_day_of_the_month_before() -> None:
    assert recent_from(date(2027, 3, 31)) == date(2027, 2, 28)


def test_numbers_carry_the_year_and_grow_beyond_five_digits() -> None:
    assert number_for(2026, 1342) == "D-2026-01342"
    assert number_for(2027, 123456) == "D-2027-123456"


def test_only_named_steps_move_a_request() -> None:
    allowed = {
        (state, step) for step in RULES for state in RequestState if may_move(state, 4, step, 4)
    }
    assert allowed == {
        (RequestState.PENDING, Step.ACCEPT),
        (RequestState.FAILED, Step.ACCEPT),
        (RequestState.PENDING, Step.REFUSE),
        (RequestState.FAILED, Step.REFUSE),
        (RequestState.PENDING, Step.WITHDRAW),
        (RequestState.FAILED, Step.WITHDRAW),
        (RequestState.ACCEPTED, Step.APPLY),
        (RequestState.ACCEPTED, Step.FAIL),
        (RequestState.APPLIED, Step.REVERSE),
    }
    assert not may_move(RequestState.PENDING, 2, Step.ACCEPT, seen_version=1)
    assert may_move(RequestState.PENDING, 2, Step.WITHDRAW, seen_version=None)


def test_an_offer_says_until_when_it_is_kept_and_can_be_answered() -> None:
    until = NOW + timedelta(hours=48)
    offered = replace(_booking(BookingState.OFFERED), offer_expires_at=until)
    state = cell_state(replace(OPEN, booking=offered), NOW)
    assert (state.code, state.why, state.cut_off) == (CellCode.WAITLISTED, Why.OFFERED, until)
    assert state.actions == (CellAction.ACCEPT_OFFER, CellAction.DECLINE_OFFER)


def test_a_day_that_has_begun_may_be_declared_absent_but_not_cancelled() -> None:
    facts = replace(OPEN, booking=_booking(BookingState.BOOKED))
    begins = datetime(2026, 11, 25, 6, 30, tzinfo=UTC)
    assert cell_state(facts, begins).actions == (CellAction.ABSENCE,)
    assert cell_state(facts, begins + timedelta(days=15)).actions == ()
