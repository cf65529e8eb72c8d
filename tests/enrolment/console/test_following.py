"""Who follows a request: taken, given, put back, and the second agent is told."""

from typing import Any
from uuid import UUID

import pytest

from chassis.auth import Audience
from chassis.identifiers import new_id
from portail_contracts.accounts import StaffMemberRecorded

from .conftest import QUEUE, Reader, words


@pytest.fixture
async def colleague(enrolment: Any) -> UUID:
    staff_id = new_id()
    await enrolment.handle(
        StaffMemberRecorded(
            version=1, staff_id=staff_id, name="Camille Roy", roles=("secretariat",)
        ),
        StaffMemberRecorded(version=1, staff_id=new_id(), name="Alix Péan", roles=("centre",)),
    )
    return staff_id


def own_id(enrolment: Any, agent: Reader) -> str:
    return str(enrolment.principals[agent.token].id)


async def test_a_request_is_taken_and_the_list_says_by_whom(ask, reader, enrolment, colleague):
    request = await ask()
    agent, address = reader(), f"{QUEUE}/{request['request_id']}"
    before = words(await agent.open(QUEUE))
    assert "Personne ne suit cette demande." in before
    assert "Alix Péan" not in before, "only who may decide can be given a request"
    done = await agent.send(f"{address}/prendre", holder="")
    assert done.status_code == 303
    said = words(await agent.open(done.headers["location"]))
    assert "Vous suivez cette demande (ce matin, 7\u00a0h)." in said
    assert "suivie par Dominique Lemoine" in said
    other = reader(name="Camille Roy")
    assert "Suivie par Dominique Lemoine" in words(await other.open(QUEUE))
    assert request["number"] in words(await agent.open(f"{QUEUE}?suivi=moi"))
    assert request["number"] not in words(await other.open(f"{QUEUE}?suivi=moi"))
    assert request["number"] not in words(await other.open(f"{QUEUE}?suivi=personne"))


async def test_it_is_given_to_a_colleague_put_back_and_all_of_it_is_history(
    ask, reader, enrolment, colleague
):
    request = await ask()
    agent, address = reader(), f"{QUEUE}/{request['request_id']}"
    await agent.send(f"{address}/confier", holder="", colleague=str(colleague))
    assert "Suivie par Camille Roy" in words(await agent.open(address))
    done = await agent.send(f"{address}/rendre", holder=str(colleague))
    assert done.status_code == 303
    said = words(await agent.open(address))
    assert "Confiée à Camille Roy ce matin, 7\u00a0h, Dominique Lemoine" in said
    assert "N’est plus suivie par Camille Roy" in said
    assert "Personne ne suit cette demande." in said


async def test_who_takes_second_is_told_and_takes_nothing(ask, reader, enrolment, colleague):
    request = await ask()
    first, second = reader(), reader(name="Camille Roy")
    address = f"{QUEUE}/{request['request_id']}"
    assert (await first.send(f"{address}/prendre", holder="")).status_code == 303
    late = await second.send(f"{address}/prendre", holder="")
    assert late.status_code == 409
    assert "suivie par Dominique Lemoine depuis que vous l’avez ouverte" in words(late)
    knowing = await second.send(f"{address}/prendre", holder=own_id(enrolment, first))
    assert knowing.status_code == 303
    assert "Vous suivez cette demande" in words(await second.open(address))


async def test_nobody_is_given_a_request_who_may_not_decide_it(ask, reader, enrolment, colleague):
    request = await ask()
    agent, address = reader(), f"{QUEUE}/{request['request_id']}"
    (pean,) = await enrolment.rows("SELECT staff_id FROM staff_members WHERE name = 'Alix Péan'")
    for wrong, status in ((str(pean.staff_id), 404), (str(new_id()), 404), ("", 422), ("x", 422)):
        answer = await agent.send(f"{address}/confier", holder="", colleague=wrong)
        assert answer.status_code == status
    assert await enrolment.rows("SELECT 1 FROM request_assignments") == []
    for verb in ("prendre", "rendre", "confier"):
        refused = await reader(Audience.CENTRE).send(f"{address}/{verb}", holder="")
        assert refused.status_code == 403
        unknown = await agent.send(f"{QUEUE}/{new_id()}/{verb}", holder="", colleague=str(new_id()))
        assert unknown.status_code == 404
