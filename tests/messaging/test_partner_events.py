"""Partners who come for their events: what they are given, in which order, and when not."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID

import aiohttp
import pytest

from chassis.auth import Audience, Principal
from chassis.broker.partners import Partner
from chassis.identifiers import new_id
from messaging.domain.cursors import Cursor
from messaging.partners import pulls
from messaging.partners.keeper import KEPT, Keeper
from messaging.store import kept_events, partner_keys, partners
from messaging.store.kept_events import Arrived
from messaging.use_cases import pull_events

BOOKING, BALANCE = "enrolment.booking.confirmed.v1", "billing.balance.changed.v1"
PATH = "/v1/partner-events"


def event(type_=BOOKING, centre=None) -> Arrived:
    event_id = new_id()
    return Arrived(event_id, type_, centre, json.dumps({"id": str(event_id)}).encode())


@pytest.fixture
def keep(messaging):
    async def kept(*arrived):
        now = messaging.runtime.clock.now()
        async with messaging.runtime.database.transaction() as transaction:
            await kept_events.keep(transaction.connection, arrived, now, now)

    return kept


@pytest.fixture
def let_in(messaging):
    async def added(name, *patterns, centres=(), key=None, overlap=timedelta(0)) -> dict[str, str]:
        key, now = key or f"key-of-{name}", messaging.runtime.clock.now()
        async with messaging.runtime.database.transaction() as transaction:
            connection = transaction.connection
            partner = Partner(name, patterns or ("#",), centres)
            await partners.add(connection, new_id(), partner, None, now)
            digest = pulls.digest_of(key)
            assert await partner_keys.give(connection, name, digest, now, now + overlap)
        return {"X-Api-Key": key}

    return added


@pytest.fixture
def ask(messaging):
    async def asked(key, status=200, **parameters):
        parameters = {name: value for name, value in parameters.items() if value is not None}
        answer = await messaging.client.get(PATH, headers=key, params=parameters)
        assert answer.status_code == status, answer.text
        if status == 200:
            assert answer.headers["cache-control"] == "no-store"
            assert "etag" not in answer.headers
        return answer.json()

    return asked


def ids(page) -> list[UUID]:
    return [UUID(one["id"]) for one in page["events"]]


async def read_all(ask, key, after=None, **parameters):
    found, more = [], True
    while more:
        page = await ask(key, after=after, **parameters)
        after, more = page["cursor"], page["more"]
        found += ids(page)
    return found, after


async def test_a_partner_reads_what_it_is_given_page_by_page_and_nothing_twice(
    messaging, keep, let_in, ask, monkeypatch
) -> None:
    monkeypatch.setattr(pull_events, "SCAN", 3)
    ours, theirs = new_id(), new_id()
    made = [event(BOOKING, centre) for centre in (ours, theirs, None)] + [event(BALANCE)]
    made += [event(BOOKING, ours) for _ in range(4)]
    all_, canteen = await let_in("all"), await let_in("canteen", "enrolment.#", centres=(ours,))
    assert (await ask(all_))["events"] == []
    start = (await ask(all_))["cursor"]
    latest = (await ask(canteen, after="latest"))["cursor"]
    await keep(*made[:5])
    await keep(*made[4:], made[0], made[0])  # doubles of the relay's
    assert (await read_all(ask, all_, start, limit=2))[0] == [one.event_id for one in made]
    wanted = [one.event_id for one in made if one.centre_id == ours]
    found, cursor = await read_all(ask, canteen, latest, limit=2)
    assert found == wanted == (await read_all(ask, canteen))[0]
    assert (await ask(canteen, after=cursor))["cursor"] == cursor
    admin = messaging.signed_in(Principal(str(new_id()), "A", frozenset({Audience.ADMIN})))
    sheets = (await messaging.client.get("/v1/staff/partners", headers=admin)).json()["items"]
    channels = {one["name"]: one["channels"][0] for one in sheets}
    assert [one["kind"] for one in channels.values()] == ["pull", "pull"], "and nothing at a broker"
    assert channels["canteen"]["standing"] == "current"
    assert channels["canteen"]["seen_at"]
    # Nothing for it is still progress: it need not be looked at again.
    await keep(*(event(BALANCE) for _ in range(8)))
    assert (await ask(canteen, after=cursor))["cursor"] != cursor
    monkeypatch.setattr(pull_events, "LARGEST_PAGE", 100)
    assert len((await ask(all_, limit=500))["events"]) == 2, "a page has a size, not only a length"


async def test_a_number_is_never_seen_before_a_lower_one(messaging, keep, let_in, ask) -> None:
    """The first to be given numbers is held back; the second must wait for it."""
    key = await let_in("all")
    first, second = event(), event()
    now = messaging.runtime.clock.now()
    async with messaging.runtime.database.transaction() as transaction:
        await kept_events.keep(transaction.connection, [first], now, now)
        other = asyncio.create_task(keep(second))
        waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
        waiting += " AND wait_event_type = 'Lock'"
        while not await messaging.rows(waiting):
            await asyncio.sleep(0.02)
        assert (await ask(key))["events"] == []
    await other
    assert ids(await ask(key)) == [first.event_id, second.event_id]


async def test_a_cursor_of_what_was_forgotten_or_of_another_database_is_refused(
    messaging, keep, let_in, ask
) -> None:
    key = await let_in("all")
    none = (await ask(key))["cursor"]
    await keep(old := event(), edge := event())
    messaging.runtime.clock.advance(KEPT + timedelta(seconds=1))
    await keep(event())
    await Keeper(messaging.runtime.database, [], messaging.runtime.clock).tidy()
    for expired in (none, str(Cursor.behind(1, old.event_id)), str(Cursor.behind(3, new_id()))):
        refused = await ask(key, 410, after=expired)
        assert refused["type"].endswith(":messaging.cursor-expired")
        assert "Reprenez sans « after »" in refused["detail"]
    assert (await ask(key, 410, after=str(Cursor(9))))["restart"] == "/api/events"
    assert len((await ask(key, after=str(Cursor.behind(2, edge.event_id))))["events"]) == 1
    assert len((await ask(key))["events"]) == 1
    for nonsense in ("x", "é", "A" * 24, str(Cursor(2**64 - 1))):
        assert "latest" in (await ask(key, 422, after=nonsense))["detail"]
    for wrong in ({"limit": 501}, {"limit": 0}, {"wait": 26}, {"after": "x" * 101}):
        await ask(key, 422, **wrong)


async def test_keys_are_kept_hashed_rotated_with_an_overlap_and_revoked_at_once(
    messaging, let_in, ask
) -> None:
    first = await let_in("cantine")
    second = await let_in("cantine", key="second", overlap=timedelta(days=7))
    await ask(first)
    await ask(second)
    messaging.runtime.clock.advance(timedelta(days=7))
    await ask(first, 401)
    for wrong in ({}, {"X-Api-Key": ""}, {"X-Api-Key": "second "[:5]}):
        assert (await ask(wrong, 401))["type"].endswith(":messaging.unknown-key")
    (kept,) = await messaging.rows("SELECT digest FROM partner_keys WHERE ends_at IS NULL")
    assert kept.digest == pulls.digest_of("second")
    assert b"second" not in kept.digest
    async with messaging.runtime.database.transaction() as transaction:
        await partners.revoke(transaction.connection, "cantine", messaging.runtime.clock.now())
    await ask(second, 401)


async def test_asking_too_often_is_answered_with_when_to_come_back(
    messaging, let_in, ask, monkeypatch
) -> None:
    monkeypatch.setattr(pulls, "AT_ONCE", 2)
    hasty, calm = await let_in("hasty"), await let_in("calm")
    await ask(hasty)
    await ask(hasty)
    assert (await ask(hasty, 429))["retry_after"] == 1
    await ask(calm)
    messaging.runtime.clock.advance(timedelta(seconds=1))
    await ask(hasty)


async def test_an_answer_waits_for_news_and_holds_no_connection(
    messaging, keep, let_in, monkeypatch
) -> None:
    monkeypatch.setattr(pulls, "WAITING_AT_MOST", 2)
    key, deaf = await let_in("all"), await let_in("deaf", "accounts.#")
    room = messaging.runtime.own.pulls
    pool = messaging.runtime.database.engine.pool
    async with messaging.served() as (address, server), aiohttp.ClientSession() as http:

        def get(headers, **parameters):
            parameters = {"wait": 25, **parameters}
            return http.get(address + PATH, headers=headers, params=parameters)

        async def page(headers, **parameters):
            async with get(headers, **parameters) as answer:
                return answer.status, await answer.json(content_type=None)

        async def until_waiting(many):
            async with asyncio.timeout(60):
                while room.waiting != many or pool.checkedout():
                    await asyncio.sleep(0.02)

        async with asyncio.timeout(60):
            told = asyncio.create_task(page(key))
            other = asyncio.create_task(page(deaf, wait=1))
            left = asyncio.create_task(page(key))
            await until_waiting(3)
            assert (await page(key))[0] == 429, "two of its questions wait already"
            left.cancel()
            await until_waiting(2)
            await keep(made := event())
            status, found = await told
            assert (status, ids(found)) == (200, [made.event_id])
            assert ids((await other)[1]) == [], "what is not for it does not end its waiting"
            revoked = asyncio.create_task(page(key, after=found["cursor"]))
            await until_waiting(1)
            async with messaging.runtime.database.transaction() as transaction:
                now = messaging.runtime.clock.now()
                await partners.revoke(transaction.connection, "all", now)
            await keep(event())
            assert (await revoked)[0] == 401, "who was revoked while it waited is told nothing"
            last = asyncio.create_task(page(deaf, after=found["cursor"]))
            await until_waiting(1)
            messaging.stop(server)
            assert (await last)[0] == 200, "a server that stops lets nobody wait"
