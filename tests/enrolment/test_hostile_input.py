"""Whatever is sent, the answer is a problem with a 4xx status, never a 500."""

import json
from typing import Any
from uuid import uuid4

import pytest

from chassis.auth import Audience

from .conftest import WEDNESDAY, Enrolment, Offer, Person, asking

LOU = "2019-05-04"


def _is_problem(answer: Any) -> bool:
    kind = answer.headers["content-type"].startswith("application/problem+json")
    return 400 <= answer.status_code < 500 and kind and answer.json()["type"].startswith("urn:")


@pytest.fixture
async def family(enrolment: Enrolment) -> Person:
    return await enrolment.family(LOU)


async def test_submissions_that_make_no_sense(
    enrolment: Enrolment, wednesdays: Offer, family: Person
) -> None:
    (lou,) = family.children
    whole = wednesdays.slots["Journée"]
    good = asking((lou, whole, WEDNESDAY))
    line = good["lines"][0]
    for wrong in (
        {},
        [],
        None,
        {**good, "kind": "booking.cancel"},
        {**good, "kind": "booking.request\x00"},
        {**good, "request_id": "1"},
        {**good, "lines": []},
        {**good, "lines": [line, line]},
        {**good, "lines": [line] * 201},
        {**good, "lines": [{**line, "day": "0001-01-01"}]},
        {**good, "lines": [{**line, "day": "9999-12-31"}]},
        {**good, "lines": [{**line, "day": "2026-02-30"}]},
        {**good, "lines": [{**line, "day": None}]},
        {**good, "lines": [{**line, "slot_id": str(uuid4())}]},
        {**good, "lines": [{**line, "child_id": str(uuid4())}]},
        {**good, "lines": [{**line, "child_id": "\x00"}]},
        {**good, "state": "accepted"},
    ):
        answer = await family.post("/v1/me/requests", wrong)
        assert _is_problem(answer), (wrong, answer.status_code, answer.text)
    for raw in (b"{", b"\xff\xfe", b"[" * 5000, b'{"request_id": 1e999}', b"x" * (2 << 20)):
        answer = await family.post_raw("/v1/me/requests", raw)
        assert _is_problem(answer), (raw[:20], answer.status_code, answer.text)
    assert (await enrolment.rows("SELECT count(*) FROM requests"))[0][0] == 0


async def test_a_list_of_two_hundred_lines_is_answered_line_by_line(
    enrolment: Enrolment, wednesdays: Offer, family: Person
) -> None:
    (lou,) = family.children
    days = [f"20{year}-{month:02d}-{day:02d}" for year in (27, 28, 98) for month in (1, 3, 5)
            for day in range(1, 24)][:200]  # fmt: skip
    body = asking(*((lou, wednesdays.slots["Journée"], day) for day in days))
    answer = await family.post("/v1/me/requests", body)
    assert answer.status_code == 201, answer.text
    outcomes = {line["day"]: line for line in answer.json()["lines"]}
    assert outcomes["2027-01-06"]["outcome"] == "requested"
    assert outcomes["2027-01-05"]["reason"] == "Cette activité n’a pas lieu ce jour-là."
    assert outcomes["2098-01-01"]["why"] == "not_running"


async def test_questions_that_make_no_sense(enrolment: Enrolment, family: Person) -> None:
    for path, params in (
        ("/v1/me/agenda", {}),
        ("/v1/me/agenda", {"month": "2026-13"}),
        ("/v1/me/agenda", {"month": "2026-1"}),
        ("/v1/me/agenda", {"month": "2026-12\n"}),
        ("/v1/me/agenda", {"month": "\x00"}),
        ("/v1/me/agenda", {"month": "2026-12", "child_id": "x"}),
        ("/v1/me/agenda", {"month": "2026-12", "child_id": str(uuid4())}),
        ("/v1/me/week", {"from": "9999-12-31"}),
        ("/v1/me/week", {"from": "demain"}),
        ("/v1/me/agenda/cell", {"child_id": str(uuid4())}),
        ("/v1/me/requests", {"page": 0}),
        ("/v1/me/requests", {"page": 10**30}),
        ("/v1/me/requests", {"scope": "\x00"}),
        (f"/v1/me/requests/{uuid4()}", {}),
        ("/v1/me/requests/1", {}),
        ("/v1/me/nothing", {}),
    ):
        answer = await family.get(path, **params)
        assert _is_problem(answer), (path, params, answer.status_code, answer.text)


async def test_months_far_from_the_published_calendar_are_empty_not_broken(
    enrolment: Enrolment, wednesdays: Offer, family: Person
) -> None:
    for month in ("2000-01", "2099-12"):
        answer = await family.get("/v1/me/agenda", month=month)
        assert answer.status_code == 200
        assert [cell for day in answer.json()["days"] for cell in day["cells"]] == []


async def test_decisions_and_a_catalogue_that_make_no_sense(
    enrolment: Enrolment, wednesdays: Offer, family: Person
) -> None:
    agent = enrolment.staff(Audience.SECRETARIAT, Audience.ADMIN)
    body = asking((family.children[0], wednesdays.slots["Journée"], WEDNESDAY))
    await family.post("/v1/me/requests", body)
    refuse = f"/v1/staff/requests/{body['request_id']}/refuse"
    for path, wrong in (
        (refuse, {"version": 1, "reason": "a\x00b"}),
        (refuse, {"version": 1, "reason": "x" * 501}),
        (refuse, {"version": 10**30, "reason": "Non"}),
        (refuse, {"version": 2, "reason": "Non"}),
        (f"/v1/staff/requests/{uuid4()}/accept", {"version": 1}),
        ("/v1/staff/centres", {"name": ""}),
        ("/v1/staff/centres", {"name": "Les Libellules"}),
        ("/v1/staff/closures", {"first_day": "2026-12-02", "last_day": "2026-12-01", "label": "x"}),
        ("/v1/staff/closures", {**_CLOSED, "centre_id": str(uuid4())}),
        ("/v1/staff/activities", {}),
        (f"/v1/staff/activities/{uuid4()}/open-days", {"from": "2026-12-01", "to": "2026-12-31"}),
        (
            f"/v1/staff/activities/{wednesdays.activity_id}/open-days",
            {"from": "2098-12-01", "to": "2098-12-31"},
        ),
    ):
        answer = await agent.post(path, wrong)
        assert _is_problem(answer), (path, wrong, answer.status_code, answer.text)
    lone = json.dumps({"version": 1, "reason": "?"}).replace("?", "\\ud800").encode()
    assert _is_problem(await agent.post_raw(refuse, lone))


_CLOSED = {"first_day": "2026-12-02", "last_day": "2026-12-03", "label": "Travaux"}


async def test_without_a_token_or_with_another_role_nothing_opens(
    enrolment: Enrolment, family: Person
) -> None:
    assert (await enrolment.client.get("/v1/me/agenda?month=2026-12")).status_code == 401
    assert (await family.get("/v1/staff/requests")).status_code == 403
    agent = enrolment.staff(Audience.CASH_OFFICE)
    assert (await agent.get("/v1/me/agenda", month="2026-12")).status_code == 403
    assert (await agent.get("/v1/staff/requests")).status_code == 403
