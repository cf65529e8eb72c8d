"""One real request over HTTP, from the agenda to the decision."""

from chassis.auth import Audience
from portail_contracts.enrolment import (
    BookingConfirmed,
    DecisionAnnounced,
    RequestAccepted,
    RequestApplied,
    RequestRefused,
    RequestSubmitted,
    RequestWithdrawn,
)

from .conftest import WEDNESDAY, Enrolment, Offer, asking, cell_of

LOU = "2019-05-04"


async def test_a_request_is_pending_in_the_agenda_at_once_then_accepted_and_booked(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    day_slot = wednesdays.slots["Journée"]
    before = await cell_of(family, lou, day_slot, WEDNESDAY)
    assert (before["state"], before["actions"]) == ("few_left", ["booking.request"])
    assert before["note"] == "5\u00a0places"
    assert before["cut_off"] == "2026-11-26T11:00:00Z"

    sent = await family.post("/v1/me/requests", asking((lou, day_slot, WEDNESDAY)))
    assert sent.status_code == 201, sent.text
    request = sent.json()
    assert request["number"].startswith("D-2026-0")
    assert (request["state"], request["due_on"]) == ("pending", "2027-01-24")
    assert request["object"] == "Réservation, Lou, mer. 2 déc., Journée"
    assert request["receipt"]["silence"] == (
        "Sans réponse de notre part avant le dimanche 24 janvier 2027, "
        "votre demande sera considérée comme acceptée."
    )

    pending = await cell_of(family, lou, day_slot, WEDNESDAY)
    assert (pending["state"], pending["actions"]) == ("requested", ["request.withdraw"])
    assert pending["request_id"] == request["request_id"]
    assert pending["reason"] == f"Votre demande {request['number']} attend la réponse du service."
    assert (await family.get("/v1/me/requests/count")).json() == {"pending": 1}

    agent = enrolment.staff(Audience.SECRETARIAT)
    (queued,) = (await agent.get("/v1/staff/requests", state="pending")).json()["items"]
    assert (queued["family_name"], queued["submitted_by"]) == ("Noisetier", "Famille Noisetier")
    accepted = await agent.post(
        f"/v1/staff/requests/{request['request_id']}/accept", {"version": queued["version"]}
    )
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["state"] == "applied"

    booked = await cell_of(family, lou, day_slot, WEDNESDAY)
    assert (booked["state"], booked["actions"]) == (
        "booked",
        ["booking.cancel", "absence.declare"],
    )
    assert [type(event) for event in await enrolment.events()] == [
        RequestSubmitted,
        RequestAccepted,
        BookingConfirmed,
        RequestApplied,
        DecisionAnnounced,
    ]
    (activity,) = await enrolment.rows("SELECT activity_id, centre_id FROM activities")
    assert (await enrolment.events())[2].centre_id == activity.centre_id
    announced = (await enrolment.events())[-1]
    assert [(line.child_name, line.slot_label) for line in announced.lines] == [("Lou", "Journée")]
    (places,) = await enrolment.rows(
        "SELECT booked, held FROM places WHERE day = '2026-12-02' AND age_group = 'six_and_over'"
    )
    assert tuple(places) == (1, 0)


async def test_a_refusal_gives_its_reason_in_the_cell_and_in_the_list(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    day_slot = wednesdays.slots["Journée"]
    request = (await family.post("/v1/me/requests", asking((lou, day_slot, WEDNESDAY)))).json()
    agent = enrolment.staff(Audience.SECRETARIAT)
    address = f"/v1/staff/requests/{request['request_id']}/refuse"
    assert (await agent.post(address, {"version": 1})).status_code == 422
    assert (await agent.post(address, {"version": 1, "reason": "  "})).status_code == 422
    refused = await agent.post(address, {"version": 1, "reason": "Sortie complète ce jour-là"})
    assert refused.json()["state"] == "refused"

    cell = await cell_of(family, lou, day_slot, WEDNESDAY)
    assert cell["state"] == "refused"
    assert cell["reason"] == (
        f"Votre demande {request['number']} a été refusée\u00a0: Sortie complète ce jour-là."
    )
    assert cell["actions"] == ["booking.request"], "the places are free again"
    (item,) = (await family.get("/v1/me/requests")).json()["items"]
    assert (item["state"], item["reason"]) == ("refused", "Sortie complète ce jour-là")
    fact, announced = (await enrolment.events())[-2:]
    assert isinstance(fact, RequestRefused)
    assert "Sortie" not in fact.model_dump_json(), "the reason is for the family only"
    assert announced.reason == "Sortie complète ce jour-là"

    again = await family.post("/v1/me/requests", asking((lou, day_slot, WEDNESDAY)))
    assert again.status_code == 201
    assert (await cell_of(family, lou, day_slot, WEDNESDAY))["state"] == "requested"


async def test_a_request_withdrawn_frees_its_place_and_withdrawing_twice_is_once(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    day_slot = wednesdays.slots["Journée"]
    request = (await family.post("/v1/me/requests", asking((lou, day_slot, WEDNESDAY)))).json()
    for _ in range(2):
        answer = await family.post(f"/v1/me/requests/{request['request_id']}/withdraw", {})
        assert (answer.status_code, answer.json()["state"]) == (200, "withdrawn")
    assert (await enrolment.rows("SELECT sum(held), sum(booked) FROM places"))[0] == (0, 0)
    assert (await cell_of(family, lou, day_slot, WEDNESDAY))["state"] == "few_left"
    assert [type(event) for event in await enrolment.events()] == [
        RequestSubmitted,
        RequestWithdrawn,
    ]


async def test_the_second_of_two_agents_is_told_who_was_faster_and_when(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    request = (
        await family.post("/v1/me/requests", asking((lou, wednesdays.slots["Journée"], WEDNESDAY)))
    ).json()
    address = f"/v1/staff/requests/{request['request_id']}"
    first = enrolment.staff(Audience.SECRETARIAT, name="Dominique Lemoine")
    second = enrolment.staff(Audience.SECRETARIAT, name="Claude Petit")
    unseen = await first.post(f"{address}/accept", {"version": 2})
    assert unseen.status_code == 409, "nobody decides about a version that they did not see"
    assert unseen.json()["state"] == "pending"
    assert (await first.post(f"{address}/accept", {"version": 1})).status_code == 200
    late = await second.post(f"{address}/refuse", {"version": 1, "reason": "Complet"})
    assert late.status_code == 409
    problem = late.json()
    assert problem["type"].endswith("enrolment.request-changed")
    assert problem["detail"] == (
        "Cette demande a déjà été acceptée par Dominique Lemoine le mardi 24 novembre à 7\u00a0h."
    )
    assert problem["changed_by"] == "Dominique Lemoine"
    own = await family.post(f"{address.replace('staff', 'me')}/withdraw")
    assert own.status_code == 409
    assert "Lemoine" not in own.text, "a family is not told the name of the agent"


async def test_staff_see_what_they_need_to_decide(enrolment: Enrolment, wednesdays: Offer) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    request = (
        await family.post("/v1/me/requests", asking((lou, wednesdays.slots["Journée"], WEDNESDAY)))
    ).json()
    reader = enrolment.staff(Audience.AUDITOR)
    detail = (await reader.get(f"/v1/staff/requests/{request['request_id']}")).json()
    (line,) = detail["lines"]
    assert (line["capacity"], line["booked"], line["held"]) == (5, 0, 1)
    assert (line["in_notice"], line["centre_name"]) == (True, "Les Libellules")
    assert [(step["step"], step["channel"]) for step in detail["transitions"]] == [
        ("submit", "portal")
    ]
    refused = await reader.post(
        f"/v1/staff/requests/{request['request_id']}/accept", {"version": 1}
    )
    assert refused.status_code == 403


async def test_the_front_desk_books_on_behalf_at_once_and_after_the_cut_off(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,) = family.children
    agent = enrolment.staff(Audience.SECRETARIAT)
    line = {"child_id": str(lou), "slot_id": str(wednesdays.slots["Matin"]), "day": "2026-11-25"}
    body = {"family_id": str(family.family_id), "lines": [line]}
    late = await agent.post("/v1/staff/front-desk/bookings", body)
    assert late.status_code == 409
    assert late.json()["lines"][0]["reason"] == (
        "Le délai est dépassé depuis le jeudi 19 novembre à 12\u00a0h."
    )
    booked = await agent.post("/v1/staff/front-desk/bookings", {**body, "override_notice": True})
    assert booked.status_code == 201, booked.text
    assert booked.json()["state"] == "applied"
    cell = await cell_of(family, lou, wednesdays.slots["Matin"], "2026-11-25")
    assert cell["state"] == "booked"
    steps = await enrolment.rows(
        "SELECT step, channel, on_behalf_of FROM request_transitions ORDER BY version"
    )
    assert [tuple(step) for step in steps] == [
        (step, "front_desk", family.family_id) for step in ("submit", "accept", "apply")
    ]
