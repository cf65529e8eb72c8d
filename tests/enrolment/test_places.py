"""Places are never given twice, whatever happens at the same moment."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack

import pytest
from sqlalchemy.exc import IntegrityError

from chassis.auth import Audience
from chassis.identifiers import new_id

from .conftest import WEDNESDAY, Enrolment, Offer, asking, cell_of

LOU = "2019-05-04"


async def test_twenty_at_once_for_five_places_hold_exactly_five(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    families = [await enrolment.family(LOU, name=f"Famille{n}") for n in range(20)]
    day_slot = wednesdays.slots["Journée"]
    answers = await asyncio.gather(
        *(
            one.post("/v1/me/requests", asking((one.children[0], day_slot, WEDNESDAY)))
            for one in families
        )
    )
    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 15}
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {one["lines"][0]["why"] for one in refused} == {"full"}
    (places,) = await enrolment.rows(
        "SELECT capacity, booked, held FROM places"
        " WHERE day = '2026-12-02' AND age_group = 'six_and_over'"
    )
    assert tuple(places) == (5, 0, 5)
    assert (await enrolment.rows("SELECT count(*) FROM requests"))[0][0] == 5


async def test_many_days_asked_in_opposite_orders_do_not_wait_in_a_circle(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    families = [await enrolment.family(LOU, name=f"Famille{n}") for n in range(8)]
    day_slot = wednesdays.slots["Journée"]
    days = ["2026-12-02", "2026-12-09", "2026-12-16", "2027-01-06", "2027-01-13"]
    answers = await asyncio.gather(
        *(
            one.post(
                "/v1/me/requests",
                asking(
                    *(
                        (one.children[0], day_slot, day)
                        for day in (days if number % 2 else reversed(days))
                    )
                ),
            )
            for number, one in enumerate(families)
        )
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    held = await enrolment.rows("SELECT held FROM places WHERE held > 0")
    assert [row.held for row in held] == [5] * 5


async def test_accepting_refusing_and_asking_at_the_same_time_keep_the_counts_right(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    families = [await enrolment.family(LOU, name=f"Famille{n}") for n in range(10)]
    agent = enrolment.staff(Audience.SECRETARIAT)
    day_slot = wednesdays.slots["Journée"]
    first = [
        (await one.post("/v1/me/requests", asking((one.children[0], day_slot, WEDNESDAY)))).json()[
            "request_id"
        ]
        for one in families[:5]
    ]
    decisions = [
        agent.post(f"/v1/staff/requests/{one}/accept", {"version": 1})
        if number < 3
        else agent.post(f"/v1/staff/requests/{one}/refuse", {"version": 1, "reason": "Non"})
        for number, one in enumerate(first)
    ]
    asked = [
        one.post("/v1/me/requests", asking((one.children[0], day_slot, WEDNESDAY)))
        for one in families[5:]
    ]
    answers = await asyncio.gather(*decisions, *asked)
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    (counted,) = await enrolment.rows(
        "SELECT sum(booked) AS booked, sum(held) AS held,"
        " (SELECT count(*) FROM bookings WHERE state = 'booked') AS bookings,"
        " (SELECT count(*) FROM bookings WHERE state = 'requested') AS requested FROM places"
    )
    assert (counted.booked, counted.held) == (counted.bookings, counted.requested)
    assert counted.booked == 3


async def test_two_agents_deciding_at_the_same_moment_decide_once(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    agents = [enrolment.staff(Audience.SECRETARIAT) for _ in range(6)]
    body = asking((family.children[0], wednesdays.slots["Journée"], WEDNESDAY))
    await family.post("/v1/me/requests", body)
    address = f"/v1/staff/requests/{body['request_id']}/accept"
    answers = await asyncio.gather(*(agent.post(address, {"version": 1}) for agent in agents))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 5}
    assert (await enrolment.rows("SELECT sum(booked), sum(held) FROM places"))[0] == (1, 0)


async def test_two_slots_at_the_same_hours_are_refused_within_and_between_requests(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    whole, morning, afternoon = (
        wednesdays.slots[label] for label in ("Journée", "Matin", "Après-midi")
    )
    both = await family.post(
        "/v1/me/requests", asking((lou, morning, WEDNESDAY), (lou, whole, WEDNESDAY))
    )
    assert both.status_code == 201
    assert [(one["outcome"], one["why"]) for one in both.json()["lines"]] == [
        ("requested", None),
        ("refused", "overlap"),
    ]
    assert both.json()["lines"][1]["reason"] == (
        "Votre enfant a déjà une place ou une demande aux mêmes heures (Matin)."
    )
    later = await family.post("/v1/me/requests", asking((lou, whole, WEDNESDAY)))
    assert later.status_code == 409
    cell = await cell_of(family, lou, whole, WEDNESDAY)
    assert (cell["actions"], cell["reason"] is not None) == ([], True)
    beside = await family.post("/v1/me/requests", asking((lou, afternoon, WEDNESDAY)))
    assert beside.status_code == 201, "one may begin when the other has ended"


async def test_more_callers_than_connections_are_told_to_come_back(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    database = enrolment.runtime.database
    async with AsyncExitStack() as held:
        for _ in range(enrolment.runtime.settings.database_pool_size):
            await held.enter_async_context(database.reading())
        busy = await family.get("/v1/me/agenda", month="2026-12")
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "2")
    assert (await family.get("/v1/me/agenda", month="2026-12")).status_code == 200


async def test_the_same_child_asked_for_many_times_at_once_has_one_place(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    slots = list(wednesdays.slots.values())
    answers = await asyncio.gather(
        *(
            family.post("/v1/me/requests", asking((family.children[0], slots[0], WEDNESDAY)))
            for _ in range(10)
        )
    )
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}


async def test_the_database_itself_refuses_an_overlap_and_an_overbooking(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    await family.post(
        "/v1/me/requests",
        asking((family.children[0], wednesdays.slots["Journée"], WEDNESDAY)),
    )
    with pytest.raises(IntegrityError, match="ex_bookings_no_overlap"):
        await enrolment.run(
            "INSERT INTO bookings SELECT :id, request_id, family_id, child_id, activity_id,"
            " slot_id, day, age_group, period, state, version, reason FROM bookings",
            id=new_id(),
        )
    with pytest.raises(IntegrityError, match="ck_places_not_exceeded"):
        await enrolment.run("UPDATE places SET held = capacity + 1")


async def test_age_on_the_day_chooses_the_group_and_siblings_share_its_places(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    # Ana is five when it is asked and six on the day.
    family = await enrolment.family(LOU, "2020-12-02")
    lou, ana = family.children
    day_slot = wednesdays.slots["Journée"]
    sent = await family.post(
        "/v1/me/requests", asking((lou, day_slot, WEDNESDAY), (ana, day_slot, WEDNESDAY))
    )
    assert sent.json()["object"] == "Réservation, 2\u00a0enfants, mer. 2 déc., Journée"
    held = await enrolment.rows("SELECT age_group, held FROM places WHERE held > 0")
    assert [tuple(row) for row in held] == [("six_and_over", 2)]
