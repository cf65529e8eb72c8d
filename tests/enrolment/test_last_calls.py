"""Who is about to miss a cut-off, and whom a message to many is for: asked by messaging."""

from datetime import timedelta

import pytest

from chassis.auth import Audience

from .conftest import WEDNESDAY, Enrolment, Offer, asking, booked, open_wednesdays

LOU = "2019-05-04"
MONDAY = "2026-11-30"
CUT_OFF = "2026-11-26T11:00:00Z"
"""Thursday noon in winter."""

LAST_WEEK = "2026-11-25"


async def called(enrolment: Enrolment) -> list[dict[str, str]]:
    service = enrolment.staff(Audience.SERVICE)
    answer = await service.get("/v1/internal/last-calls")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def booked_then(enrolment: Enrolment, offer: Offer, day: str, **more: str) -> object:
    person = await enrolment.family(LOU, **more)
    await booked(enrolment, person, offer.slots["Journée"], day)
    return person.family_id


async def test_who_usually_comes_and_asked_for_nothing_is_called_the_day_before(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    enrolment.clock.advance(-timedelta(days=14))
    usual = await booked_then(enrolment, wednesdays, LAST_WEEK, name="Bleuet")
    asking_again = await enrolment.family(LOU, name="Genêt")
    for day in (LAST_WEEK, WEDNESDAY):
        line = (asking_again.children[0], wednesdays.slots["Journée"], day)
        assert (await asking_again.post("/v1/me/requests", asking(line))).status_code == 201
    await enrolment.family(LOU, name="Sureau")
    enrolment.clock.advance(timedelta(days=14))
    assert await called(enrolment) == [], "Tuesday: the cut-off is two days away"
    enrolment.clock.advance(timedelta(hours=30))
    expected = [{"family_id": str(usual), "monday": MONDAY, "cut_off": CUT_OFF}]
    assert await called(enrolment) == expected
    enrolment.clock.advance(timedelta(hours=24))
    assert await called(enrolment) == [], "it has passed, and the later days are not spoken of"


@pytest.mark.parametrize("why", ["", "closed", "not open yet"])
async def test_the_enrolled_are_called_and_nobody_for_a_week_that_cannot_be_asked_for(
    enrolment: Enrolment, why: str
) -> None:
    window = {"first_day": MONDAY, "last_day": WEDNESDAY, "opens_at": "2026-11-27T08:00:00Z"}
    offer = await open_wednesdays(enrolment, windows=[window] if why == "not open yet" else [])
    person = await enrolment.family(LOU)
    await enrolment.run(
        "INSERT INTO requests (request_id, family_id, kind, number, state, version, submitted_at,"
        " channel, due_on, submitted_by) SELECT :id, :family, 'enrolment.open', 'D-1', 'applied',"
        " 1, now(), 'portal', current_date, 'Noisetier'",
        id=person.children[0],
        family=person.family_id,
    )
    await enrolment.run(
        "INSERT INTO enrolments (enrolment_id, request_id, family_id, child_id, activity_id,"
        " period, state, version) VALUES (:child, :child, :family, :child, :activity,"
        " '[2026-09-01,2027-07-02]', 'active', 1)",
        child=person.children[0],
        family=person.family_id,
        activity=offer.activity_id,
    )
    if why == "closed":
        admin = enrolment.staff(Audience.ADMIN)
        closure = {"first_day": WEDNESDAY, "last_day": WEDNESDAY, "label": "Travaux"}
        answer = await admin.post("/v1/staff/closures", closure)
        assert answer.status_code == 201, answer.text
    enrolment.clock.advance(timedelta(hours=30))
    found = [one["family_id"] for one in await called(enrolment)]
    assert found == ([] if why else [str(person.family_id)])


async def test_a_message_to_many_is_for_families_with_a_place(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    has_place = await booked_then(enrolment, wednesdays, WEDNESDAY)
    waiting = await enrolment.family(LOU, name="Bleuet")
    line = (waiting.children[0], wednesdays.slots["Journée"], WEDNESDAY)
    assert (await waiting.post("/v1/me/requests", asking(line))).status_code == 201
    service = enrolment.staff(Audience.SERVICE)
    path = "/v1/internal/booked-families"
    of_activity = {"activity_id": str(wednesdays.activity_id)}
    found = (await service.get(path, **of_activity)).json()
    assert found == {"family_ids": [str(has_place)]}
    assert (await service.get(path, **of_activity, day="2026-12-09")).json()["family_ids"] == []
    assert (await service.get(path)).status_code == 422
    assert (await enrolment.staff().get(path)).status_code == 403
    assert (await waiting.get("/v1/internal/last-calls")).status_code == 403
