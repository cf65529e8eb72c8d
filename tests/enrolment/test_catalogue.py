"""Staff edit the catalogue; a change that hurts shows whom, before it is made."""

from typing import Any

from chassis.auth import Audience
from chassis.identifiers import new_id

from .conftest import WEDNESDAY, Enrolment, Offer, Person, asking, cell_of, slot

LOU = "2019-05-04"
NOE = "2021-09-10"


async def _activity(enrolment: Enrolment, **changes: Any) -> dict[str, Any]:
    """The activity as an edit sends it: what was read, with these changes."""
    admin = enrolment.staff(Audience.ADMIN)
    found = (await admin.get("/v1/staff/activities")).json()["items"][0]
    slots = [{k: v for k, v in slot.items() if k != "active"} for slot in found["slots"]]
    sent = {**found, "slots": slots, **changes}
    return {k: v for k, v in sent.items() if k not in ("activity_id", "centre_id")}


async def _booked(
    enrolment: Enrolment, offer: Offer, born: str = LOU, slot: str = "Journée"
) -> Person:
    family = await enrolment.family(born)
    body = asking((family.children[0], offer.slots[slot], WEDNESDAY))
    assert (await family.post("/v1/me/requests", body)).status_code == 201
    agent = enrolment.staff(Audience.SECRETARIAT)
    accepted = await agent.post(f"/v1/staff/requests/{body['request_id']}/accept", {"version": 1})
    assert accepted.status_code == 200, accepted.text
    return family


async def test_an_activity_is_edited_whole_and_read_back(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    admin = enrolment.staff(Audience.ADMIN)
    wanted = await _activity(
        enrolment,
        label="Mercredi en forêt",
        kind="wednesday",
        waiting_list=True,
        overbooking=2,
        staffing={"under_six": 8, "six_and_over": 12},
        windows=[
            {
                "first_day": "2027-01-04",
                "last_day": "2027-03-31",
                "opens_at": "2026-12-01T07:00:00Z",
            }
        ],
    )
    changed = await admin.post(f"/v1/staff/activities/{wednesdays.activity_id}", wanted)
    assert changed.status_code == 200, changed.text
    (read,) = (await admin.get("/v1/staff/activities")).json()["items"]
    assert read == changed.json()
    assert (read["version"], read["overbooking"], read["label"]) == (2, 2, "Mercredi en forêt")
    assert read["windows"][0]["opens_at"] == "2026-12-01T07:00:00Z"
    again = await admin.post(f"/v1/staff/activities/{wednesdays.activity_id}", wanted)
    assert (again.status_code, again.json()["type"]) == (
        409,
        "urn:portail:problem:enrolment.out-of-date",
    )


async def test_a_change_that_hurts_says_whom_and_is_made_only_when_confirmed(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await _booked(enrolment, wednesdays)
    admin = enrolment.staff(Audience.ADMIN)
    address = f"/v1/staff/activities/{wednesdays.activity_id}"
    wanted = await _activity(enrolment, weekdays=[2], capacity={"under_six": 4, "six_and_over": 0})

    previewed = (await admin.post(f"{address}/impact", wanted)).json()
    assert (previewed["families"], previewed["total"]) == (1, 1)
    assert (
        previewed["hurt"][0] | {"harm": "weekday", "child_name": "Lou Noisetier"}
        == (previewed["hurt"][0])
    )
    assert previewed["overfull"] == [
        {"day": WEDNESDAY, "age_group": "six_and_over", "capacity": 0, "children": 1}
    ]
    refused = await admin.post(address, wanted)
    assert refused.status_code == 409
    assert refused.json()["impact"] == previewed
    assert (await enrolment.rows("SELECT version FROM activities"))[0].version == 1

    assert (await admin.post(address, {**wanted, "confirmed": True})).status_code == 200
    (kept,) = await enrolment.rows(
        "SELECT capacity, booked, excess FROM places"
        " WHERE day = '2026-12-02' AND age_group = 'six_and_over'"
    )
    assert tuple(kept) == (0, 1, 1), "the child keeps its place, and the excess is written down"
    lou, slot = family.children[0], wednesdays.slots["Journée"]
    cell = await cell_of(family, lou, slot, WEDNESDAY)
    assert cell["state"] == "booked"
    line = {"child_id": str(lou), "slot_id": str(slot), "day": WEDNESDAY}
    body = {"request_id": str(new_id()), "lines": [line]}
    assert (await family.post("/v1/me/cancellations", body)).status_code == 201
    agent = enrolment.staff(Audience.SECRETARIAT)
    path = f"/v1/staff/requests/{body['request_id']}/accept"
    assert (await agent.post(path, {"version": 1})).status_code == 200
    (left,) = await enrolment.rows(
        "SELECT capacity, booked, excess FROM places"
        " WHERE day = '2026-12-02' AND age_group = 'six_and_over'"
    )
    assert tuple(left) == (0, 0, 0), "nobody follows a child that leaves a day beyond its capacity"


async def test_a_slot_taken_away_stays_for_who_had_it_and_is_no_more_offered(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await _booked(enrolment, wednesdays, slot="Matin")
    wanted = await _activity(enrolment)
    wanted["slots"] = [slot for slot in wanted["slots"] if slot["label"] != "Matin"]
    admin = enrolment.staff(Audience.ADMIN)
    address = f"/v1/staff/activities/{wednesdays.activity_id}"
    assert (await admin.post(address, wanted)).json()["impact"]["hurt"][0]["harm"] == "slot_gone"
    assert (await admin.post(address, {**wanted, "confirmed": True})).status_code == 200
    (lou,) = family.children
    assert (await cell_of(family, lou, wednesdays.slots["Matin"], WEDNESDAY))["state"] == "booked"
    other = await enrolment.family(LOU)
    refused = await other.post(
        "/v1/me/requests", asking((other.children[0], wednesdays.slots["Matin"], WEDNESDAY))
    )
    assert refused.json()["lines"][0]["why"] == "age"


async def test_a_closure_cancels_what_was_booked_once_it_was_seen(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await _booked(enrolment, wednesdays)
    waiting = await enrolment.family(LOU, name="Sureau")
    body = asking((waiting.children[0], wednesdays.slots["Journée"], WEDNESDAY))
    await waiting.post("/v1/me/requests", body)
    admin = enrolment.staff(Audience.ADMIN)
    closure = {"first_day": WEDNESDAY, "last_day": WEDNESDAY, "label": "Chaudière en panne"}
    assert (await admin.post("/v1/staff/closures/impact", closure)).json()["families"] == 2
    assert (await admin.post("/v1/staff/closures", closure)).status_code == 409
    closed = await admin.post("/v1/staff/closures", {**closure, "confirmed": True})
    assert (closed.status_code, closed.json()["cancelled"]) == (201, 2)
    (lou,) = family.children
    cell = await cell_of(family, lou, wednesdays.slots["Journée"], WEDNESDAY)
    assert (cell["state"], cell["actions"]) == ("closed", [])
    (counted,) = await enrolment.rows("SELECT sum(booked) AS booked, sum(held) AS held FROM places")
    assert tuple(counted) == (0, 0)
    told = [one for one in await enrolment.events() if one.type.endswith("booking.cancelled.v1")]
    assert [(one.in_notice, one.family_id) for one in told] == [(True, family.family_id)]
    (line,) = (await waiting.get(f"/v1/me/requests/{body['request_id']}")).json()["lines"]
    assert (line["outcome"], line["why"]) == ("refused", "closed")


async def test_one_day_may_have_another_capacity(enrolment: Enrolment, wednesdays: Offer) -> None:
    await _booked(enrolment, wednesdays)
    admin = enrolment.staff(Audience.ADMIN)
    address = f"/v1/staff/activities/{wednesdays.activity_id}/capacity"
    day = {"day": WEDNESDAY, "age_group": "six_and_over"}
    assert (await admin.post(address, {**day, "capacity": 0})).status_code == 409
    assert (await admin.post(address, {**day, "capacity": 9})).status_code == 204
    assert (
        await admin.post(address, {**day, "day": "2026-12-03", "capacity": 9})
    ).status_code == 404


async def test_the_reasons_of_absence_are_those_of_the_authority_and_can_be_edited(
    enrolment: Enrolment,
) -> None:
    admin = enrolment.staff(Audience.ADMIN)
    reasons = (await admin.get("/v1/staff/absence-reasons")).json()
    assert [one["code"] for one in reasons] == [
        "sick_certificate",
        "sick",
        "hospital",
        "exclusion",
        "family_event",
        "school_trip",
        "teacher_absent",
        "strike",
        "transport",
        "closure",
        "convenience",
        "custody",
        "other",
    ]
    edited = await admin.post(
        "/v1/staff/absence-reasons/strike", {"label": "Grève des écoles", "billing": "billed"}
    )
    assert (edited.status_code, edited.json()["billing"]) == (200, "billed")
    assert len((await admin.get("/v1/staff/absence-reasons")).json()) == 13


async def test_a_centre_is_edited_and_its_licence_kept(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    admin = enrolment.staff(Audience.ADMIN)
    (centre,) = (await admin.get("/v1/staff/activities")).json()["centres"]
    changed = await admin.post(
        f"/v1/staff/centres/{centre['centre_id']}",
        {
            "name": "Les Libellules",
            "licensed": {"under_six": 24, "six_and_over": 36},
            "version": centre["version"],
        },
    )
    assert changed.json()["licensed"] == {"under_six": 24, "six_and_over": 36}
    assert changed.json()["version"] == 2

    # A licence that the activities exceed is told first, as is an activity that exceeds it.
    small = {
        "name": "Les Libellules",
        "licensed": {"under_six": 24, "six_and_over": 6},
        "version": 2,
    }
    address = f"/v1/staff/centres/{centre['centre_id']}"
    assert (await admin.post(address, small)).json()["version"] == 3
    beside = {
        "centre_id": centre["centre_id"],
        "label": "Cirque",
        "season": "term",
        "weekdays": [3],
        "capacity": {"under_six": 0, "six_and_over": 2},
        "slots": [slot("Cirque", "17:00", "19:00", "evening")],
    }
    refused = await admin.post("/v1/staff/activities", beside)
    assert (refused.status_code, refused.json()["impact"]["over_licence"]) == (
        409,
        [{"weekday": 3, "age_group": "six_and_over", "offered": 7, "licensed": 6}],
    )
    later = {**beside, "slots": [slot("Cirque", "18:00", "19:00", "evening")]}
    assert (await admin.post("/v1/staff/activities", later)).status_code == 201
    wanted = {
        **await _activity(enrolment, label="Mercredi"),
        "capacity": {"under_six": 4, "six_and_over": 7},
    }
    address = f"/v1/staff/activities/{wednesdays.activity_id}"
    assert (await admin.post(address, wanted)).status_code == 409
    assert (await admin.post(address, {**wanted, "confirmed": True})).status_code == 200
