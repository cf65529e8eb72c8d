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
        self.draft: dict[str, Any] | None = None

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
            case "/threads/counts":
                return counts
            case "/broadcasts/preview":
                return {"label": "Toutes les familles", "count": 2, "some": ["Bleuet", "Genêt"]}
            case "/broadcasts" | "/deliveries":
                return {"items": [], **listed}
        if path.endswith("/draft"):
            return self.draft
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
    answer = {"message_id": THREAD, "body": "Oui", "action": "clore"}
    sent = await secretariat.send_files(f"{HERE}/repondre", {}, **answer)
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
    answer = await secretariat.send_files(f"{HERE}/repondre", {}, body="  <b>typed</b> ")
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


async def test_a_family_sees_no_page_and_a_centre_none_about_everybody(
    letters: Any, reader: Any
) -> None:
    stranger = reader(Audience.FAMILY)
    for path in PAGES:
        assert (await stranger.open(path)).status_code == 403
    team = reader(Audience.CENTRE)
    for path in (*PAGES[3:], f"/console/messages/nouveau?famille={NEW}"):
        assert (await team.open(path)).status_code == 403, path
    page = await team.open("/console/messages")
    assert "Sortie à l’étang" in page.text
    for closed in ("/console/messages/envois", "/console/messages/courriels"):
        assert closed not in page.text


async def test_files_go_on_a_draft_first_and_stand_on_the_page(
    letters: Any, secretariat: Any
) -> None:
    typed = {"message_id": NEW, "body": "Ci-joint"}
    files = {"attestation.pdf": b"%PDF-1.7"}
    joined = await secretariat.send_files(f"{HERE}/repondre", files, **typed, action="joindre")
    assert joined.headers["location"] == f"{HERE}#repondre"
    assert letters.told("PUT")[0] == (
        f"/drafts/{NEW}",
        {"thread_id": THREAD, "body": "Ci-joint"},
    )
    assert letters.told("PUT")[1][0].startswith(f"/drafts/{NEW}/attachments/")
    assert [path for path, _ in letters.told("POST")] == []
    file = {"attachment_id": THREAD, "name": "attestation.pdf", "size": 2 * 1024 * 1024}
    letters.draft = {"draft_id": NEW, "body": "Ci-joint", "attachments": [file]}
    page = await secretariat.open(HERE)
    assert "attestation.pdf" in page.text
    assert "2,0\u00a0Mo" in page.text
    assert f'name="message_id" value="{NEW}"' in page.text
    off = await secretariat.send_files(f"{HERE}/repondre", {}, **typed, action=f"retirer:{THREAD}")
    assert off.status_code == 303
    assert letters.told("DELETE") == [(f"/drafts/{NEW}/attachments/{THREAD}", None)]


async def test_a_file_that_is_refused_is_named_beside_its_field_and_the_words_are_kept(
    letters: Any, secretariat: Any
) -> None:
    real = letters.call

    async def call(method: str, peer: Context, path: str, **options: Any) -> Any:
        if "/attachments/" in path:
            raise PeerRefused(422, {"detail": "Ce fichier n’est ni un PDF, ni une image."})
        return await real(method, peer, path, **options)

    letters.call = call
    files = {"page.html": b"<script>"}
    answer = await secretariat.send_files(f"{HERE}/repondre", files, message_id=NEW, body="Voici")
    assert answer.status_code == 422
    assert 'id="files-error"' in answer.text
    assert "page.html\u00a0: Ce fichier n’est ni" in answer.text
    assert ">Voici</textarea>" in answer.text
    letters.call = real
    letters.fault = PeerUnavailable("away")
    answer = await secretariat.send_files(f"{HERE}/repondre", {}, message_id=NEW, body="Voici")
    assert answer.status_code == 503
    assert "Renvoyez-la" in answer.text
    assert ">Voici</textarea>" in answer.text


async def test_staff_begin_a_conversation_with_one_family(
    letters: Any, secretariat: Any, enrolment: Any
) -> None:
    new = "/console/messages/nouveau"
    family_id = str((await enrolment.family()).family_id)
    assert "Tous les accès" in words(await secretariat.open(f"{new}?famille={family_id}"))
    typed = {"family_id": family_id, "subject": "Objet", "topic": "child", "body": "Bonjour"}
    sent = await secretariat.send(new, thread_id=THREAD, message_id=NEW, **typed)
    assert sent.headers["location"] == HERE
    assert letters.told("POST") == [
        ("/threads", {"thread_id": THREAD, "message_id": NEW} | typed),
    ]
    letters.fault = PeerRefused(422, {"field": "subject", "detail": "Écrivez un objet."})
    again = await secretariat.send(new, thread_id=THREAD, message_id=NEW, **typed)
    assert again.status_code == 422
    assert ">Bonjour</textarea>" in again.text
    assert (await secretariat.open(f"{new}?famille={NEW}")).status_code == 404


async def test_open_pages_ask_what_waits_and_hear_when_messaging_is_away(
    letters: Any, secretariat: Any, reader: Any
) -> None:
    asked = "/console/direct/recent"
    found = (await secretariat.open(asked)).json()
    assert found == {"counts": {"requests": 0, "messages": 3}, "away": []}
    assert 'data-live-poll="/console/direct/recent"' in (await secretariat.open(HERE)).text
    assert (await reader(Audience.CASH_OFFICE).open(asked)).json()["counts"] == {"messages": 3}
    assert (await reader(Audience.FAMILY).open(asked)).status_code == 403
    letters.fault = PeerUnavailable("away")
    found = (await secretariat.open(asked)).json()
    assert found == {"counts": {"requests": 0}, "away": ["messages"]}
