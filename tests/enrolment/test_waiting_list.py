"""A day that is full has a line; a place that is freed is offered to the first in it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.auth import Audience
from enrolment.use_cases.sweep_offers import sweep_offers

from .conftest import (
    WEDNESDAY,
    Enrolment,
    Offer,
    Person,
    asking,
    booked,
    cell_of,
    open_wednesdays,
)

LOU = "2019-05-04"


@pytest.fixture
async def offer(enrolment: Enrolment) -> Offer:
    """Two places on each Wednesday, and a waiting list."""
    return await open_wednesdays(enrolment, six_and_over=2, waiting_list=True, offer_hours=24)


async def _ask(person: Person, offer: Offer, day: str = WEDNESDAY) -> dict[str, Any]:
    answer = await person.post(
        "/v1/me/requests", asking((person.children[0], offer.slots["Journée"], day))
    )
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def _families(enrolment: Enrolment, count: int) -> list[Person]:
    return [await enrolment.family(LOU, name=f"Famille{n}") for n in range(count)]


async def _cell(person: Person, offer: Offer, day: str = WEDNESDAY) -> dict[str, Any]:
    return await cell_of(person, person.children[0], offer.slots["Journée"], day)


async def _counts(enrolment: Enrolment) -> tuple[int, int, int]:
    (row,) = await enrolment.rows(
        "SELECT booked, held, waiting FROM places"
        " WHERE day = '2026-12-02' AND age_group = 'six_and_over'"
    )
    return row.booked, row.held, row.waiting


async def _sweep(enrolment: Enrolment) -> int:
    return await sweep_offers(enrolment.runtime.database, now=enrolment.clock.now())


async def test_a_request_that_finds_no_place_joins_the_line_with_its_rank(
    enrolment: Enrolment, offer: Offer
) -> None:
    *first, third, fourth = await _families(enrolment, 4)
    for one in first:
        await _ask(one, offer)
    full = await _cell(third, offer)
    assert (full["state"], full["actions"]) == ("full", ["booking.request"])
    assert full["reason"] == (
        "Il n’y a plus de place ce jour-là\u00a0: votre demande ira en liste d’attente, "
        "au rang\u00a01."
    )
    (line,) = (await _ask(third, offer))["lines"]
    assert (line["outcome"], line["why"]) == ("waitlisted", None)
    await _ask(fourth, offer)
    cell = await _cell(fourth, offer)
    assert (cell["state"], cell["note"]) == ("waitlisted", "rang\u00a02")
    assert cell["actions"] == ["waiting.leave"]
    assert await _counts(enrolment) == (0, 2, 2)
    ranks = [one.rank for one in await enrolment.events() if hasattr(one, "rank")]
    assert ranks == [1, 2]


async def test_a_freed_place_is_offered_at_once_and_taking_it_books_it(
    enrolment: Enrolment, offer: Offer
) -> None:
    first, _, third, _ = people = await _families(enrolment, 4)
    requests = [await _ask(one, offer) for one in people]
    await first.post(f"/v1/me/requests/{requests[0]['request_id']}/withdraw")
    cell = await _cell(third, offer)
    assert (cell["state"], cell["note"]) == ("waitlisted", "place proposée")
    assert cell["actions"] == ["offer.accept", "offer.decline"]
    listed = (await third.get("/v1/me/requests")).json()["items"][0]
    until = enrolment.clock.now() + timedelta(hours=24)
    for said in (cell, listed, (await third.get(f"/v1/me/requests/{cell['request_id']}")).json()):
        assert datetime.fromisoformat(said["offered_until"]) == until
    assert cell["reason"].startswith("Une place s’est libérée\u00a0: elle est gardée pour vous")
    assert await _counts(enrolment) == (0, 2, 1)
    # Home says it whatever week it shows, and to nobody else.
    later = {"from": "2026-12-14"}
    (place,) = (await third.get("/v1/me/week", **later)).json()["offers"]
    assert (place["child_id"], place["day"]) == (str(third.children[0]), WEDNESDAY)
    assert datetime.fromisoformat(place["until"]) == until
    assert (await first.get("/v1/me/week", **later)).json()["offers"] == []

    for _ in range(2):
        taken = await third.post(f"/v1/me/offers/{cell['booking_id']}/accept")
        assert (taken.status_code, taken.json()["state"]) == (200, "applied"), taken.text
    assert (await _cell(third, offer))["state"] == "booked"
    assert await _counts(enrolment) == (1, 1, 1)
    told = [one.type for one in await enrolment.events() if one.family_id == third.family_id]
    assert told == [
        "enrolment.request.submitted.v1",
        "enrolment.place.waitlisted.v1",
        "enrolment.place.offered.v1",
        "enrolment.offer.announced.v1",
        "enrolment.booking.confirmed.v1",
        "enrolment.request.accepted.v1",
        "enrolment.request.applied.v1",
        "enrolment.decision.announced.v1",
    ]
    agent = enrolment.staff(Audience.SECRETARIAT)
    seen = (await agent.get(f"/v1/staff/requests/{requests[2]['request_id']}")).json()
    assert seen["transitions"][-1]["rule"] == "liste d’attente"


async def test_an_offer_that_nobody_answers_passes_on_by_itself(
    enrolment: Enrolment, offer: Offer
) -> None:
    first, _, third, fourth = people = await _families(enrolment, 4)
    requests = [await _ask(one, offer) for one in people]
    await first.post(f"/v1/me/requests/{requests[0]['request_id']}/withdraw")
    booking_id = (await _cell(third, offer))["booking_id"]
    enrolment.clock.advance(timedelta(hours=24))
    late = await third.post(f"/v1/me/offers/{booking_id}/accept")
    assert (late.status_code, late.json()["type"]) == (
        409,
        "urn:portail:problem:enrolment.offer-over",
    )
    assert await _sweep(enrolment) == 1
    assert await _sweep(enrolment) == 0
    assert (await _cell(third, offer))["state"] == "full"
    assert (await _cell(fourth, offer))["note"] == "place proposée"
    assert await _counts(enrolment) == (0, 2, 0)


async def test_a_newcomer_never_takes_the_place_of_those_who_wait(
    enrolment: Enrolment, offer: Offer
) -> None:
    """Even while the freed place could not yet be offered, because the family was busy."""
    first, _, third, fourth = people = await _families(enrolment, 4)
    requests = [await _ask(one, offer) for one in people[:3]]
    async with enrolment.runtime.database.transaction() as busy:
        await busy.connection.exec_driver_sql(
            f"SELECT 1 FROM families WHERE family_id = '{third.family_id}' FOR UPDATE"
        )
        await first.post(f"/v1/me/requests/{requests[0]['request_id']}/withdraw")
        assert await _counts(enrolment) == (0, 1, 1)
        (line,) = (await _ask(fourth, offer))["lines"]
        assert line["outcome"] == "waitlisted"
    assert await _sweep(enrolment) == 1
    assert (await _cell(third, offer))["note"] == "place proposée"
    assert (await _cell(fourth, offer))["note"] == "rang\u00a01"


async def test_declining_passes_the_place_on_and_leaving_the_line_moves_it_up(
    enrolment: Enrolment, offer: Offer
) -> None:
    first, _, third, fourth, fifth = people = await _families(enrolment, 5)
    requests = [await _ask(one, offer) for one in people]
    await first.post(f"/v1/me/requests/{requests[0]['request_id']}/withdraw")
    offered = (await _cell(third, offer))["booking_id"]
    assert (await third.post(f"/v1/me/offers/{offered}/decline")).status_code == 204
    assert (await _cell(fourth, offer))["note"] == "place proposée"
    waiting = (await _cell(fifth, offer))["booking_id"]
    assert (await third.post(f"/v1/me/waiting-list/{waiting}/leave")).status_code == 404
    assert (await third.post(f"/v1/me/offers/{waiting}/accept")).status_code == 404
    assert (await fifth.post(f"/v1/me/waiting-list/{waiting}/leave")).status_code == 204
    assert (await _cell(fifth, offer))["state"] == "full"
    assert await _counts(enrolment) == (0, 2, 0)


async def test_staff_accepting_leave_the_line_as_it_is(enrolment: Enrolment, offer: Offer) -> None:
    people = await _families(enrolment, 3)
    for one in people[:2]:
        await _ask(one, offer)
    third = people[2]
    slot = offer.slots["Journée"]
    body = asking((third.children[0], slot, WEDNESDAY), (third.children[0], slot, "2026-12-09"))
    await third.post("/v1/me/requests", body)
    agent = enrolment.staff(Audience.SECRETARIAT)
    accepted = await agent.post(f"/v1/staff/requests/{body['request_id']}/accept", {"version": 1})
    assert [line["outcome"] for line in accepted.json()["lines"]] == ["waitlisted", "accepted"]
    assert (await _cell(third, offer))["state"] == "waitlisted"
    announced = (await enrolment.events())[-1]
    assert [f"{line.day}" for line in announced.lines] == ["2026-12-09"]


async def test_staff_refusing_take_the_family_out_of_the_line(
    enrolment: Enrolment, offer: Offer
) -> None:
    people = await _families(enrolment, 3)
    requests = [await _ask(one, offer) for one in people]
    agent = enrolment.staff(Audience.SECRETARIAT)
    await agent.post(
        f"/v1/staff/requests/{requests[2]['request_id']}/refuse",
        {"version": 1, "reason": "Groupe complet"},
    )
    assert await _counts(enrolment) == (0, 2, 0)
    assert (await _cell(people[2], offer))["state"] == "refused"


async def test_overbooking_is_what_staff_set_and_no_more(enrolment: Enrolment) -> None:
    offer = await open_wednesdays(enrolment, six_and_over=1, overbooking=1)
    people = await _families(enrolment, 3)
    answers = await asyncio.gather(
        *(
            one.post(
                "/v1/me/requests", asking((one.children[0], offer.slots["Journée"], WEDNESDAY))
            )
            for one in people
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409]


async def test_a_family_with_a_place_at_the_same_hours_cannot_take_an_offer(
    enrolment: Enrolment, offer: Offer
) -> None:
    first, _, third = people = await _families(enrolment, 3)
    requests = [await _ask(one, offer) for one in people]
    admin = enrolment.staff(Audience.ADMIN)
    centre = (await admin.post("/v1/staff/centres", {"name": "Le Moulin"})).json()["centre_id"]
    made = await admin.post(
        "/v1/staff/activities",
        {
            "centre_id": centre,
            "label": "Stage",
            "season": "term",
            "weekdays": [3],
            "capacity": {"under_six": 5, "six_and_over": 5},
            "slots": [
                {"label": "Stage", "starts": "09:00", "ends": "12:00", "rate_code": "course"}
            ],
        },
    )
    activity = made.json()
    await admin.post(
        f"/v1/staff/activities/{activity['activity_id']}/open-days",
        {"from": WEDNESDAY, "to": WEDNESDAY},
    )
    await booked(enrolment, third, UUID(activity["slots"][0]["slot_id"]), WEDNESDAY)
    await first.post(f"/v1/me/requests/{requests[0]['request_id']}/withdraw")
    booking_id = (await _cell(third, offer))["booking_id"]
    refused = await third.post(f"/v1/me/offers/{booking_id}/accept")
    assert refused.status_code == 409
    assert "mêmes heures" in refused.json()["detail"]
