"""The notes of a roster: for those who look after children, noted, and never more than needed."""

from uuid import uuid4

from chassis.auth import STAFF, Audience
from support.health import SECRET, child_of, put_health

ROSTERS = "/v1/staff/rosters"


async def test_a_team_reads_what_it_must_know_and_the_family_sees_it_once(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    await put_health(accounts, child)
    body = {"child_ids": [child, str(uuid4())], "day": "2026-11-24"}
    answer = await accounts.as_staff("POST", ROSTERS, body, role=Audience.CENTRE)
    assert answer.status_code == 200
    (note,) = answer.json()["items"]
    assert note["child_id"] == child
    assert set(note) == {"child_id", "diet", "care_plan", "allergies"}
    assert SECRET not in str(note.get("care_plan"))
    reads = (await accounts.call("GET", "/v1/me/reads", token=token)).json()["items"]
    assert [(one["act"], one["purpose"]) for one in reads] == [
        ("read", "care"),
        ("recorded", "front_desk"),
    ]


async def test_only_those_who_look_after_children_may_ask(accounts):
    child = await child_of(accounts)
    body = {"child_ids": [child], "day": "2026-11-24"}
    for role in STAFF:
        answer = await accounts.as_staff("POST", ROSTERS, body, role=role)
        allowed = role in (Audience.SECRETARIAT, Audience.CENTRE)
        assert answer.status_code == (200 if allowed else 403)
    token = (await accounts.sign_in()).json()["token"]
    assert (await accounts.call("POST", ROSTERS, body, token=token)).status_code == 403
