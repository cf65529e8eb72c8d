"""A wrong closure is mended: what it cancelled comes back where it can, and families are told."""

from datetime import date
from typing import Any

from chassis.auth import Audience
from chassis.identifiers import new_id
from portail_contracts.enrolment import BookingConfirmed, ReopeningAnnounced

from .conftest import WEDNESDAY, Enrolment, Offer, Person, asking, booked, cell_of, open_wednesdays

LOU = "2019-05-04"
NEXT = "2026-12-09"
CLOSURES = "/v1/staff/closures"


_date = date.fromisoformat


async def _ask(person: Person, offer: Offer, day: str) -> None:
    body = asking((person.children[0], offer.slots["Journée"], day))
    assert (await person.post("/v1/me/requests", body)).status_code == 201


async def _closed(admin: Person, first: str, last: str, **where: Any) -> str:
    span = {"first_day": first, "last_day": last, "label": "Panne", "confirmed": True, **where}
    made = await admin.post(CLOSURES, span)
    assert made.status_code == 201, made.text
    return str(made.json()["closure_id"])


async def _states(enrolment: Enrolment, *people: Person, day: str) -> list[str]:
    found = await enrolment.rows(
        "SELECT family_id, state FROM bookings WHERE day = :day", day=date.fromisoformat(day)
    )
    by_family = {row.family_id: row.state for row in found}
    return [by_family[person.family_id] for person in people]


async def test_days_taken_out_of_a_closure_give_back_what_they_can(enrolment: Enrolment) -> None:
    offer = await open_wednesdays(enrolment, six_and_over=2, waiting_list=True)
    slot, admin = offer.slots["Journée"], enrolment.staff(Audience.ADMIN)
    had, asked, waited = [
        await enrolment.family(LOU, name=name) for name in ("Genêt", "If", "Orme")
    ]
    await booked(enrolment, had, slot, WEDNESDAY, NEXT)
    await _ask(asked, offer, WEDNESDAY)
    await _ask(waited, offer, WEDNESDAY)
    closure = await _closed(admin, WEDNESDAY, NEXT)
    assert await _states(enrolment, had, asked, waited, day=WEDNESDAY) == ["cancelled"] * 3
    fewer = {"day": WEDNESDAY, "age_group": "six_and_over", "capacity": 1}
    await admin.post(f"/v1/staff/activities/{offer.activity_id}/capacity", fewer)

    (known,) = (await admin.get(CLOSURES)).json()["items"]
    days = {"first_day": NEXT, "last_day": NEXT, "label": "Panne", "version": known["version"]}
    shown = await admin.post(f"{CLOSURES}/{closure}", days)
    assert shown.status_code == 409, "whom it touches is shown before"
    change = shown.json()["change"]
    assert [one["becomes"] for one in change["back"]] == ["booked", "waitlisted"]
    stays = {one["stays"] for one in change["kept"]}
    assert (change["families"], stays) == (3, {"full"})
    assert (await admin.post(f"{CLOSURES}/{closure}/impact", days)).json() == change
    assert await _states(enrolment, had, day=WEDNESDAY) == ["cancelled"], "nothing was done yet"

    done = await admin.post(f"{CLOSURES}/{closure}", {**days, "confirmed": True})
    assert done.status_code == 200, done.text
    assert await _states(enrolment, had, asked, waited, day=WEDNESDAY) == [
        "booked",
        "cancelled",
        "waitlisted",
    ]
    assert await _states(enrolment, had, day=NEXT) == ["cancelled"]
    (counted,) = await enrolment.rows("SELECT sum(booked), sum(held), sum(waiting) FROM places")
    assert tuple(counted) == (1, 0, 1)
    cell = await cell_of(waited, waited.children[0], slot, WEDNESDAY)
    assert cell["state"] == "waitlisted"
    events = await enrolment.events()
    confirmed = [one for one in events if isinstance(one, BookingConfirmed)][-1]
    assert (confirmed.day, confirmed.version) == (_date(WEDNESDAY), 4), (
        "newer than the cancellation"
    )
    told = {one.family_id: one for one in events if isinstance(one, ReopeningAnnounced)}
    assert [told[one.family_id].lines[0].became for one in (had, asked, waited)] == [
        "booked",
        "cancelled",
        "waitlisted",
    ]
    stale = await admin.post(f"{CLOSURES}/{closure}", {**days, "confirmed": True})
    assert (stale.status_code, stale.json()["type"].rpartition(":")[2]) == (
        409,
        "enrolment.out-of-date",
    )


async def test_what_another_closure_holds_comes_back_with_that_one(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    admin, slot = enrolment.staff(Audience.ADMIN), wednesdays.slots["Journée"]
    family, moved = await enrolment.family(LOU), await enrolment.family(LOU, name="Sureau")
    await booked(enrolment, family, slot, WEDNESDAY)
    await booked(enrolment, moved, wednesdays.slots["Journée"], WEDNESDAY)
    cancelling = {
        "request_id": str(new_id()),
        "lines": [{"child_id": str(family.children[0]), "slot_id": str(slot), "day": WEDNESDAY}],
    }
    assert (await family.post("/v1/me/cancellations", cancelling)).status_code == 201
    everywhere = await _closed(admin, WEDNESDAY, WEDNESDAY)
    here = await _closed(admin, WEDNESDAY, NEXT, activity_id=str(wednesdays.activity_id))
    lifting = {"version": 1, "confirmed": True}
    lifted = await admin.post(f"{CLOSURES}/{everywhere}/lift", lifting)
    assert {one["stays"] for one in lifted.json()["kept"]} == {"closed"}
    assert await _states(enrolment, family, moved, day=WEDNESDAY) == ["cancelled", "cancelled"]
    assert (await admin.post(f"{CLOSURES}/{here}/lift", {"version": 1})).status_code == 409
    assert (await admin.post(f"{CLOSURES}/{here}/lift", lifting)).status_code == 200
    assert await _states(enrolment, family, moved, day=WEDNESDAY) == ["booked", "booked"]
    assert (await admin.get(CLOSURES)).json()["total"] == 0
    assert (await admin.post(f"{CLOSURES}/{here}/lift", lifting)).status_code == 404
    agent = enrolment.staff(Audience.SECRETARIAT)
    accept = f"/v1/staff/requests/{cancelling['request_id']}/accept"
    assert (await agent.post(accept, {"version": 1})).status_code == 200
    states = await _states(enrolment, family, moved, day=WEDNESDAY)
    assert states == ["cancelled", "booked"], "what the family had asked meanwhile still counts"


async def test_a_day_closed_before_its_season_was_opened_gets_its_places(
    enrolment: Enrolment,
) -> None:
    admin = enrolment.staff(Audience.ADMIN)
    closure = await _closed(admin, WEDNESDAY, WEDNESDAY)
    offer = await open_wednesdays(enrolment)
    family = await enrolment.family(LOU)
    where = (family, family.children[0], offer.slots["Journée"], WEDNESDAY)
    assert (await cell_of(*where))["state"] == "closed"
    assert (await admin.post(f"{CLOSURES}/{closure}/lift", {"version": 1})).status_code == 200
    assert (await cell_of(*where))["state"] == "few_left"
