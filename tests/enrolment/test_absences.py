"""Absences and cancellations: in time or late, what they change on the bill, and their end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chassis.auth import Audience
from chassis.identifiers import new_id
from enrolment.domain.absence import AbsenceReason, Billing, Effect, effect_on_bill, ranks

from .conftest import (
    WEDNESDAY,
    Enrolment,
    Offer,
    Person,
    booked,
    cell_of,
    open_wednesdays,
)

LOU, NOE = "2019-05-04", "2018-03-02"
NEXT = "2026-12-09"
SAME_DAY = {"action": "absence", "anchor": "calendar_days", "count": 0, "at": "09:00"}


@pytest.fixture
async def offer(enrolment: Enrolment) -> Offer:
    return await open_wednesdays(enrolment, rules=[SAME_DAY], waiting_list=True)


def _absence(person: Person, reason: str = "strike", **more: Any) -> dict[str, Any]:
    return {
        "request_id": str(new_id()),
        "child_ids": [str(child) for child in person.children],
        "first_day": WEDNESDAY,
        "last_day": NEXT,
        "reason": reason,
        **more,
    }


def _cancelling(person: Person, offer: Offer, *days: str) -> dict[str, Any]:
    slot_id = str(offer.slots["Journée"])
    return {
        "request_id": str(new_id()),
        "lines": [
            {"child_id": str(person.children[0]), "slot_id": slot_id, "day": day} for day in days
        ],
    }


async def _decide(enrolment: Enrolment, request_id: str, verb: str, **body: Any) -> Any:
    agent = enrolment.staff(Audience.SECRETARIAT)
    return await agent.post(f"/v1/staff/requests/{request_id}/{verb}", {"version": 1, **body})


async def _state(person: Person, offer: Offer, day: str = WEDNESDAY, child: int = 0) -> str:
    cell = await cell_of(person, person.children[child], offer.slots["Journée"], day)
    return str(cell["state"])


def _facts(events: list[Any], word: str) -> list[Any]:
    return [one for one in events if word in one.type]


@pytest.mark.parametrize(
    ("billing", "nth", "in_notice", "can_cancel", "effect"),
    [
        (Billing.BILLED, 1, True, True, Effect.BILLED),
        (Billing.NOT_BILLED, 1, True, True, Effect.WAITING_DAY),
        (Billing.NOT_BILLED, 2, True, True, Effect.FREE),
        (Billing.NOT_BILLED, 2, False, False, Effect.FREE),
        (Billing.FREE_IN_NOTICE, 1, True, True, Effect.FREE),
        (Billing.FREE_IN_NOTICE, 1, True, False, Effect.BILLED),
        (Billing.FREE_IN_NOTICE, 1, False, True, Effect.BILLED),
        (Billing.STAFF_DECIDE, 1, True, True, Effect.UNDECIDED),
    ],
)
def test_the_effect_of_an_absence_on_the_bill(
    billing: Billing, nth: int, in_notice: bool, can_cancel: bool, effect: Effect
) -> None:
    reason = AbsenceReason("x", "X", billing=billing, waiting_days=1)
    assert effect_on_bill(reason, nth, in_notice=in_notice, can_cancel=can_cancel) is effect


def test_days_that_follow_each_other_are_one_absence() -> None:
    days = [date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 30)]
    assert ranks(days) == {days[0]: 1, days[1]: 2, days[2]: 1}
    assert ranks([]) == {}


async def test_an_absence_over_days_and_children_is_shown_before_and_pending_after(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU, NOE)
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY, NEXT)
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY, child=1)
    body = _absence(family, "sick_certificate")
    asked = {name: value for name, value in body.items() if name != "request_id"}
    seen = await family.post("/v1/me/absences/preview", asked)
    assert seen.status_code == 200, seen.text
    lines = [(one["day"], one["child_name"], one["effect"]) for one in seen.json()["lines"]]
    assert lines == [
        (WEDNESDAY, "Lou", "waiting_day"),
        (WEDNESDAY, "Noé", "waiting_day"),
        (NEXT, "Lou", "free"),
    ]
    assert seen.json()["document_due_at"] == "2026-12-04T06:30:00Z"
    assert not await enrolment.rows("SELECT 1 FROM absences")

    for status in (201, 200):
        sent = await family.post("/v1/me/absences", body)
        assert sent.status_code == status, sent.text
    assert sent.json()["object"] == "Absence, 2\u00a0enfants, 2 jours, Journée"
    cell = await cell_of(family, family.children[0], offer.slots["Journée"], WEDNESDAY)
    assert (cell["state"], cell["actions"]) == ("absence_declared", ["request.withdraw"])
    assert "maladie avec certificat" in cell["reason"]
    assert "Justificatif attendu" in cell["reason"]
    declared = _facts(await enrolment.events(), "absence.declared")
    assert [one.in_notice for one in declared] == [True] * 3
    assert "certificate" not in str(declared), "the reason stays here"


async def test_an_accepted_absence_frees_the_place_and_says_what_it_costs(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU)
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY, NEXT)
    body = _absence(family, "sick_certificate")
    await family.post("/v1/me/absences", body)
    accepted = await _decide(enrolment, body["request_id"], "accept")
    assert accepted.status_code == 200, accepted.text
    assert await _state(family, offer) == "absent_justified"
    facts = _facts(await enrolment.events(), "absence.accepted")
    assert [(one.justified, one.billable, one.waiting_day) for one in facts] == [
        (True, True, True),
        (True, False, False),
    ]
    assert (await enrolment.rows("SELECT sum(booked) FROM places"))[0][0] == 0


async def test_a_refused_or_withdrawn_absence_leaves_the_booking(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU)
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY)
    first, second = _absence(family), _absence(family)
    await family.post("/v1/me/absences", first)
    twice = await family.post("/v1/me/absences", second)
    assert (twice.status_code, twice.json()["lines"][0]["why"]) == (409, "absence_pending")
    await family.post(f"/v1/me/requests/{first['request_id']}/withdraw")
    assert await _state(family, offer) == "booked"
    assert (await family.post("/v1/me/absences", second)).status_code == 201
    await _decide(enrolment, second["request_id"], "refuse", reason="Aucun justificatif")
    assert await _state(family, offer) == "booked"
    facts = await enrolment.events()
    assert len(_facts(facts, "absence.refused")) == 1
    declared, withdrawn = _facts(facts, "absence.declared"), _facts(facts, "absence.withdrawn")
    assert [(one.absence_id, one.version) for one in withdrawn] == [(declared[0].absence_id, 2)]


async def test_other_needs_words_and_a_ruling_of_the_staff(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU)
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY)
    body = _absence(family, "other")
    silent = await family.post("/v1/me/absences", body)
    assert (silent.status_code, silent.json()["fields"][0]["field"]) == (422, "reason_text")
    assert (await family.post("/v1/me/absences", _absence(family, "closure"))).status_code == 422
    assert (await family.post("/v1/me/absences", _absence(family, "nothing"))).status_code == 422
    await family.post(
        "/v1/me/absences", {**body, "reason_text": "Rendez-vous chez l’orthophoniste"}
    )
    undecided = await _decide(enrolment, body["request_id"], "accept")
    assert (undecided.status_code, undecided.json()["type"]) == (
        422,
        "urn:portail:problem:enrolment.ruling-missing",
    )
    ruled = await _decide(enrolment, body["request_id"], "accept", billable=False)
    assert ruled.status_code == 200
    (fact,) = _facts(await enrolment.events(), "absence.accepted")
    assert (fact.justified, fact.billable) == (True, False)
    assert "orthophoniste" not in str([one.model_dump() for one in await enrolment.events()])


async def test_the_same_day_is_in_time_until_nine_and_late_after(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU, NOE)
    for child in (0, 1):
        await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY, child=child)
    lou, noe = (str(child) for child in family.children)
    enrolment.clock.advance(datetime(2026, 12, 2, 7, 59, tzinfo=UTC) - enrolment.clock.now())
    one = _absence(family, child_ids=[lou], last_day=WEDNESDAY)
    assert (await family.post("/v1/me/absences", one)).status_code == 201
    enrolment.clock.advance(timedelta(minutes=1))
    other = _absence(family, child_ids=[noe], last_day=WEDNESDAY)
    sent = await family.post("/v1/me/absences", other)
    assert sent.json()["lines"][0]["reason"].startswith("Déclaration tardive.")
    facts = _facts(await enrolment.events(), "absence.declared")
    assert [fact.in_notice for fact in facts] == [True, False]
    enrolment.clock.advance(timedelta(days=15))
    late = await family.post("/v1/me/absences", _absence(family, last_day=WEDNESDAY))
    assert late.status_code == 409


async def test_cancelling_in_time_frees_the_place_for_the_next_in_line(
    enrolment: Enrolment,
) -> None:
    offer = await open_wednesdays(enrolment, six_and_over=1, waiting_list=True)
    family, waiting = await enrolment.family(LOU), await enrolment.family(NOE, name="Sureau")
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY)
    slot = str(offer.slots["Journée"])
    await waiting.post(
        "/v1/me/requests/several",
        {
            "request_id": str(new_id()),
            "child_ids": [str(waiting.children[0])],
            "slot_ids": [slot],
            "days": [WEDNESDAY],
        },
    )
    body = _cancelling(family, offer, WEDNESDAY, NEXT)
    for status in (201, 200):
        sent = await family.post("/v1/me/cancellations", body)
        assert sent.status_code == status, sent.text
    assert [(one["outcome"], one["why"]) for one in sent.json()["lines"]] == [
        ("requested", None),
        ("refused", "not_booked"),
    ]
    assert await _state(family, offer) == "cancel_requested"
    assert (await _decide(enrolment, body["request_id"], "accept")).status_code == 200
    (fact,) = _facts(await enrolment.events(), "booking.cancelled")
    assert fact.in_notice is True
    assert await _state(family, offer) == "full", "the place is kept for who waited"
    assert await _state(waiting, offer) == "waitlisted"


async def test_a_late_cancellation_says_so_and_a_refused_one_changes_nothing(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU)
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY)
    enrolment.clock.advance(timedelta(days=3))
    body = _cancelling(family, offer, WEDNESDAY)
    sent = await family.post("/v1/me/cancellations", body)
    assert sent.json()["lines"][0]["reason"] == (
        "Annulation hors délai\u00a0: ce jour reste facturé."
    )
    await _decide(enrolment, body["request_id"], "refuse", reason="Trop tard")
    assert await _state(family, offer) == "booked"
    again = _cancelling(family, offer, WEDNESDAY)
    await family.post("/v1/me/cancellations", again)
    await _decide(enrolment, again["request_id"], "accept")
    (fact,) = _facts(await enrolment.events(), "booking.cancelled")
    assert fact.in_notice is False


async def test_another_familys_children_are_nobody(enrolment: Enrolment, offer: Offer) -> None:
    family, other = await enrolment.family(LOU), await enrolment.family(NOE, name="Sureau")
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY)
    enrolment.accounts.families.clear()
    stolen = _absence(other, child_ids=[str(family.children[0])])
    assert (await other.post("/v1/me/absences", stolen)).status_code == 404
    body = _cancelling(family, offer, WEDNESDAY)
    assert (await other.post("/v1/me/cancellations", body)).status_code == 404


async def test_an_accepted_absence_is_taken_back_by_staff(enrolment: Enrolment) -> None:
    offer = await open_wednesdays(enrolment, six_and_over=1)
    family, other = await enrolment.family(LOU), await enrolment.family(NOE, name="Sureau")
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY)
    body = _absence(family, "family_event")
    assert (await family.post("/v1/me/absences", body)).status_code == 201
    assert (await _decide(enrolment, body["request_id"], "accept")).status_code == 200
    await booked(enrolment, other, offer.slots["Journée"], WEDNESDAY)
    agent = enrolment.staff(Audience.SECRETARIAT)
    address = f"/v1/staff/requests/{body['request_id']}"
    (declared,) = (await agent.get(address)).json()["absences"]
    way = f"{address}/absences/{declared['absence_id']}/reverse"
    why = {"version": 3, "reason": "L’enfant est venu."}
    assert (await agent.post(way, {"version": 1, "reason": "x"})).status_code == 409
    full = await agent.post(way, why)
    assert full.status_code == 409
    assert full.json()["type"].endswith("enrolment.day-is-full")
    assert await _state(family, offer) != "booked"
    done = await agent.post(way, {**why, "over_capacity": True})
    assert (done.status_code, done.json()["lines"][0]["outcome"]) == (200, "reversed")
    assert await _state(family, offer) == "booked"
    (day,) = await enrolment.rows(
        "SELECT booked, excess FROM places WHERE day = '2026-12-02' AND age_group = 'six_and_over'"
    )
    assert tuple(day) == (2, 1), "one child too many, written down"
    (fact,) = _facts(await enrolment.events(), "absence.reversed")
    (accepted,) = _facts(await enrolment.events(), "absence.accepted")
    assert (fact.absence_id, fact.version) == (accepted.absence_id, accepted.version + 1)
    (told,) = _facts(await enrolment.events(), "reversal.announced")
    assert (told.family_id, told.reason) == (family.family_id, "L’enfant est venu.")
    assert (await agent.post(way, {**why, "version": 4})).status_code == 404, "it is no more there"
    again = await family.post("/v1/me/absences", _absence(family, "family_event"))
    assert again.status_code == 201, "another absence may be declared"
