"""The staff's side: the queue, answers, notes, following, passing on, closing, replies ready."""

import asyncio
import json
from datetime import timedelta

import pytest

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from portail_contracts.accounts import FamilyRecorded, GuardianName

from .examples import Request
from .test_drafts import PDF, a_draft, attach
from .test_threads import Access
from .test_visitors import gateway, written  # noqa: F401 - a fixture


class Agent:
    """A member of staff at the console."""

    def __init__(self, messaging, *audiences, name="Dominique Roy"):
        self.staff_id = new_id()
        self._client = messaging.client
        self._headers = messaging.signed_in(
            Principal(str(self.staff_id), name, frozenset(audiences or {Audience.SECRETARIAT}))
        )

    async def ask(self, method, path, **options):
        return await self._client.request(
            method, f"/v1/staff{path}", headers=self._headers, **options
        )

    async def queue(self, **wanted):
        return (await self.ask("GET", "/threads", params=wanted)).json()

    async def thread(self, thread_id):
        return (await self.ask("GET", f"/threads/{thread_id}")).json()

    async def answer(self, thread_id, body="Bonjour, voici.", message_id=None, **more):
        sent = {"message_id": message_id or str(new_id()), "body": body} | more
        return await self.ask("POST", f"/threads/{thread_id}/messages", json=sent)


@pytest.fixture
def parent(messaging):
    return Access(messaging, new_id())


@pytest.fixture
def agent(messaging):
    return Agent(messaging)


def recorded(family_id, *guardians):
    return FamilyRecorded(
        version=1,
        family_id=family_id,
        reference="F-00042",
        name="Noisetier",
        resident=True,
        guardians=tuple(
            GuardianName(guardian_id=one, given_name="Ana", family_name="Noisetier")
            for one in guardians
        ),
    )


async def test_what_waits_longest_stands_first_and_leaves_when_it_is_answered(
    parent, agent, messaging, clock
):
    await messaging.handle(recorded(parent.family_id), Request(parent.family_id).decided())
    first = await parent.begin("Première")
    clock.advance(timedelta(minutes=5))
    second = await parent.begin("Seconde")
    found = await agent.queue()
    assert [one["thread_id"] for one in found["items"]] == [first, second]
    assert found["items"][0]["family_name"] == "Noisetier"
    assert found["counts"] == {"waiting": 2, "mine": 0}
    assert (await agent.answer(first)).status_code == 201
    found = await agent.queue()
    assert [one["thread_id"] for one in found["items"]] == [second]
    assert found["counts"] == {"waiting": 1, "mine": 1}
    # A family that adds a word keeps its place in the line.
    waiting = (await agent.queue())["items"][0]["waiting_since"]
    clock.advance(timedelta(minutes=5))
    await parent.answer(second, "J’ajoute ceci")
    assert (await agent.queue())["items"][0]["waiting_since"] == waiting


async def test_an_answer_reaches_the_family_once_and_is_told_everywhere(parent, agent, messaging):
    thread_id = await parent.begin()
    message_id = str(new_id())
    answers = await asyncio.gather(
        *(agent.answer(thread_id, message_id=message_id) for _ in range(5))
    )
    assert {answer.status_code for answer in answers} == {201}
    said = (await parent.thread(thread_id))["items"]
    assert [(one["from_family"], one["author_name"]) for one in said] == [
        (False, "Dominique Roy"),
        (True, "Noisetier"),
    ]
    assert await parent.unread() == 1
    mails = await messaging.rows("SELECT category FROM mails")
    assert [row.category for row in mails] == ["message"]
    (body,) = [bytes(row.body) for row in await messaging.rows("SELECT body FROM outbox")]
    posted = json.loads(body)
    assert posted["type"] == "messaging.message.posted.v1"
    kinds = [row.kind for row in await messaging.rows("SELECT kind FROM live_events ORDER BY id")]
    assert kinds == ["thread", "counts", "thread"]


async def test_each_side_sees_when_the_other_has_read(parent, agent, clock):
    thread_id = await parent.begin()
    assert (await parent.thread(thread_id))["items"][0]["seen_at"] is None
    await agent.ask("GET", f"/threads/{thread_id}")
    assert (await parent.thread(thread_id))["items"][0]["seen_at"] is None
    clock.advance(timedelta(minutes=1))
    await agent.ask("POST", f"/threads/{thread_id}/seen")
    assert (await parent.thread(thread_id))["items"][0]["seen_at"] is not None
    await agent.answer(thread_id)
    assert (await agent.thread(thread_id))["items"][0]["read_at"] is None
    await parent.ask("POST", f"/threads/{thread_id}/read")
    assert (await agent.thread(thread_id))["items"][0]["read_at"] is not None


async def test_notes_are_for_staff_and_no_family_ever_meets_one(parent, agent, messaging):
    thread_id = await parent.begin()
    note = {"note_id": str(new_id()), "body": "Famille à rappeler"}
    for _ in range(2):
        await agent.ask("POST", f"/threads/{thread_id}/notes", json=note)
    (found,) = (await agent.thread(thread_id))["notes"]
    assert (found["body"], found["author_name"]) == ("Famille à rappeler", "Dominique Roy")
    seen = [
        (await parent.ask("GET", f"/threads/{thread_id}")).text,
        (await parent.ask("GET", "/threads")).text,
        (await parent.ask("GET", "/messages")).text,
    ]
    assert not any("rappeler" in one for one in seen)
    assert (await parent.threads(q="rappeler"))["total"] == 0
    told = await messaging.rows("SELECT data::text FROM live_events")
    assert "rappeler" not in str(told)


async def test_a_thread_is_followed_passed_on_closed_and_opened_by_its_family(
    parent, agent, messaging
):
    thread_id = await parent.begin()
    other = Agent(messaging, name="Aïcha Benali")
    to = {"staff_id": str(other.staff_id), "name": "Aïcha Benali"}
    await agent.ask("POST", f"/threads/{thread_id}/assign", json=to)
    await agent.ask("POST", f"/threads/{thread_id}/assign", json=to)
    assert (await other.queue(pile="mine"))["total"] == 1
    centre = {"centre_id": str(new_id()), "name": "Le Moulin Bleu"}
    await agent.ask(
        "POST", f"/threads/{thread_id}/transfer", json={"centre": centre, "topic": "child"}
    )
    found = await agent.queue(centre_id=centre["centre_id"], topic="child")
    assert found["items"][0]["assigned"] is None
    for _ in range(2):
        await agent.ask("POST", f"/threads/{thread_id}/close")
    assert (await agent.queue())["total"] == 0
    assert (await agent.queue(pile="closed"))["total"] == 1
    assert (await parent.thread(thread_id))["thread"]["state"] == "closed"
    await parent.answer(thread_id, "Encore une question")
    assert (await agent.queue())["total"] == 1
    await agent.ask("POST", f"/threads/{thread_id}/close")
    await agent.ask("POST", f"/threads/{thread_id}/reopen")
    kinds = [one["kind"] for one in (await agent.thread(thread_id))["history"]]
    assert kinds == ["assigned", "transferred", "closed", "closed", "reopened"]


async def test_the_cash_office_deals_with_money_and_nothing_else(parent, messaging):
    cash = Agent(messaging, Audience.CASH_OFFICE)
    other = await parent.begin("Autre")
    invoice = await parent.begin("Facture", about={"kind": "invoice", "id": str(new_id())})
    draft_id = await a_draft(parent)
    file_id = (await attach(parent, draft_id, PDF)).json()["attachment_id"]
    await parent.answer(other, "Voici", draft_id)
    assert [one["thread_id"] for one in (await cash.queue())["items"]] == [invoice]
    asked = [
        await cash.ask("GET", f"/threads/{other}"),
        await cash.answer(other),
        await cash.ask("POST", f"/threads/{other}/close"),
        await cash.ask("GET", f"/attachments/{file_id}"),
    ]
    assert [answer.status_code for answer in asked] == [404] * 4
    assert (await cash.answer(invoice)).status_code == 201
    secretariat = Agent(messaging)
    assert (await secretariat.ask("GET", f"/attachments/{file_id}")).content == PDF


@pytest.mark.parametrize(
    ("audience", "reads", "writes"),
    [
        (Audience.ADMIN, 200, 403),
        (Audience.AUDITOR, 200, 403),
        (Audience.SERVICE, 403, 403),
        (Audience.FAMILY, 403, 403),
    ],
)
async def test_who_may_read_and_who_may_write(parent, messaging, audience, reads, writes):
    thread_id = await parent.begin()
    other = Agent(messaging, audience)
    assert (await other.ask("GET", f"/threads/{thread_id}")).status_code == reads
    assert (await other.answer(thread_id)).status_code == writes
    for verb in ("seen", "close", "reopen"):
        assert (await other.ask("POST", f"/threads/{thread_id}/{verb}")).status_code == writes


async def test_staff_begin_a_thread_with_a_family_or_one_guardian(parent, agent, messaging):
    ana = new_id()
    await messaging.handle(recorded(parent.family_id, ana))
    opening = {
        "thread_id": str(new_id()),
        "message_id": str(new_id()),
        "family_id": str(parent.family_id),
        "guardian_id": str(ana),
        "subject": "Attestation",
        "body": "Pour vous seule",
    }
    for _ in range(2):
        assert (await agent.ask("POST", "/threads", json=opening)).status_code == 201
    assert (await parent.threads())["total"] == 0
    hers = Access(messaging, parent.family_id, ana)
    assert (await hers.threads())["total"] == 1
    await hers.answer(opening["thread_id"], "Merci")
    assert (await parent.threads())["total"] == 0
    (mail,) = await messaging.rows("SELECT guardian_id FROM mails")
    assert mail.guardian_id == ana
    stranger = opening | {"thread_id": str(new_id()), "guardian_id": str(new_id())}
    assert (await agent.ask("POST", "/threads", json=stranger)).status_code == 404
    foreign = await Access(messaging, new_id()).begin()
    taken = opening | {"thread_id": foreign, "guardian_id": None, "message_id": str(new_id())}
    assert (await agent.ask("POST", "/threads", json=taken)).status_code == 404


async def test_a_visitor_is_answered_by_email_only(gateway, agent):  # noqa: F811
    await gateway("/visitor-messages", **written())
    (item,) = (await agent.queue())["items"]
    assert (item["visitor_email"], item["family_id"]) == ("camille@exemple.fr", None)
    assert (await agent.answer(item["thread_id"])).status_code == 409
    await agent.ask("POST", f"/threads/{item['thread_id']}/seen")
    assert (await agent.ask("POST", f"/threads/{item['thread_id']}/close")).status_code == 204


async def test_a_reply_kept_ready_has_its_fields_filled(parent, agent, messaging):
    await messaging.handle(recorded(parent.family_id))
    reply_id = str(new_id())
    words = {"label": "Accusé", "body": "Bonjour {famille},\n\n{agent}, {service}, le {date}."}
    assert (await agent.ask("PUT", f"/canned-replies/{reply_id}", json=words)).status_code == 204
    wrong = {"label": "Autre", "body": "Bonjour {prenom}"}
    answer = await agent.ask("PUT", f"/canned-replies/{new_id()}", json=wrong)
    assert (answer.status_code, answer.json()["field"]) == (422, "body")
    same = await agent.ask("PUT", f"/canned-replies/{new_id()}", json=words)
    assert (same.status_code, same.json()["field"]) == (422, "label")
    thread_id = await parent.begin()
    filled = await agent.ask("GET", f"/threads/{thread_id}/canned-replies/{reply_id}")
    assert filled.json()["body"] == (
        "Bonjour Noisetier,\n\nDominique Roy, Service Enfance, le mardi 24 novembre 2026."
    )
    await agent.ask("DELETE", f"/canned-replies/{reply_id}")
    assert (await agent.ask("GET", "/canned-replies")).json()["items"] == []


async def test_families_read_that_the_service_is_away_on_those_days(parent, agent, clock):
    thread_id = await parent.begin()
    away = {"words": "Fermé jusqu’au 27.", "first_day": "2026-11-24", "last_day": "2026-11-26"}
    assert (await agent.ask("PUT", "/absence", json=away)).status_code == 204
    assert (await parent.thread(thread_id))["notice"] == "Fermé jusqu’au 27."
    clock.advance(timedelta(days=3))
    assert (await parent.thread(thread_id))["notice"] is None
    await agent.ask("PUT", "/absence", json=away | {"words": ""})
    assert (await agent.ask("GET", "/absence")).json() is None
