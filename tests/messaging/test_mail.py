"""E-mails leave once, through a real SMTP server, to addresses asked from accounts."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

import pytest
from aiohttp import web
from pydantic import SecretStr

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from messaging.bootstrap import post_office
from messaging.domain.delivery import GIVE_UP_AFTER, WAITS, Outcome, State, after
from messaging.domain.letters import Category
from messaging.last_caller import LastCaller
from messaging.mail import office
from messaging.mail.facts import letter_of
from portail_contracts.accounts import AccessLinkRequested, LinkPurpose, PasswordChanged
from portail_contracts.catalogue import Context
from portail_local.mailbox import Mailbox, serve_smtp
from portail_local.servers import free_port

from .examples import NOON, Request
from .test_threads import Access

LATER = timedelta(minutes=2)


@dataclass
class Accounts:
    """What accounts answers to messaging's two questions."""

    recipients: dict[UUID, list[dict]] = field(default_factory=dict)
    links: dict[UUID, dict] = field(default_factory=dict)
    calls: list[dict] = field(default_factory=list)
    """What enrolment answers about cut-offs."""
    is_down: bool = False

    def knows(self, family_id, email, guardian_id=None):
        account_id = new_id()
        entry = {
            "account_id": str(account_id),
            "greeting": "Bonjour Camille Noisetier,",
            "email": email,
            "guardian_id": str(guardian_id) if guardian_id else None,
        }
        self.recipients.setdefault(family_id, []).append(entry)
        return account_id

    def application(self):
        async def token(_):
            return web.json_response({"token": "a-service-token"})

        async def recipients(request):
            if self.is_down:
                return web.json_response({}, status=503)
            return web.json_response(self.recipients.get(UUID(request.match_info["id"]), []))

        async def link(request):
            found = self.links.get(UUID(request.match_info["id"]))
            return web.json_response(found or {"type": "gone"}, status=200 if found else 404)

        async def calls(_):
            return web.json_response({"items": self.calls}, status=503 if self.is_down else 200)

        application = web.Application()
        application.router.add_get("/v1/internal/last-calls", calls)
        application.router.add_post("/v1/service-tokens", token)
        application.router.add_get("/v1/internal/families/{id}/mail-recipients", recipients)
        application.router.add_get("/v1/internal/access-links/{id}", link)
        return application


@dataclass
class Post:
    """The post office of the running service, and both its correspondents."""

    messaging: object
    accounts: Accounts
    mailbox: Mailbox
    port: int
    _server: asyncio.Server | None = None

    async def open(self):
        self._server = await serve_smtp(self.mailbox, self.port)

    async def close(self):
        if self._server is not None:
            self._server.close()
            self._server = None
            await asyncio.sleep(0)

    async def work(self, rounds=1):
        worker = post_office(self.messaging.runtime)
        for _ in range(rounds):
            await worker.work()

    @property
    def arrived(self):
        return [one.as_json() for one in self.mailbox.kept]


@pytest.fixture
async def post(messaging):
    accounts, port = Accounts(), free_port()
    runner = web.AppRunner(accounts.application())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    for context in (Context.ACCOUNTS, Context.ENROLMENT):
        messaging.runtime.peers._addresses[context] = address
    messaging.runtime.settings = messaging.runtime.settings.model_copy(
        update={
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_tls": "none",
            "smtp_password": SecretStr(""),
            "portal_url": "https://portail.example",
            "return_path": "retours@exemple.fr",
        }
    )
    made = Post(messaging, accounts, Mailbox(), port)
    await made.open()
    yield made
    await made.close()
    await messaging.runtime.peers.close()
    await runner.cleanup()


@pytest.fixture
def family_id():
    return new_id()


async def states(messaging):
    return [row.state for row in await messaging.rows("SELECT state FROM deliveries")]


async def test_a_decision_leaves_as_one_email_without_anything_personal(post, messaging, family_id):
    post.accounts.knows(family_id, "camille@exemple.fr")
    request = Request(family_id)
    for _ in range(5):
        await messaging.handle(request.decided("refused", reason="Le groupe est complet"))
    await post.work(3)
    (mail,) = post.arrived
    assert mail["to"] == ["camille@exemple.fr"]
    assert mail["subject"] == "Réponse à votre demande"
    assert mail["text"].startswith("Bonjour Camille Noisetier,")
    (thread_id,) = await messaging.rows("SELECT thread_id FROM threads")
    for form in (mail["text"], mail["html"]):
        assert f"https://portail.example/messages/{thread_id[0]}" in form
        for personal in ("Lou", "complet", "Mercredi", "novembre", request.fields["number"]):
            assert personal not in form
    assert mail["headers"]["auto-submitted"] == "auto-generated"
    (token,) = [row.stop_token for row in await messaging.rows("SELECT * FROM deliveries")]
    one_click = f"<https://portail.example/courriels/arret/{token}/un-clic>"
    assert mail["headers"]["list-unsubscribe"] == one_click
    assert mail["headers"]["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    # As it travels: mailboxes decode nothing there.
    assert f"List-Unsubscribe: {one_click}\r\n".encode() in post.mailbox.kept[0].raw
    types = [row.type for row in await messaging.rows("SELECT type FROM outbox ORDER BY position")]
    assert types == ["messaging.message.posted.v1", "messaging.email.delivered.v1"]


async def test_a_receipt_says_when_and_what_silence_will_mean(post, messaging, family_id):
    post.accounts.knows(family_id, "camille@exemple.fr")
    request = Request(family_id)
    await messaging.handle(request.submitted(), request.submitted())
    await post.work()
    (mail,) = post.arrived
    assert "D-2026-01342" in mail["subject"]
    assert "mardi 24 novembre 2026 à 12" in mail["text"]
    assert "avant le dimanche 24 janvier 2027" in mail["text"]
    assert f"https://portail.example/demandes/{request.id}" in mail["text"]


async def test_a_link_goes_by_email_only_and_is_never_kept(post, messaging, family_id):
    account_id = post.accounts.knows(family_id, "camille@exemple.fr")
    event = AccessLinkRequested(
        version=1,
        family_id=family_id,
        link_id=new_id(),
        account_id=account_id,
        purpose=LinkPurpose.ACTIVATION,
        expires_at=NOON,
    )
    post.accounts.links[event.link_id] = {
        "email": "camille@exemple.fr",
        "greeting": "Bonjour Camille Noisetier,",
        "url_path": "/activation/very-secret",
        "purpose": "activation",
        "expires_at": NOON.isoformat(),
    }
    await messaging.handle(event, event)
    await post.work(2)
    (mail,) = post.arrived
    assert "https://portail.example/activation/very-secret" in mail["text"]
    assert "list-unsubscribe" not in mail["headers"]
    assert (await Access(messaging, family_id).threads())["total"] == 0
    kept = await messaging.rows("SELECT mails::text, deliveries::text FROM mails, deliveries")
    assert "very-secret" not in str(kept)
    assert "camille@" not in str(kept)


async def test_a_link_that_is_over_is_not_sent(post, messaging, family_id):
    account_id = post.accounts.knows(family_id, "camille@exemple.fr")
    await messaging.handle(
        AccessLinkRequested(
            version=1,
            family_id=family_id,
            link_id=new_id(),
            account_id=account_id,
            purpose=LinkPurpose.RESET,
            expires_at=NOON,
        )
    )
    await post.work()
    assert (post.arrived, await states(messaging)) == ([], ["failed"])


async def test_a_server_that_is_away_for_an_hour_loses_nothing(post, messaging, family_id, clock):
    post.accounts.knows(family_id, "camille@exemple.fr")
    await post.close()
    for minute in range(60):
        if minute % 20 == 0:
            await messaging.handle(Request(family_id).decided())
        await post.work()
        clock.advance(timedelta(minutes=1))
    assert await states(messaging) == ["waiting"] * 3
    assert await messaging.rows("SELECT 1 FROM deliveries WHERE attempts > 0") == []
    await post.open()
    clock.advance(LATER)
    await post.work()
    assert len(post.arrived) == len({mail["headers"]["message-id"] for mail in post.arrived}) == 3


async def test_accounts_being_away_only_delays(post, messaging, family_id, clock):
    post.accounts.knows(family_id, "camille@exemple.fr")
    post.accounts.is_down = True
    await messaging.handle(Request(family_id).decided())
    await post.work()
    assert post.arrived == []
    post.accounts.is_down = False
    clock.advance(LATER)
    await post.work()
    assert len(post.arrived) == 1


async def test_a_mailbox_that_does_not_exist_is_told_to_staff_and_not_tried_again(
    post, messaging, family_id, clock
):
    post.accounts.knows(family_id, "faute@exemple.fr")
    post.accounts.knows(family_id, "juste@exemple.fr")
    post.mailbox.answer = lambda to: "550 no such user" if to.startswith("faute") else "250 OK"
    await messaging.handle(Request(family_id).decided())
    await post.work()
    clock.advance(timedelta(days=1))
    await post.work()
    assert [mail["to"] for mail in post.arrived] == [["juste@exemple.fr"]]
    rows = await messaging.rows(
        "SELECT state, attempts, last_code, address_hint FROM deliveries ORDER BY address_hint"
    )
    assert [tuple(row) for row in rows] == [
        ("refused", 1, 550, "f…@exemple.fr"),
        ("sent", 1, 250, "j…@exemple.fr"),
    ]
    types = [row.type for row in await messaging.rows("SELECT type FROM outbox")]
    assert types.count("messaging.email.failed.v1") == 1


async def test_a_refusal_for_now_is_tried_again_with_growing_waits(
    post, messaging, family_id, clock
):
    post.accounts.knows(family_id, "camille@exemple.fr")
    post.mailbox.answer = lambda _: "450 try later"
    await messaging.handle(Request(family_id).decided())
    for wait in WAITS[:3]:
        await post.work()
        clock.advance(wait - timedelta(seconds=1))
        await post.work()
        clock.advance(timedelta(seconds=1))
    (row,) = await messaging.rows("SELECT attempts, state FROM deliveries")
    assert tuple(row) == (3, "waiting")
    post.mailbox.answer = lambda _: "250 OK"
    await post.work()
    assert len(post.arrived) == 1


async def test_dying_between_the_servers_ok_and_our_commit_sends_the_same_email_again(
    post, messaging, family_id, clock, monkeypatch
):
    class Died(BaseException):
        pass

    def die(point):
        if point == office.AFTER_SENDING:
            raise Died

    post.accounts.knows(family_id, "camille@exemple.fr")
    await messaging.handle(Request(family_id).decided())
    monkeypatch.setattr(office.crash_points, "reach", die)
    with pytest.raises(Died):
        await post.work()
    monkeypatch.undo()
    await post.work()
    assert len(post.arrived) == 1, "it was claimed by the one that died"
    clock.advance(timedelta(minutes=6))
    await post.work()
    first, second = post.arrived
    assert first["headers"]["message-id"] == second["headers"]["message-id"]
    assert await states(messaging) == ["sent"]


async def test_two_senders_at_once_send_once(post, messaging, family_id):
    post.accounts.knows(family_id, "camille@exemple.fr")
    await messaging.handle(*(Request(family_id).decided() for _ in range(8)))
    await asyncio.gather(*(post.work(2) for _ in range(3)))
    await post.work()
    assert len(post.arrived) == 8


async def test_a_family_without_address_is_not_written_to(post, messaging, family_id):
    await messaging.handle(Request(family_id).decided())
    await post.work()
    (row,) = await messaging.rows("SELECT state FROM mails")
    assert (row.state, post.arrived) == ("nobody", [])


async def test_a_guardians_own_affair_is_not_written_to_the_other(post, messaging, family_id):
    ana = new_id()
    account_id = post.accounts.knows(family_id, "ana@exemple.fr", ana)
    post.accounts.knows(family_id, "ben@exemple.fr", new_id())
    post.accounts.knows(family_id, "commun@exemple.fr")
    await messaging.handle(
        PasswordChanged(
            version=2,
            family_id=family_id,
            account_id=account_id,
            guardian_id=ana,
            changed_at=NOON,
        )
    )
    await post.work()
    assert [mail["to"] for mail in post.arrived] == [["ana@exemple.fr"]]
    assert (await Access(messaging, family_id).threads())["total"] == 0
    assert (await Access(messaging, family_id, ana).threads())["total"] == 1


async def test_an_address_that_no_email_can_carry_ends_there(post, messaging, family_id):
    post.accounts.knows(family_id, "pas une\r\nadresse@exemple.fr")
    await messaging.handle(Request(family_id).decided())
    await post.work()
    assert await states(messaging) == ["refused"]


async def test_a_cut_off_is_spoken_of_once_a_week_and_only_to_who_chose_it(
    post, messaging, family_id, clock
):
    other = new_id()
    account_id = post.accounts.knows(family_id, "camille@exemple.fr")
    post.accounts.knows(family_id, "sacha@exemple.fr")
    post.accounts.knows(other, "autre@exemple.fr")
    post.accounts.calls = [
        {"family_id": str(one), "monday": "2026-11-30", "cut_off": "2026-11-25T11:00:00Z"}
        for one in (family_id, other)
    ]
    caller = LastCaller(messaging.runtime.database, clock, messaging.runtime.peers)
    assert await caller.work() == 0
    principal = Principal(str(account_id), "Camille", frozenset({Audience.FAMILY}), family_id)
    own = messaging.signed_in(principal)
    (before,) = [
        one
        for one in (await messaging.client.get("/v1/me/preferences", headers=own)).json()["items"]
        if one["category"] == "cut_off"
    ]
    assert not before["by_email"]
    wish = {"by_email": {"cut_off": True}}
    await messaging.client.put("/v1/me/preferences", headers=own, json=wish)
    post.accounts.is_down = True
    with pytest.raises(PeerUnavailable):
        await caller.work()
    post.accounts.is_down = False
    await asyncio.gather(*(caller.work() for _ in range(3)))
    assert await caller.work() == 0
    await post.work(2)
    (mail,) = post.arrived
    assert mail["to"] == ["camille@exemple.fr"]
    assert "semaine du lundi 30 novembre 2026" in mail["text"]
    assert "le mercredi 25 novembre 2026 à 12" in mail["text"]
    assert "un-clic" in mail["headers"]["list-unsubscribe"]
    assert (await Access(messaging, family_id).threads())["total"] == 0
    clock.advance(timedelta(days=7))
    assert await caller.work() == 1
    # The mail server was away until the hour had passed.
    await post.work(2)
    assert len(post.arrived) == 1


def test_a_try_is_given_up_after_three_days_but_never_for_an_absent_server():
    created = NOON
    late = created + GIVE_UP_AFTER
    assert after(Outcome.LATER, 9, created, late).state is State.FAILED
    assert after(Outcome.SERVER_AWAY, 9, created, late).state is State.WAITING
    assert after(Outcome.LATER, 0, created, created).due_at == created + WAITS[0]
    assert after(Outcome.LATER, 40, created, created).due_at == created + WAITS[-1]


def test_every_category_has_its_words():
    facts = {
        "thread_id": "x",
        "number": "D-1",
        "submitted_at": NOON.isoformat(),
        "due_on": date(2027, 1, 24).isoformat(),
        "request_id": "y",
        "changed_at": NOON.isoformat(),
        "monday": date(2026, 11, 30).isoformat(),
        "cut_off": NOON.isoformat(),
    }
    for category in set(Category) - {Category.ACTIVATION, Category.RESET}:
        letter = letter_of(category, facts)
        assert letter.subject
        assert letter.path.startswith("/")
