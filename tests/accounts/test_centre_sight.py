"""An agent of the centres sees the children whom the team looks after, and no others."""

from uuid import uuid4

import pytest

from chassis.auth import Audience
from support.health import put_health

PATHS = (
    "/v1/staff/families/{family_id}",
    "/v1/staff/families/{family_id}/documents",
    "/v1/staff/children/{child_id}/health",
    "/v1/staff/children/{child_id}/sheet.pdf",
    "/v1/staff/children/{child_id}/complete-sheet.pdf",
    "/v1/staff/changes/{request_id}",
    "/v1/staff/changes/{request_id}/health",
)


@pytest.fixture
async def two_files(accounts, teams):
    """One family of the team's centre, and one of another's; each with a change that waits."""
    files = []
    for identifier in ("noisetier", "bleuet"):
        family = await accounts.add_family(identifier)
        child = family["children"][0]["child_id"]
        version = (await put_health(accounts, child)).json()["version"]
        token = (await accounts.sign_in(identifier)).json()["token"]
        asked = {"request_id": str(uuid4()), "version": version, "record": {}}
        made = await accounts.call("POST", f"/v1/me/children/{child}/health", asked, token=token)
        assert made.status_code == 201, made.text
        files.append(
            {"family_id": family["family_id"], "child_id": child, "request_id": asked["request_id"]}
        )
    teams.seen = [{name: files[0][name] for name in ("child_id", "family_id")}]
    return files


async def test_a_team_opens_its_own_children_and_nobody_elses(accounts, two_files):
    own, other = two_files
    centre = await accounts.token(Audience.CENTRE)
    for path in PATHS:
        opened = await accounts.call("GET", path.format(**own), token=centre)
        assert opened.status_code == 200, (path, opened.text)
        for refused in (other, {name: uuid4() for name in other}):
            answer = await accounts.call("GET", path.format(**refused), token=centre)
            assert answer.status_code in (403, 404), (path, answer.text)
    # By another role of theirs that the door is for, everything is seen again.
    both = await accounts.token(Audience.CENTRE, Audience.SECRETARIAT)
    for path in PATHS:
        answer = await accounts.call("GET", path.format(**other), token=both)
        assert answer.status_code == 200, path
    # A role that the door is not for widens nothing.
    billing_too = await accounts.token(Audience.CENTRE, Audience.CASH_OFFICE)
    health = PATHS[2].format(**other)
    assert (await accounts.call("GET", health, token=billing_too)).status_code == 403


async def test_lists_hold_the_teams_own_families_only(accounts, two_files):
    own, other = two_files
    centre = await accounts.token(Audience.CENTRE)
    for q in ("", "Noisetier"):
        path = f"/v1/staff/families?q={q}"
        found = (await accounts.call("GET", path, token=centre)).json()
        assert [one["family_id"] for one in found["items"]] == [own["family_id"]]
        assert found["total"] == 1
    table = (await accounts.call("GET", "/v1/staff/exports/families.csv", token=centre)).text
    assert len(table.strip().splitlines()) == 2
    body = {"child_ids": [own["child_id"], other["child_id"]], "day": "2026-11-24"}
    roster = await accounts.call("POST", "/v1/staff/rosters", body, token=centre)
    assert [one["child_id"] for one in roster.json()["items"]] == [own["child_id"]]


async def test_while_enrolment_is_away_a_team_is_told_so_and_shown_nothing(
    accounts, two_files, teams
):
    teams.away = True
    centre = await accounts.token(Audience.CENTRE)
    for path in (*PATHS, "/v1/staff/families"):
        answer = await accounts.call("GET", path.format(**two_files[0]), token=centre)
        assert answer.status_code == 503, path
