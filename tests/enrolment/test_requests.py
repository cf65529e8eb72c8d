"""Sending twice, other families, lists, history."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.auth import Audience
from chassis.identifiers import new_id

from .conftest import WEDNESDAY, Enrolment, Offer, asking

LOU = "2019-05-04"


async def test_sending_twice_is_one_request_and_other_content_is_a_conflict(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    whole = wednesdays.slots["Journée"]
    body = asking((lou, whole, WEDNESDAY), (lou, whole, "2026-12-09"))
    first = await family.post("/v1/me/requests", body)
    again = await family.post("/v1/me/requests", {**body, "lines": body["lines"][::-1]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert len(await enrolment.events()) == 1
    other = await family.post(
        "/v1/me/requests", asking((lou, whole, WEDNESDAY), request_id=UUID(body["request_id"]))
    )
    assert other.status_code == 409
    assert other.json()["type"].endswith("enrolment.request-id-reused")


async def test_the_same_request_sent_ten_times_at_once_is_one(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    body = asking((family.children[0], wednesdays.slots["Journée"], WEDNESDAY))
    answers = await asyncio.gather(*(family.post("/v1/me/requests", body) for _ in range(10)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: 9}
    assert len({answer.text for answer in answers}) == 1


async def test_two_families_with_one_request_id_at_once_are_not_mixed_up(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    shared = new_id()
    families = [await enrolment.family(LOU, name=f"Famille{n}") for n in range(4)]
    answers = await asyncio.gather(
        *(
            one.post(
                "/v1/me/requests",
                asking(
                    (one.children[0], wednesdays.slots["Journée"], WEDNESDAY), request_id=shared
                ),
            )
            for one in families
        )
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 3}
    assert (await enrolment.rows("SELECT sum(held) FROM places"))[0][0] == 1


async def test_another_familys_child_or_request_is_not_found(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family, stranger = await enrolment.family(LOU), await enrolment.family(LOU, name="Bleuet")
    (lou,) = family.children
    enrolment.accounts.families[stranger.family_id or new_id()] = _in_accounts(stranger.family_id)
    whole = wednesdays.slots["Journée"]
    body = asking((lou, whole, WEDNESDAY))
    assert (await stranger.post("/v1/me/requests", body)).status_code == 404
    assert (await family.post("/v1/me/requests", body)).status_code == 201
    address = f"/v1/me/requests/{body['request_id']}"
    assert (await family.get(address)).status_code == 200
    assert (await stranger.get(address)).status_code == 404
    assert (await stranger.post(f"{address}/withdraw", {})).status_code == 404
    assert (await stranger.get("/v1/me/requests")).json()["total"] == 0
    seen = await stranger.get("/v1/me/agenda", month="2026-12", child_id=str(lou))
    assert seen.status_code == 404
    place = {"child_id": str(lou), "slot_id": str(whole), "day": WEDNESDAY}
    assert (await stranger.get("/v1/me/agenda/cell", **place)).status_code == 404
    own = await family.get("/v1/me/agenda/cell", **place)
    assert own.json()["state"] == "requested"


@pytest.mark.guide("8.1")
async def test_the_list_keeps_what_waits_and_a_month_of_decisions_then_history(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    agent = enrolment.staff(Audience.SECRETARIAT)
    decided, waiting = (
        asking((lou, wednesdays.slots["Journée"], day)) for day in ("2027-03-03", "2027-03-10")
    )
    for body in (decided, waiting):
        assert (await family.post("/v1/me/requests", body)).status_code == 201
    await agent.post(f"/v1/staff/requests/{decided['request_id']}/accept", {"version": 1})

    async def listed(**params: object) -> list[str]:
        answer = (await family.get("/v1/me/requests", **params)).json()
        return [item["request_id"] for item in answer["items"]]

    both = [waiting["request_id"], decided["request_id"]]
    assert await listed() == both
    assert await listed(scope="children") == both
    assert await listed(scope="account") == []
    assert await listed(history="true") == []
    enrolment.clock.advance(timedelta(days=32))
    assert await listed() == [waiting["request_id"]]
    assert await listed(history="true") == [decided["request_id"]]


async def test_the_queue_shows_the_nearest_legal_deadline_first_twenty_a_page(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    for number in range(5):
        family = await enrolment.family(LOU, name=f"Famille{number}")
        days = ("2027-03-03", "2027-03-10", "2027-03-17", "2027-03-24", "2027-03-31")
        for day in days:
            body = asking((family.children[0], wednesdays.slots["Journée"], day))
            assert (await family.post("/v1/me/requests", body)).status_code == 201
        enrolment.clock.advance(timedelta(days=1))
    agent = enrolment.staff(Audience.SECRETARIAT)
    first = (await agent.get("/v1/staff/requests", state="pending")).json()
    second = (await agent.get("/v1/staff/requests", state="pending", page=2)).json()
    assert (first["total"], first["pages"], len(first["items"])) == (25, 2, 20)
    numbers = [item["number"] for item in first["items"] + second["items"]]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 25


def _in_accounts(family_id: object) -> dict[str, object]:
    return {
        "family_id": str(family_id),
        "version": 1,
        "reference": "F-0002",
        "name": "Bleuet",
        "resident": True,
        "children": [],
    }
