"""Who works only in centres sees what is asked of these centres, and nothing else."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.auth import Audience
from chassis.identifiers import new_id
from portail_contracts.accounts import StaffMemberRecorded

from .conftest import QUEUE, Reader, words

TEAMS = "/console/equipes"


async def in_a_centre(enrolment: Any, reader: Any) -> tuple[Reader, str]:
    """An agent of the centres whose facts have arrived, in no team yet."""
    agent = reader(Audience.CENTRE, name="Alix Péan")
    staff_id = enrolment.principals[agent.token].id
    await enrolment.handle(
        StaffMemberRecorded(version=1, staff_id=UUID(staff_id), name="Alix Péan", roles=("centre",))
    )
    return agent, str(staff_id)


async def test_an_agent_sees_the_requests_of_the_centres_of_the_team(ask, reader, enrolment):
    request = await ask()
    agent, staff_id = await in_a_centre(enrolment, reader)
    address = f"{QUEUE}/{request['request_id']}"
    blind = words(await agent.open(QUEUE))
    assert "Aucun centre ne vous est confié" in blind
    assert request["number"] not in blind
    for hidden in (address, f"{address}/accuse.pdf", f"/v1/staff/requests/{request['request_id']}"):
        assert (await agent.open(hidden)).status_code == 404
    assert (await agent.open("/v1/staff/requests")).json()["total"] == 0
    admin = reader(Audience.ADMIN)
    (centre,) = await enrolment.rows("SELECT centre_id FROM centres")
    assert "Alix Péan" in words(await admin.open(TEAMS))
    done = await admin.send(f"{TEAMS}/{staff_id}", centre=str(centre.centre_id))
    assert done.status_code == 303
    seen = words(await agent.open(QUEUE))
    assert request["number"] in seen
    assert "1\u00a0à décider" in seen
    assert (await agent.open(address)).status_code == 200
    assert (await agent.open("/v1/staff/requests")).json()["total"] == 1


async def test_accounts_is_told_whom_a_team_looks_after(ask, reader, enrolment):
    request = await ask()
    _, staff_id = await in_a_centre(enrolment, reader)
    (child,) = await enrolment.rows("SELECT child_id, family_id FROM bookings LIMIT 1")
    service = enrolment.staff(Audience.SERVICE)

    async def seen(**named: list[str]) -> Any:
        body = {"staff_id": staff_id, **named}
        answer = await service.post("/v1/internal/centre-sight", body)
        assert answer.status_code == 200, answer.text
        return answer.json()["children"]

    admin = reader(Audience.ADMIN)
    creator = enrolment.staff(Audience.ADMIN)
    other = (await creator.post("/v1/staff/centres", {"name": "Le Préau"})).json()["centre_id"]
    await admin.send(f"{TEAMS}/{staff_id}", centre=other)
    assert await seen() == []
    (centre,) = await enrolment.rows("SELECT centre_id FROM centres WHERE name != 'Le Préau'")
    await admin.send(f"{TEAMS}/{staff_id}", centre=str(centre.centre_id))
    own = [{"child_id": str(child.child_id), "family_id": str(child.family_id)}]
    assert request["number"]
    assert await seen() == own
    assert await seen(child_ids=[str(child.child_id)], family_ids=[str(child.family_id)]) == own
    assert await seen(child_ids=[str(new_id())]) == await seen(child_ids=[]) == []
    # Days of long ago bind no team to a child; and a role that is gone shows nobody.
    await enrolment.handle(
        StaffMemberRecorded(version=2, staff_id=UUID(staff_id), name="Alix", roles=("cash_office",))
    )
    assert await seen() == []
    await enrolment.handle(
        StaffMemberRecorded(version=3, staff_id=UUID(staff_id), name="Alix", roles=("centre",))
    )
    assert await seen() == own
    enrolment.clock.advance(timedelta(days=500))
    assert await seen() == []


async def test_another_centres_requests_stay_hidden(ask, reader, enrolment):
    request = await ask()
    agent, staff_id = await in_a_centre(enrolment, reader)
    creator = enrolment.staff(Audience.ADMIN)
    other = (await creator.post("/v1/staff/centres", {"name": "Le Préau"})).json()["centre_id"]
    admin = reader(Audience.ADMIN)
    await admin.send(f"{TEAMS}/{staff_id}", centre=other)
    assert "Rien n’attend de décision" in words(await agent.open(QUEUE))
    assert (await agent.open(f"{QUEUE}/{request['request_id']}")).status_code == 404
    await admin.send(f"{TEAMS}/{staff_id}")
    assert "Aucun centre ne vous est confié" in words(await agent.open(QUEUE))


async def test_who_decides_sees_all_whatever_the_teams(ask, reader, enrolment):
    request = await ask()
    for role in (Audience.SECRETARIAT, Audience.ADMIN, Audience.AUDITOR):
        both = reader(role, Audience.CENTRE)
        assert request["number"] in words(await both.open(QUEUE))


async def test_only_the_administration_makes_teams_of_what_exists(reader, enrolment, wednesdays):
    _, staff_id = await in_a_centre(enrolment, reader)
    (centre,) = await enrolment.rows("SELECT centre_id FROM centres")
    admin = reader(Audience.ADMIN)
    for wrong in ("x", str(new_id())):
        assert (await admin.send(f"{TEAMS}/{staff_id}", centre=wrong)).status_code == 422
    assert (
        await admin.send(f"{TEAMS}/{new_id()}", centre=str(centre.centre_id))
    ).status_code == 422
    for role in (Audience.SECRETARIAT, Audience.CENTRE, Audience.AUDITOR):
        answer = await reader(role).send(f"{TEAMS}/{staff_id}", centre=str(centre.centre_id))
        assert answer.status_code == 403
    assert await enrolment.rows("SELECT 1 FROM centre_teams") == []
