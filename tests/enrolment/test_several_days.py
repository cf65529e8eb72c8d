"""Several children, slots and days in one submission, answered one by one; booking windows."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.identifiers import new_id
from enrolment.domain.pattern import InvalidPattern, WeeklyPattern

from .conftest import WEDNESDAY, Enrolment, Offer, Person, asking, cell_of, open_wednesdays

LOU, NOE = "2019-05-04", "2018-03-02"


def _several(person: Person, offer: Offer, **more: Any) -> dict[str, Any]:
    return {
        "request_id": str(new_id()),
        "child_ids": [str(child) for child in person.children],
        "slot_ids": [str(offer.slots["Journée"])],
        **more,
    }


def test_a_weekly_pattern_holds_the_weekdays_between_two_days() -> None:
    pattern = WeeklyPattern(frozenset({3}), date(2026, 12, 1), date(2026, 12, 16))
    assert [day.day for day in pattern.days()] == [2, 9, 16]
    for wrong in (
        (frozenset[int](), date(2026, 12, 1), date(2026, 12, 16)),
        (frozenset({3}), date(2026, 12, 16), date(2026, 12, 1)),
        (frozenset({3}), date(2026, 1, 1), date(2027, 12, 31)),
        (frozenset({8}), date(2026, 12, 1), date(2026, 12, 16)),
    ):
        with pytest.raises(InvalidPattern):
            WeeklyPattern(*wrong)


async def test_every_wednesday_until_christmas_for_two_children_is_one_request(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU, NOE)
    body = _several(family, wednesdays, weekdays=[3], first_day="2026-11-25", last_day="2026-12-31")
    asked = {name: value for name, value in body.items() if name != "request_id"}
    seen = await family.post("/v1/me/requests/several/preview", asked)
    assert seen.status_code == 200, seen.text
    assert not await enrolment.rows("SELECT 1 FROM requests")
    for status in (201, 200):
        sent = await family.post("/v1/me/requests/several", body)
        assert sent.status_code == status, sent.text
    answers = [(one["day"], one["child_name"], one["why"]) for one in sent.json()["lines"]]
    assert answers == [
        (day, child, why)
        for day, why in (
            ("2026-11-25", "locked"),
            ("2026-12-02", None),
            ("2026-12-09", None),
            ("2026-12-16", None),
            ("2026-12-23", "not_running"),
            ("2026-12-30", "not_running"),
        )
        for child in ("Lou", "Noé")
    ]
    told = [(one["day"], one["why"]) for one in seen.json()["lines"]]
    assert told == [(one["day"], one["why"]) for one in sent.json()["lines"]]
    assert (await enrolment.rows("SELECT sum(held) FROM places"))[0][0] == 6


@pytest.mark.parametrize(
    "choice",
    [
        {"weekdays": [3]},
        {},
        {"weekdays": [3], "first_day": "2026-12-31", "last_day": "2026-11-25"},
        {"weekdays": [7], "first_day": "2026-12-01", "last_day": "2026-12-02"},
        {"weekdays": [1, 2, 3, 4, 5, 6, 7], "first_day": "2026-01-01", "last_day": "2026-12-31"},
    ],
)
async def test_a_choice_that_makes_no_sense_is_told_so(
    enrolment: Enrolment, wednesdays: Offer, choice: dict[str, Any]
) -> None:
    family = await enrolment.family(LOU, NOE)
    answer = await family.post("/v1/me/requests/several", _several(family, wednesdays, **choice))
    assert answer.status_code == 422, answer.text


async def test_before_its_window_opens_a_day_says_when_and_from_that_instant_it_can_be_had(
    enrolment: Enrolment,
) -> None:
    offer = await open_wednesdays(
        enrolment,
        windows=[
            {
                "first_day": "2026-12-01",
                "last_day": "2026-12-31",
                "opens_at": "2026-11-24T19:00:00Z",
                "closes_at": "2026-11-24T20:00:00Z",
            }
        ],
    )
    family = await enrolment.family(LOU)
    lou, slot = family.children[0], offer.slots["Journée"]
    cell = await cell_of(family, lou, slot, WEDNESDAY)
    assert (cell["state"], cell["actions"]) == ("closed", [])
    assert cell["reason"] == (
        "Les réservations de ce jour ouvrent le mardi 24 novembre, 20\u00a0h."
    )
    opens = datetime(2026, 11, 24, 19, tzinfo=UTC)
    enrolment.clock.advance(opens - enrolment.clock.now() - timedelta(microseconds=1))
    early = await family.post("/v1/me/requests", asking((lou, slot, WEDNESDAY)))
    assert (early.status_code, early.json()["lines"][0]["why"]) == (409, "not_yet")
    enrolment.clock.advance(timedelta(microseconds=1))
    assert (await family.post("/v1/me/requests", asking((lou, slot, WEDNESDAY)))).status_code == 201
    enrolment.clock.advance(timedelta(hours=1))
    over = await family.post("/v1/me/requests", asking((lou, slot, "2026-12-09")))
    assert over.json()["lines"][0]["why"] == "window_over"
