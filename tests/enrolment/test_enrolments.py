"""Enrolments in activities and at school, and what becomes of a family's rows."""

from datetime import date
from typing import Any

import pytest
from icalendar import Calendar

from chassis.auth import Audience
from chassis.identifiers import new_id
from portail_contracts.accounts import ChildRecorded, FamilyErased, FamilyMerged, SameChild

from .conftest import WEDNESDAY, Enrolment, Offer, Person, asking, booked, cell_of, open_wednesdays

LOU, NOE = "2019-05-04", "2021-09-10"


@pytest.fixture
async def offer(enrolment: Enrolment) -> Offer:
    return await open_wednesdays(enrolment, needs_enrolment=True)


def _wanted(person: Person, offer: Offer, **more: Any) -> dict[str, Any]:
    return {
        "request_id": str(new_id()),
        "child_id": str(person.children[0]),
        "activity_id": str(offer.activity_id),
        "first_day": "2026-11-30",
        "last_day": "2027-07-02",
        **more,
    }


async def _accept(enrolment: Enrolment, request_id: str) -> None:
    agent = enrolment.staff(Audience.SECRETARIAT)
    answer = await agent.post(f"/v1/staff/requests/{request_id}/accept", {"version": 1})
    assert answer.status_code == 200, answer.text


async def test_a_day_needs_an_active_enrolment_where_the_activity_says_so(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU)
    (lou,), slot = family.children, offer.slots["Journée"]
    refused = await family.post("/v1/me/requests", asking((lou, slot, WEDNESDAY)))
    assert refused.json()["lines"][0]["why"] == "not_enrolled"
    assert "inscription" in (await cell_of(family, lou, slot, WEDNESDAY))["reason"]
    body = _wanted(family, offer)
    for status in (201, 200):
        sent = await family.post("/v1/me/enrolments", body)
        assert sent.status_code == status, sent.text
    assert sent.json()["object"] == (
        "Inscription, Lou, Mercredi (Les Libellules), du 30/11/2026 au 02/07/2027"
    )
    assert sent.json()["child_ids"] == [str(lou)]
    assert (await family.post("/v1/me/requests", asking((lou, slot, WEDNESDAY)))).status_code == 409
    await _accept(enrolment, body["request_id"])
    assert (await family.post("/v1/me/requests", asking((lou, slot, WEDNESDAY)))).status_code == 201
    (opened,) = [one for one in await enrolment.events() if one.type.endswith("opened.v1")]
    assert (opened.child_id, f"{opened.last_day}") == (lou, "2027-07-02")
    (listed,) = (await family.get("/v1/me/enrolments")).json()["activities"]
    assert (listed["state"], listed["activity_label"]) == ("active", "Mercredi")


@pytest.mark.parametrize(
    "more",
    [
        {"last_day": "2026-11-29"},
        {"first_day": "2025-09-01", "last_day": "2026-07-01"},
        {"first_day": "2026-11-30", "last_day": "2028-07-01"},
    ],
)
async def test_a_period_that_makes_no_sense_is_refused(
    enrolment: Enrolment, offer: Offer, more: dict[str, str]
) -> None:
    family = await enrolment.family(LOU)
    answer = await family.post("/v1/me/enrolments", _wanted(family, offer, **more))
    assert answer.status_code == 409
    assert not await enrolment.rows("SELECT 1 FROM requests")


async def test_a_child_is_enrolled_once_for_a_period(enrolment: Enrolment, offer: Offer) -> None:
    family = await enrolment.family(LOU)
    await family.post("/v1/me/enrolments", _wanted(family, offer))
    twice = await family.post("/v1/me/enrolments", _wanted(family, offer))
    assert (twice.status_code, twice.json()["type"]) == (
        409,
        "urn:portail:problem:enrolment.not-possible",
    )
    assert len(await enrolment.rows("SELECT 1 FROM requests")) == 1


async def test_ending_an_enrolment_shows_and_then_cancels_what_was_booked_after_it(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU)
    body = _wanted(family, offer)
    await family.post("/v1/me/enrolments", body)
    await _accept(enrolment, body["request_id"])
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY, "2026-12-16")
    (listed,) = (await family.get("/v1/me/enrolments")).json()["activities"]
    agent = enrolment.staff(Audience.SECRETARIAT)
    address = f"/v1/staff/enrolments/{listed['enrolment_id']}/end"
    seen = await agent.post(address, {"last_day": "2026-12-09"})
    assert (seen.status_code, seen.json()["impact"]["total"]) == (409, 1)
    ended = await agent.post(address, {"last_day": "2026-12-09", "confirmed": True})
    assert ended.status_code == 204
    lou, slot = family.children[0], offer.slots["Journée"]
    assert (await cell_of(family, lou, slot, WEDNESDAY))["state"] == "booked"
    assert (await cell_of(family, lou, slot, "2026-12-16"))["state"] == "closed"
    (fact,) = [one for one in await enrolment.events() if one.type.endswith("ended.v1")]
    assert f"{fact.last_day}" == "2026-12-09"


async def test_a_child_who_leaves_its_file_leaves_its_days_and_enrolments(
    enrolment: Enrolment, offer: Offer
) -> None:
    family = await enrolment.family(LOU)
    for first, last in (("2026-11-01", "2026-12-10"), ("2027-01-04", "2027-06-30")):
        body = {**_wanted(family, offer), "first_day": first, "last_day": last}
        assert (await family.post("/v1/me/enrolments", body)).status_code == 201
        await _accept(enrolment, body["request_id"])
    await booked(enrolment, family, offer.slots["Journée"], WEDNESDAY)
    child_id = family.children[0]
    ids = {"family_id": family.family_id, "child_id": child_id}
    who = {"given_name": "Lou", "family_name": "Noisetier", "born_on": date.fromisoformat(LOU)}
    left = ChildRecorded(version=2, left_on=date(2026, 11, 24), **ids, **who)
    await enrolment.handle(left)

    agenda = (await family.get("/v1/me/agenda", month=WEDNESDAY[:7])).json()
    assert agenda["children"] == []
    await enrolment.handle(left)  # told twice, done once
    facts = await enrolment.events()
    (cancelled,) = [one for one in facts if one.type.endswith("booking.cancelled.v1")]
    assert f"{cancelled.day}" == WEDNESDAY
    ended = [one for one in facts if one.type.endswith("ended.v1")]
    assert [f"{one.last_day}" for one in ended] == ["2026-11-24"] * 2
    states = await enrolment.rows("SELECT state, upper(period)::text FROM enrolments ORDER BY 2")
    assert states == [("ended", "2026-11-25"), ("withdrawn", "2027-07-01")]
    counts = await enrolment.rows("SELECT booked FROM places WHERE booked > 0")
    assert counts == []
    # A parent who still has the page open asks for a child that is not there.
    enrolment.accounts.families[family.family_id] = {
        "family_id": str(family.family_id),
        "version": 1,
        "reference": "F-0001",
        "name": "Noisetier",
        "children": [],
    }
    late = await family.post(
        "/v1/me/requests", asking((child_id, offer.slots["Journée"], WEDNESDAY))
    )
    assert late.status_code == 404
    # The requests stay, and the child comes back to an empty agenda.
    assert len((await family.get("/v1/me/requests")).json()["items"]) == 3
    await enrolment.handle(ChildRecorded(version=3, **ids, **who), left)
    agenda = (await family.get("/v1/me/agenda", month=WEDNESDAY[:7])).json()
    assert [one["given_name"] for one in agenda["children"]] == ["Lou"]


async def test_a_school_enrolment_is_asked_for_accepted_and_listed(enrolment: Enrolment) -> None:
    admin = enrolment.staff(Audience.ADMIN)
    school = (await admin.post("/v1/staff/schools", {"name": "École Jean-Moulin"})).json()
    family = await enrolment.family(NOE)
    choices = (await family.get("/v1/me/schools")).json()
    assert [one["name"] for one in choices["schools"]] == ["École Jean-Moulin"]
    assert choices["years"] == [2026, 2027]
    body = {
        "request_id": str(new_id()),
        "child_id": str(family.children[0]),
        "school_id": school["school_id"],
        "level": "MS",
        "school_year": 2027,
        "documents": ["address"],
    }
    wrong = await family.post("/v1/me/school-enrolments", {**body, "level": "Bac"})
    assert wrong.status_code == 409
    sent = await family.post("/v1/me/school-enrolments", body)
    assert sent.status_code == 201, sent.text
    assert sent.json()["object"] == (
        "Inscription scolaire, Lou, École Jean-Moulin, Moyenne section, 2027-2028"
    )
    await _accept(enrolment, body["request_id"])
    (listed,) = (await family.get("/v1/me/enrolments")).json()["schools"]
    assert (listed["state"], listed["level_label"]) == ("active", "Moyenne section")


async def test_a_calendar_is_secret_revocable_and_says_what_was_cancelled(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family, other = await enrolment.family(LOU), await enrolment.family(NOE)
    slot = wednesdays.slots["Journée"]
    await booked(enrolment, family, slot, WEDNESDAY)
    asked = asking((family.children[0], slot, "2026-12-09"))
    await family.post("/v1/me/requests", asked)
    made = (await family.post("/v1/me/calendar-feeds")).json()
    address = f"/v1/calendar-feeds/{made['secret']}"

    def events(content: bytes) -> dict[str, tuple[str, int, str]]:
        return {
            f"{event['dtstart'].dt:%Y-%m-%d}": (
                str(event["status"]),
                int(event["sequence"]),
                str(event["uid"]),
            )
            for event in Calendar.from_ical(content).walk("VEVENT")
        }

    read = await enrolment.client.get(address)
    assert read.headers["content-type"] == "text/calendar; charset=utf-8"
    before = events(read.content)
    assert [one[0] for one in before.values()] == ["CONFIRMED", "TENTATIVE"]
    assert "Lou\\, Journée" in read.text
    await family.post(f"/v1/me/requests/{asked['request_id']}/withdraw")
    after = events((await enrolment.client.get(address)).content)
    assert after["2026-12-09"][0] == "CANCELLED"
    assert after["2026-12-09"][1] > before["2026-12-09"][1]
    assert after["2026-12-09"][2] == before["2026-12-09"][2]

    revoking = f"/v1/me/calendar-feeds/{made['feed_id']}/revoke"
    assert (await other.post(revoking)).status_code == 404
    assert (await family.post(revoking)).status_code == 204
    assert (await enrolment.client.get(address)).status_code == 404
    assert (await enrolment.client.get(f"/v1/calendar-feeds/{'x' * 43}")).status_code == 404
    assert made["secret"] not in str(await enrolment.rows("SELECT * FROM calendar_feeds"))


async def test_a_forgotten_family_leaves_no_name_and_its_places_are_free(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family = await enrolment.family(LOU, name="Aubépine")
    await booked(enrolment, family, wednesdays.slots["Journée"], WEDNESDAY)
    assert family.family_id is not None
    erased = FamilyErased(
        version=9,
        family_id=family.family_id,
        erasure_id=new_id(),
        erased_at=enrolment.clock.now(),
    )
    await enrolment.handle(erased, erased)
    assert (await enrolment.rows("SELECT sum(booked) FROM places"))[0][0] == 0
    (told,) = await enrolment.rows("SELECT body FROM outbox WHERE type LIKE '%booking.cancelled%'")
    assert WEDNESDAY in str(told), "the canteen, which knows no family, counts one less"
    for table in ("families", "children", "requests", "request_transitions", "bookings"):
        rows = str(await enrolment.rows(f"SELECT * FROM {table}"))
        assert "Aubépine" not in rows, table
        assert "Lou" not in rows, table


async def test_merged_families_have_their_rows_together(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    kept, absorbed = await enrolment.family(LOU), await enrolment.family(NOE)
    await booked(enrolment, absorbed, wednesdays.slots["Journée"], WEDNESDAY)
    assert kept.family_id is not None
    assert absorbed.family_id is not None
    merged = FamilyMerged(
        version=2,
        family_id=kept.family_id,
        absorbed_family_id=absorbed.family_id,
        child_ids=tuple(absorbed.children),
        merged_at=enrolment.clock.now(),
    )
    await enrolment.handle(merged, merged)
    cell = await cell_of(kept, absorbed.children[0], wednesdays.slots["Journée"], WEDNESDAY)
    assert cell["state"] == "booked"
    assert (await kept.get("/v1/me/requests")).json()["total"] == 1
    assert (await absorbed.get("/v1/me/requests")).json()["total"] == 0


async def test_a_child_who_stood_in_both_files_stays_only_where_days_were_asked(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    kept, absorbed = await enrolment.family(LOU), await enrolment.family(LOU, NOE)
    await booked(enrolment, absorbed, wednesdays.slots["Journée"], WEDNESDAY, child=1)
    assert kept.family_id is not None
    assert absorbed.family_id is not None
    twins = tuple(
        SameChild(child_id=kept.children[0], absorbed_child_id=child) for child in absorbed.children
    )
    merged = FamilyMerged(
        version=2,
        family_id=kept.family_id,
        absorbed_family_id=absorbed.family_id,
        child_ids=tuple(absorbed.children),
        same_children=twins,
        merged_at=enrolment.clock.now(),
    )
    await enrolment.handle(merged, merged)
    rows = await enrolment.rows("SELECT child_id FROM children")
    assert {row.child_id for row in rows} == {kept.children[0], absorbed.children[1]}
