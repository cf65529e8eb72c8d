"""Families and the authority write to each other: through the HTTP doors, on a real database."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.identifiers import new_id
from messaging.domain.folding import fold, search_query
from messaging.domain.threads import BODY_MAX, SUBJECT_MAX

from .examples import Request


class Access:
    """One access of a family, as its browser speaks."""

    def __init__(self, messaging, family_id, guardian_id=None):
        self.family_id, self.guardian_id = family_id, guardian_id
        self._client = messaging.client
        self._headers = (
            messaging.as_guardian(family_id, guardian_id)
            if guardian_id
            else messaging.as_family(family_id)
        )

    async def ask(self, method, path, **options):
        return await self._client.request(method, f"/v1/me{path}", headers=self._headers, **options)

    async def begin(self, subject="Une question", body="Bonjour", **more):
        ids = {"thread_id": str(new_id()), "message_id": str(new_id())}
        told = await self.ask(
            "POST", "/threads", json=ids | {"subject": subject, "body": body} | more
        )
        assert told.status_code == 201, told.text
        return ids["thread_id"]

    async def answer(self, thread_id, body, message_id=None):
        message = {"message_id": message_id or str(new_id()), "body": body}
        return await self.ask("POST", f"/threads/{thread_id}/messages", json=message)

    async def threads(self, **wanted):
        return (await self.ask("GET", "/threads", params=wanted)).json()

    async def thread(self, thread_id):
        return (await self.ask("GET", f"/threads/{thread_id}")).json()

    async def unread(self):
        return (await self.ask("GET", "/counts")).json()["unread"]


@pytest.fixture
def parent(messaging):
    return Access(messaging, new_id())


async def test_a_family_begins_a_thread_and_finds_it_in_its_list(parent):
    about = {"kind": "invoice", "id": str(uuid4()), "number": "2026-00042"}
    centre = {"centre_id": str(uuid4()), "name": "Les Libellules"}
    thread_id = await parent.begin(
        "Contester la facture", "Le 3, Lou était malade.\r\nMerci", about=about, centre=centre
    )
    (item,) = (await parent.threads())["items"]
    assert item["subject"] == "Contester la facture"
    assert (item["about"]["kind"], item["about"]["id"]) == ("invoice", about["id"])
    assert (item["about"]["number"], item["about"]["request_id"]) == ("2026-00042", None)
    assert (item["centre"], item["from_family"], item["unread"]) == (centre, True, 0)
    found = await parent.thread(thread_id)
    (message,) = found["items"]
    assert message["body"] == "Le 3, Lou était malade.\nMerci"
    assert (message["from_family"], message["author_name"]) == (True, "Noisetier")
    assert message["seen_at"] is None


async def test_the_same_sending_five_times_at_once_is_one_thread_and_one_message(parent):
    body = {
        "thread_id": str(new_id()),
        "message_id": str(new_id()),
        "subject": "Sortie de mercredi",
        "body": "À quelle heure ?",
    }
    answers = await asyncio.gather(*(parent.ask("POST", "/threads", json=body) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert (await parent.threads())["total"] == 1
    assert (await parent.thread(body["thread_id"]))["total"] == 1
    again = {"message_id": str(new_id()), "body": "Merci"}
    path = f"/threads/{body['thread_id']}/messages"
    await asyncio.gather(*(parent.ask("POST", path, json=again) for _ in range(5)))
    assert (await parent.thread(body["thread_id"]))["total"] == 2


async def test_a_family_answers_in_the_thread_of_a_decision(parent, messaging):
    request = Request(parent.family_id)
    await messaging.handle(request.decided())
    (item,) = (await parent.threads())["items"]
    assert (item["about"]["topic"], item["unread"], await parent.unread()) == ("request", 1, 1)
    assert (await parent.answer(item["thread_id"], "Merci beaucoup")).status_code == 201
    said = (await parent.thread(item["thread_id"]))["items"]
    assert [one["from_family"] for one in said] == [True, False]
    assert (await parent.threads())["total"] == 1


@pytest.mark.parametrize(
    ("field", "subject", "body"),
    [
        ("subject", "   ", "Bonjour"),
        ("subject", "x" * (SUBJECT_MAX + 1), "Bonjour"),
        ("subject", "Objet\u0007", "Bonjour"),
        ("body", "Objet", "  \r\n "),
        ("body", "Objet", "x" * (BODY_MAX + 1)),
        ("body", "Objet", "à\u0000b"),
    ],
)
async def test_what_cannot_be_sent_is_said_in_french_and_leaves_nothing(
    parent, field, subject, body
):
    ids = {"thread_id": str(new_id()), "message_id": str(new_id())}
    answer = await parent.ask("POST", "/threads", json=ids | {"subject": subject, "body": body})
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["detail"]
    assert (await parent.threads())["total"] == 0


HOSTILE = ["<script>alert('x')</script>", "🙂👩‍👧 \u202eà l’envers", "'; DROP TABLE threads; --"]


@pytest.mark.parametrize("words", HOSTILE)
async def test_hostile_words_stay_words(parent, words):
    thread_id = await parent.begin(words, words)
    found = await parent.thread(thread_id)
    assert (found["thread"]["subject"], found["items"][0]["body"]) == (words, words)
    assert (await parent.threads(q=words))["total"] <= 1


async def test_searching_ignores_accents_and_case_and_accepts_beginnings(parent):
    await parent.begin("Sortie à l’étang", "Prévoir des bottes pour Zoé.")
    await parent.begin("Facture de novembre", "Le cœur du sujet : 12,50 €.")
    for words, count in {
        "ETANG": 1,
        "zoe bot": 1,
        "prévoir": 1,
        "coeur": 1,
        "novembre étang": 0,
        "fac": 1,
        "": 2,
        "&|!'(": 2,
        "12,50": 1,
    }.items():
        assert (await parent.threads(q=words))["total"] == count, words


@given(st.text(max_size=60))
def test_any_words_make_a_query_or_none(words):
    query = search_query(words)
    assert query is None or query.count("'") % 2 == 0
    assert fold(fold(words)) == fold(words)


async def test_archived_threads_leave_the_list_until_somebody_writes(parent, messaging, clock):
    request = Request(parent.family_id)
    await messaging.handle(request.decided())
    (item,) = (await parent.threads())["items"]
    await parent.ask("POST", f"/threads/{item['thread_id']}/archive")
    assert (await parent.threads())["total"] == 0
    assert (await parent.threads(archived=True))["total"] == 1
    assert await parent.unread() == 0
    clock.advance(timedelta(minutes=1))
    await messaging.handle(request.decided("refused", version=4))
    (back,) = (await parent.threads())["items"]
    assert (back["unread"], back["archived"]) == (1, False)
    await parent.ask("POST", f"/threads/{item['thread_id']}/archive")
    await parent.ask("POST", f"/threads/{item['thread_id']}/unarchive")
    assert (await parent.threads())["total"] == 1


async def test_a_thread_is_read_whole_and_can_be_kept_as_unread(parent, messaging, clock):
    request = Request(parent.family_id)
    await messaging.handle(request.decided())
    clock.advance(timedelta(minutes=1))
    await messaging.handle(request.decided("refused", version=4))
    (item,) = (await parent.threads(unread=True))["items"]
    assert item["unread"] == 2
    await parent.ask("POST", f"/threads/{item['thread_id']}/read")
    assert await parent.unread() == 0
    assert (await parent.threads(unread=True))["total"] == 0
    await parent.ask("POST", f"/threads/{item['thread_id']}/unread")
    assert await parent.unread() == 1


# ---- separation -----------------------------------------------------------------


async def test_what_one_guardian_keeps_to_themselves_no_other_access_sees(parent, messaging):
    ana = Access(messaging, parent.family_id, new_id())
    ben = Access(messaging, parent.family_id, new_id())
    thread_id = await ana.begin("Personnel", "Entre nous", only_me=True)
    assert (await ana.threads())["items"][0]["only_me"]
    for other in (parent, ben, Access(messaging, new_id())):
        assert (await other.threads(q="personnel"))["total"] == 0
        assert (await other.ask("GET", f"/threads/{thread_id}")).status_code == 404
        assert (await other.answer(thread_id, "Je passais")).status_code == 404
    assert (await ana.thread(thread_id))["total"] == 1


async def test_an_answer_never_widens_the_audience(parent, messaging):
    ana = Access(messaging, parent.family_id, new_id())
    thread_id = await ana.begin("Personnel", "Entre nous", only_me=True)
    await ana.answer(thread_id, "J’ajoute")
    audiences = await messaging.rows("SELECT guardian_id FROM threads")
    assert audiences == [(ana.guardian_id,)]
    shared = await parent.begin("Pour tous", "Bonjour")
    await ana.answer(shared, "De même")
    assert (await parent.thread(shared))["total"] == 2


async def test_the_shared_access_cannot_keep_a_thread_to_one_guardian(parent):
    thread_id = await parent.begin("Objet", "Mots", only_me=True)
    assert (await parent.thread(thread_id))["thread"]["only_me"] is False


async def test_each_guardian_has_read_what_they_read(parent, messaging, clock):
    ana = Access(messaging, parent.family_id, new_id())
    ben = Access(messaging, parent.family_id, new_id())
    await messaging.handle(Request(parent.family_id).decided())
    clock.advance(timedelta(minutes=1))
    # What came before an own access is not news to it.
    assert [await one.unread() for one in (parent, ana, ben)] == [1, 0, 0]
    await messaging.handle(Request(parent.family_id).decided())
    assert [await one.unread() for one in (parent, ana, ben)] == [2, 1, 1]
    newest = (await ana.threads(unread=True))["items"][0]["thread_id"]
    await ana.ask("POST", f"/threads/{newest}/read")
    assert [await one.unread() for one in (parent, ana, ben)] == [2, 0, 1]
    told = await messaging.rows(
        "SELECT guardian_id, data FROM live_events WHERE kind = 'counts' ORDER BY id"
    )
    last = {guardian_id: data["unread"] for guardian_id, data in told}
    assert last == {None: 2, ana.guardian_id: 0, ben.guardian_id: 1}


# ---- one family and another ------------------------------------------------------


async def test_another_familys_threads_drafts_and_files_do_not_exist(parent, messaging):
    thread_id = await parent.begin()
    stranger = Access(messaging, new_id())
    answers = [
        await stranger.ask("GET", f"/threads/{thread_id}"),
        await stranger.answer(thread_id, "Bonjour"),
        *[
            await stranger.ask("POST", f"/threads/{thread_id}/{verb}")
            for verb in ("read", "unread", "archive", "unarchive")
        ],
        await stranger.ask("PUT", f"/drafts/{new_id()}", json={"thread_id": thread_id}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 7
    assert (await parent.thread(thread_id))["total"] == 1


async def test_an_id_that_another_family_used_begins_nothing(parent, messaging):
    thread_id = await parent.begin()
    message_id = (await parent.thread(thread_id))["items"][0]["message_id"]
    stranger = Access(messaging, new_id())
    mine = await stranger.begin()
    taken = {"thread_id": thread_id, "message_id": str(new_id()), "subject": "a", "body": "b"}
    assert (await stranger.ask("POST", "/threads", json=taken)).status_code == 404
    assert (await stranger.answer(mine, "b", message_id)).status_code == 404
    assert (await parent.thread(thread_id))["total"] == 1
    assert (await stranger.threads())["total"] == 1
