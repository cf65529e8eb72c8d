"""One message to many families: each once, even when the telling is killed half-way."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import web

from chassis.identifiers import new_id
from messaging import crier
from messaging.use_cases import broadcast as telling

from .peers import played
from .test_desk import Agent, recorded
from .test_threads import Access

MANY = 40


class Died(BaseException):
    """What SIGKILL looks like from inside: nothing after it runs."""


@pytest.fixture
async def families(messaging):
    ids = [new_id() for _ in range(MANY)]
    await messaging.handle(*(recorded(one) for one in ids))
    return ids


@pytest.fixture
def agent(messaging):
    return Agent(messaging)


def sending(**audience):
    return {
        "broadcast_id": str(new_id()),
        "subject": "Grève mardi",
        "body": "Bonjour,\n\nLe centre sera fermé mardi.",
        "audience": {"whom": "everybody"} | audience,
    }


async def told(messaging):
    rows = await messaging.rows(
        "SELECT family_id, count(*) AS count FROM messages GROUP BY family_id"
    )
    return {row.family_id: row.count for row in rows}


async def test_recipients_are_counted_before_anything_is_sent(agent, families, messaging):
    preview = (await agent.ask("POST", "/broadcasts/preview", json={"whom": "everybody"})).json()
    assert (preview["count"], preview["label"]) == (MANY, "Toutes les familles")
    assert preview["some"][0] == "Noisetier"
    assert await told(messaging) == {}
    nobody = await agent.ask("POST", "/broadcasts/preview", json={"whom": "centre"})
    assert (nobody.status_code, nobody.json()["field"]) == (422, "audience")


async def test_a_broadcast_killed_at_any_family_tells_each_once(
    agent, families, messaging, monkeypatch, clock
):
    body = sending()
    for _ in range(2):
        assert (await agent.ask("POST", "/broadcasts", json=body)).status_code == 201
    runtime = messaging.runtime
    lives = 0

    def die(point):
        nonlocal lives
        lives += 1
        if point == telling.AFTER_ONE and lives % 7 == 0:
            raise Died

    monkeypatch.setattr(telling.crash_points, "reach", die)
    deaths = 0
    for _ in range(MANY):
        try:
            await crier.Crier(runtime.database, clock).work()
            break
        except Died:
            deaths += 1
    assert deaths == MANY // 7
    assert await told(messaging) == dict.fromkeys(families, 1)
    found = (await agent.ask("GET", f"/broadcasts/{body['broadcast_id']}")).json()
    assert (found["told"], found["total"]) == (MANY, MANY)
    assert found["ended_at"] is not None
    mails = await messaging.rows("SELECT 1 FROM mails WHERE category = 'news'")
    assert len(mails) == MANY


async def test_a_death_inside_the_transaction_leaves_that_family_untold(
    agent, families, messaging, monkeypatch, clock
):
    await agent.ask("POST", "/broadcasts", json=sending())

    async def die(*_):
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(telling.broadcasts, "mark_told", die)
        with pytest.raises(Died):
            await crier.Crier(messaging.runtime.database, clock).work()
    assert await told(messaging) == {}
    await crier.Crier(messaging.runtime.database, clock).work()
    assert await told(messaging) == dict.fromkeys(families, 1)


async def test_several_criers_at_once_tell_each_once(agent, families, messaging, clock):
    await agent.ask("POST", "/broadcasts", json=sending())
    database = messaging.runtime.database
    await asyncio.gather(*(crier.Crier(database, clock).work() for _ in range(4)))
    await crier.Crier(database, clock).work()
    assert await told(messaging) == dict.fromkeys(families, 1)


async def test_the_families_of_a_day_are_asked_from_enrolment_and_those_who_owe_from_billing(
    agent, families, messaging, clock
):
    asked = []

    async def answer(request):
        asked.append(str(request.rel_url))
        # One that is not known here was forgotten: it must not be written to.
        return web.json_response({"family_ids": [str(families[0]), str(new_id())]})

    async with played(messaging, answer):
        centre = {"whom": "centre", "id": str(new_id()), "name": "Le Préau", "day": "2026-11-25"}
        preview = (await agent.ask("POST", "/broadcasts/preview", json=centre)).json()
        assert preview["count"] == 1
        assert preview["label"].endswith("Le Préau, mercredi 25 novembre 2026")
        await agent.ask("POST", "/broadcasts", json=sending(whom="unpaid"))
        await crier.Crier(messaging.runtime.database, clock).work()
    assert await told(messaging) == {families[0]: 1}
    assert asked == [
        f"/v1/internal/booked-families?centre_id={centre['id']}&day=2026-11-25",
        "/v1/internal/unpaid-families",
    ]


async def test_a_family_answers_a_broadcast_in_a_thread_of_its_own(
    agent, families, messaging, clock
):
    await agent.ask("POST", "/broadcasts", json=sending())
    await crier.Crier(messaging.runtime.database, clock).work()
    parent, other = Access(messaging, families[0]), Access(messaging, families[1])
    (item,) = (await parent.threads())["items"]
    assert (item["subject"], item["about"]["topic"]) == ("Grève mardi", "news")
    clock.advance(timedelta(minutes=1))
    await parent.answer(item["thread_id"], "Merci")
    assert (await other.ask("GET", f"/threads/{item['thread_id']}")).status_code == 404
    assert (await agent.queue())["total"] == 1
