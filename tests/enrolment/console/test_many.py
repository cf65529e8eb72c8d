"""Many requests accepted at once: each line says what became of it."""

from typing import Any
from uuid import uuid4

from chassis.auth import Audience

from .conftest import NOBODY, QUEUE, Reader, state_of, words

MANY = f"{QUEUE}/accepter"


async def tick(agent: Reader, *chosen: str) -> Any:
    return await agent.client.post(
        MANY, data={"selected": list(chosen)}, headers={"Authorization": f"Bearer {agent.token}"}
    )


def box(request: dict[str, Any], version: int = 1) -> str:
    return f"{request['request_id']}:{version}"


async def test_each_ticked_request_is_accepted_and_each_line_says_so(ask, reader, enrolment):
    first, second = await ask(name="Noisetier"), await ask("2026-12-09", name="Bleuet")
    left = await ask("2026-12-16", name="Genêt")
    page = await tick(reader(), box(first), box(second))
    assert page.status_code == 200
    said = words(page)
    assert "2\u00a0demandes acceptées. Les familles en sont prévenues." in said
    assert first["number"] in said
    assert "Bleuet" in said
    assert [await state_of(enrolment, one) for one in (first, second, left)] == [
        ("applied", None),
        ("applied", None),
        ("pending", None),
    ]
    assert "1\u00a0à décider" in words(await reader().open(QUEUE))


async def test_one_that_was_decided_meanwhile_does_not_stop_the_others(ask, reader, enrolment):
    taken, free = await ask(name="Noisetier"), await ask("2026-12-09", name="Bleuet")
    other = reader(name="Camille Roy")
    await other.send(f"{QUEUE}/{taken['request_id']}/refuser", version="1", reason="Complet")
    page = await tick(reader(), box(taken), f"{uuid4()}:1", box(free))
    said = words(page)
    assert "1\u00a0demande acceptée, 2\u00a0ne l’ont pas été." in said
    assert "déjà été refusée par Camille Roy" in said
    assert "n’existe pas, ou plus" in said
    assert said.index("Camille Roy") < said.index(free["number"]), "what is left to do comes first"
    assert await state_of(enrolment, free) == ("applied", None)


async def test_sending_the_same_boxes_twice_accepts_once(ask, reader, enrolment):
    request = await ask()
    agent = reader()
    await tick(agent, box(request))
    again = words(await tick(agent, box(request)))
    assert "0\u00a0demande acceptée, 1\u00a0ne l’a pas été." in again
    steps = await enrolment.rows("SELECT 1 FROM request_transitions WHERE step = 'accept'")
    assert len(steps) == 1


async def test_nothing_ticked_is_said_on_the_list(ask, reader):
    await ask()
    page = await tick(reader())
    assert page.status_code == 422
    assert "Cochez au moins une demande." in words(page)


BOXES_THAT_ARE_NOT_OURS_CASES = ["x", f"{NOBODY}:", f"{NOBODY}:1e3", "g" * 36 + ":1", "-" * 36]


async def test_boxes_that_are_not_ours_change_nothing(ask, reader, enrolment):
    request = await ask()
    for wrong in BOXES_THAT_ARE_NOT_OURS_CASES:
        page = await tick(reader(), box(request), wrong)
        assert page.status_code == 422
        assert await state_of(enrolment, request) == ("pending", None)


async def test_only_who_may_decide_can_tick(ask, reader, enrolment):
    request = await ask()
    assert 'name="selected"' in (await reader().open(QUEUE)).text
    for role in (Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR):
        assert 'name="selected"' not in (await reader(role).open(QUEUE)).text
        assert (await tick(reader(role), box(request))).status_code == 403
    assert 'name="selected"' not in (await reader().open(f"{QUEUE}?etat=acceptees")).text
    assert await state_of(enrolment, request) == ("pending", None)
