"""« Messages » in the console, with messaging played by a function."""

import json
from typing import Any

import pytest

from chassis.auth import Audience
from chassis.peers import PeerRefused, PeerUnavailable
from portail_contracts.catalogue import Context

from .conftest import HOSTILE, words

THREAD = "0199e2b0-0000-7000-8000-0000000000a1"
NEW = "0199e2b0-0000-7000-8000-0000000000a2"
HERE = f"/console/messages/{THREAD}"


def a_thread(**changes: Any) -> dict[str, Any]:
    return {
        "thread_id": THREAD,
        "subject": "Sortie à l’étang",
        "topic": "child",
        "about": {"kind": "child", "topic": "child"},
        "family_id": "0199e2b0-0000-7000-8000-0000000000f1",
        "family_name": "Noisetier",
        "state": "open",
        "waiting_since": "2026-11-23T20:14:00Z",
        "last_posted_at": "2026-11-23T20:14:00Z",
        "excerpt": "À quelle heure ?",
        **changes,
    }


class FakeMessaging:
    """Messaging as the console asks it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.fault: Exception | None = None
        self.thread = a_thread()

    async def get(self, *_: object, **__: object) -> Any:
        raise PeerUnavailable("billing is not here")

    async def call(self, method: str, peer: Context, path: str, **options: Any) -> Any:
        assert peer is Context.MESSAGING
        self.asked.append((method, path.removeprefix("/v1/staff"), options.get("json")))
        if self.fault is not None and (method, path.rsplit("/", 1)[-1]) != ("POST", "seen"):
            raise self.fault
        return self._answer(path.removeprefix("/v1/staff"))

    def _answer(self, path: str) -> Any:
        listed = {"page": 1, "pages": 1, "total": 1}
        counts = {"waiting": 3, "mine": 1}
        match path:
            case "/threads":
                return {"items": [self.thread], "counts": counts, **listed}
            case "/canned-replies":
                reply = {"reply_id": THREAD, "label": "Accusé", "body": "Bonjour {famille}"}
                return {"items": [reply], "fields": {"famille": "le nom"}}
            case "/absence":
                return None
            case "/broadcasts/preview":
                return {"label": "Toutes les familles", "count": 2, "some": ["Bleuet", "Genêt"]}
            case "/broadcasts" | "/deliveries":
                return {"items": [], **listed}
        if path.endswith(f"/canned-replies/{THREAD}"):
            return {"body": "Bonjour Noisetier"}
        said = {
            "message_id": THREAD,
            "from_family": True,
            "body": self.thread["excerpt"],
            "posted_at": "2026-11-23T20:14:00Z",
        }
        note = {"author_name": "Paul", "body": "À rappeler", "written_at": "2026-11-23T20:15:00Z"}
        return {"thread": self.thread, "items": [said], "notes": [note], "history": [], **listed}

    async def close(self) -> None:
        pass

    def told(self, method: str) -> list[tuple[str, Any]]:
        return [(path, body) for verb, path, body in self.asked if verb == method]


@pytest.fixture
def secretariat(reader: Any) -> Any:
    return reader()


@pytest.fixture
def letters(enrolment: Any, reader: Any) -> FakeMessaging:
    fake = FakeMessaging()
    enrolment.runtime.peers = fake
    return fake


async def test_the_queue_shows_who_waits_and_since_when(letters: Any, secretariat: Any) -> None:
    page = words(await secretariat.open("/console/messages?sujet=child&q=sortie"))
    for shown in ("Sortie à l’étang", "Famille Noisetier", "Attend depuis hier", "À répondre 3"):
        assert shown in page


async def test_a_thread_is_marked_seen_and_shows_notes(letters: Any, secretariat: Any) -> None:
    answer = await secretariat.open(f"{HERE}?reponse={THREAD}")
    page = words(answer)
    assert "À rappeler" in page
    assert "Bonjour Noisetier" in answer.text
    assert (f"/threads/{THREAD}/seen", {}) in letters.told("POST")


async def test_the_buttons_of_a_thread_tell_messaging(letters: Any, secretariat: Any) -> None:
    sent = await secretariat.send(f"{HERE}/repondre", message_id=THREAD, body="Oui", action="clore")
    assert sent.headers["location"] == HERE
    for verb in ("clore", "rouvrir"):
        assert (await secretariat.send(f"{HERE}/{verb}")).status_code == 303
    await secretariat.send(f"{HERE}/note", note_id=THREAD, note="Vu")
    await secretariat.send(f"{HERE}/transferer", topic="invoice")
    assert letters.told("POST") == [
        (f"/threads/{THREAD}/messages", {"message_id": THREAD, "body": "Oui", "close": True}),
        (f"/threads/{THREAD}/close", {}),
        (f"/threads/{THREAD}/reopen", {}),
        (f"/threads/{THREAD}/notes", {"note_id": THREAD, "body": "Vu"}),
        (f"/threads/{THREAD}/transfer", {"centre": None, "topic": "invoice"}),
    ]


async def test_what_messaging_refuses_is_said_and_what_was_typed_is_kept(
    letters: Any, secretariat: Any
) -> None:
    class OnlyPosts(PeerRefused):
        pass

    real = letters.call

    async def call(method: str, peer: Context, path: str, **options: Any) -> Any:
        if method == "POST" and path.endswith("/messages"):
            raise OnlyPosts(422, {"field": "body", "detail": "Écrivez votre message."})
        return await real(method, peer, path, **options)

    letters.call = call
    answer = await secretariat.send(f"{HERE}/repondre", body="  <b>typed</b> ")
    assert answer.status_code == 422
    assert "Écrivez votre message." in answer.text
    assert "&lt;b&gt;typed&lt;/b&gt;" in answer.text


async def test_hostile_words_are_shown_as_text(letters: Any, secretariat: Any) -> None:
    letters.thread = a_thread(subject=HOSTILE, excerpt=HOSTILE, family_name=HOSTILE)
    for path in ("/console/messages", HERE):
        page = (await secretariat.open(path)).text
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


PAGES = (
    "/console/messages",
    HERE,
    "/console/messages/reponses",
    "/console/messages/courriels",
    "/console/messages/envois",
)


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_opens(letters: Any, secretariat: Any, path: str) -> None:
    assert (await secretariat.open(path)).status_code == 200


async def test_a_reply_that_is_refused_comes_back_as_it_was_typed(
    letters: Any, secretariat: Any
) -> None:
    real = letters.call

    async def call(method: str, peer: Context, path: str, **options: Any) -> Any:
        if method == "PUT":
            raise PeerRefused(422, {"field": "body", "detail": "Champ inconnu."})
        return await real(method, peer, path, **options)

    letters.call = call
    typed = {"reply_id": NEW, "label": "Autre", "body": "Bonjour {prenom}"}
    answer = await secretariat.send("/console/messages/reponses", **typed)
    assert answer.status_code == 422
    assert "Champ inconnu." in answer.text
    assert "Bonjour {prenom}" in answer.text
    assert NEW in answer.text


@pytest.mark.parametrize("path", PAGES)
async def test_with_messaging_away_the_page_says_so(
    letters: Any, secretariat: Any, path: str
) -> None:
    letters.fault = PeerUnavailable("away")
    answer = await secretariat.open(path)
    assert answer.status_code == 200
    assert "indisponible pour le moment" in words(answer)


async def test_recipients_are_counted_before_they_are_written_to(
    letters: Any, secretariat: Any
) -> None:
    new = "/console/messages/envois/nouveau"
    assert "Compter les familles" in words(await secretariat.open(new))
    typed = {"broadcast_id": THREAD, "subject": "Grève", "body": "Fermé", "whom": "everybody"}
    counted = words(await secretariat.send(new, **typed, action="compter"))
    assert "2 familles" in counted.replace("\u00a0", " ")
    assert "Bleuet, Genêt" in counted
    assert [path for path, _ in letters.told("POST")] == ["/broadcasts/preview"]
    sent = await secretariat.send(new, **typed, action="envoyer")
    assert sent.headers["location"] == f"/console/messages/envois/{THREAD}"
    (_, body) = letters.told("POST")[-1]
    assert json.loads(json.dumps(body))["audience"]["whom"] == "everybody"


@pytest.mark.parametrize("audience", [Audience.CENTRE, Audience.FAMILY])
async def test_who_deals_with_no_message_sees_none(
    letters: Any, reader: Any, audience: Audience
) -> None:
    stranger = reader(audience)
    for path in PAGES:
        assert (await stranger.open(path)).status_code == 403
