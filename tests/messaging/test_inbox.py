"""Decisions reach the inbox once, through the real handlers, on a real database."""

import asyncio
import json
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from portail_contracts.enrolment import Outcome

from .examples import Request


async def items(messaging, family_id, page=1):
    answer = await messaging.client.get(
        f"/v1/me/messages?page={page}", headers=messaging.as_family(family_id)
    )
    return answer.json()


async def unread(messaging, family_id):
    answer = await messaging.client.get("/v1/me/counts", headers=messaging.as_family(family_id))
    return answer.json()["unread"]


async def live(messaging, family_id):
    return await messaging.rows(
        "SELECT kind, data FROM live_events WHERE family_id = :family ORDER BY id",
        family=family_id,
    )


async def test_a_decision_becomes_one_message_with_its_words(messaging):
    family_id = new_id()
    request = Request(family_id)
    await messaging.handle(request.submitted(), request.decided())
    found = await items(messaging, family_id)
    (item,) = found["items"]
    assert item["subject"].startswith("Demande de réservation acceptée")
    assert item["about"] == {
        "kind": "booking.request",
        "topic": "request",
        "id": str(request.id),
        "request_id": str(request.id),
        "number": "D-2026-01342",
    }
    assert (item["read"], found["pages"], found["total"]) == (False, 1, 1)
    whole = await messaging.client.get(
        f"/v1/me/messages/{item['message_id']}", headers=messaging.as_family(family_id)
    )
    assert whole.json()["body"].split("\n\n")[0] == "Bonjour,"
    assert whole.json()["excerpt"] == item["excerpt"]
    (body,) = (row[0] for row in await messaging.rows("SELECT body FROM outbox"))
    posted = json.loads(bytes(body))
    assert posted["type"] == "messaging.message.posted.v1"
    assert posted["data"]["message_id"] == item["message_id"]
    assert posted["partitionkey"] == str(family_id)
    # The published fact says that there is a message, never its words.
    assert "Lou" not in bytes(body).decode()


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.permutations([0, 1, 1, 1, 1, 1, 2, 2, 3]))
async def test_facts_repeated_in_any_order_make_one_message_each(messaging, order):
    family_id = new_id()
    request, other = Request(family_id), Request(family_id)
    facts = (
        request.submitted(version=1),
        request.decided(version=2),
        other.decided(Outcome.REFUSED, version=2, reason="Complet"),
        other.submitted(version=1),
    )
    await messaging.handle(*(facts[number] for number in order))
    found = await items(messaging, family_id)
    assert sorted(item["about"]["request_id"] for item in found["items"]) == sorted(
        [str(request.id), str(other.id)]
    )
    events = await live(messaging, family_id)
    states = [data["state"] for kind, data in events if kind == "request"]
    last = {data["request_id"]: data["state"] for kind, data in events if kind == "request"}
    assert last == {str(request.id): "accepted", str(other.id): "refused"}
    assert states.count("accepted") == states.count("refused") == 1
    assert [data["unread"] for kind, data in events if kind == "counts"] == [1, 2]


async def test_five_simultaneous_announcements_make_one_message(messaging):
    family_id = new_id()
    request = Request(family_id)
    await asyncio.gather(*(messaging.handle(request.decided()) for _ in range(5)))
    assert (await items(messaging, family_id))["total"] == 1
    assert len(await messaging.rows("SELECT 1 FROM outbox")) == 1


async def test_pages_are_told_of_every_change_of_a_request(messaging):
    family_id = new_id()
    request = Request(family_id)
    await messaging.handle(request.submitted(), request.withdrawn())
    told = [data for _, data in await live(messaging, family_id)]
    assert [data["state"] for data in told] == ["pending", "withdrawn"]
    assert told[0] == {
        "request_id": str(request.id),
        "child_ids": [str(request.child_id)],
        "days": ["2026-11-25"],
        "state": "pending",
    }
    assert (await items(messaging, family_id))["total"] == 0


async def test_another_decision_on_the_same_request_is_another_message_of_its_thread(messaging):
    family_id = new_id()
    request = Request(family_id)
    await messaging.handle(
        request.decided(Outcome.ACCEPTED, version=2),
        request.decided(Outcome.REFUSED, version=4, reason="Erreur de saisie"),
    )
    assert (await items(messaging, family_id))["total"] == 2
    assert len(await messaging.rows("SELECT 1 FROM threads")) == 1


async def test_read_and_unread_change_the_count_and_tell_it_once(messaging):
    family_id = new_id()
    await messaging.handle(Request(family_id).decided(), Request(family_id).decided())
    first = (await items(messaging, family_id))["items"][0]["message_id"]
    headers = messaging.as_family(family_id)
    for verb, count in (("read", 1), ("read", 1), ("unread", 2), ("unread", 2), ("read", 1)):
        answer = await messaging.client.post(f"/v1/me/messages/{first}/{verb}", headers=headers)
        assert (answer.status_code, answer.content) == (204, b"")
        assert await unread(messaging, family_id) == count
    told = [data["unread"] for kind, data in await live(messaging, family_id) if kind == "counts"]
    assert told == [1, 2, 1, 2, 1]
    reads = [item["read"] for item in (await items(messaging, family_id))["items"]]
    assert reads == [True, False]


async def test_another_familys_message_does_not_exist(messaging):
    family_id, other = new_id(), new_id()
    await messaging.handle(Request(family_id).decided())
    message_id = (await items(messaging, family_id))["items"][0]["message_id"]
    stranger = messaging.as_family(other)
    address = f"/v1/me/messages/{message_id}"
    answers = [
        await messaging.client.get(address, headers=stranger),
        await messaging.client.post(f"{address}/read", headers=stranger),
        await messaging.client.post(f"{address}/unread", headers=stranger),
        await messaging.client.get(f"/v1/me/messages/{new_id()}", headers=stranger),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    problems = [answer.json() | {"correlation_id": ""} for answer in answers]
    assert all(problem == problems[-1] for problem in problems)
    assert (await items(messaging, other))["total"] == 0
    assert await unread(messaging, family_id) == 1


async def test_the_inbox_comes_by_twenty_newest_first(messaging):
    family_id = new_id()
    requests = [Request(family_id) for _ in range(23)]
    await messaging.handle(*(request.decided() for request in requests))
    first, second = await items(messaging, family_id), await items(messaging, family_id, page=2)
    assert (len(first["items"]), len(second["items"])) == (20, 3)
    assert (first["total"], first["pages"]) == (23, 2)
    shown = [item["about"]["request_id"] for item in first["items"] + second["items"]]
    assert shown == [str(request.id) for request in reversed(requests)]


HOSTILE = [
    "<script>alert('x')</script>",
    "🙂👩‍👧 \u202eà l’envers",
    "'; DROP TABLE messages; --",
    "a\r\nevent: counts\r\ndata: {}\r\n\r\n",
    "x" * 500,
]


@pytest.mark.parametrize("reason", HOSTILE)
async def test_hostile_text_in_a_reason_stays_text(messaging, reason):
    family_id = new_id()
    await messaging.handle(Request(family_id).decided(Outcome.REFUSED, reason=reason))
    message_id = (await items(messaging, family_id))["items"][0]["message_id"]
    answer = await messaging.client.get(
        f"/v1/me/messages/{message_id}", headers=messaging.as_family(family_id)
    )
    assert answer.headers["content-type"] == "application/json"
    assert f"Motif\u00a0: {reason}" in answer.json()["body"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/me/messages"),
        ("GET", "/v1/me/messages/{id}"),
        ("POST", "/v1/me/messages/{id}/read"),
        ("POST", "/v1/me/messages/{id}/unread"),
        ("GET", "/v1/me/counts"),
        ("GET", "/v1/me/stream"),
    ],
)
async def test_every_door_is_for_families_only(messaging, method, path):
    address = path.format(id=new_id())
    assert (await messaging.client.request(method, address)).status_code == 401
    for audience in set(Audience) - {Audience.ANYONE, Audience.FAMILY}:
        headers = messaging.signed_in(Principal(str(uuid4()), "Quelqu’un", frozenset({audience})))
        answer = await messaging.client.request(method, address, headers=headers)
        assert answer.status_code == 403
