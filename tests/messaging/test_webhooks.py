"""Events sent to the addresses of partners: signed, kept at, and never inside."""

import asyncio
import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import REGISTRY
from standardwebhooks import Webhook

from chassis.auth import Audience, Principal
from chassis.broker.partners import Partner
from chassis.identifiers import new_id
from messaging.domain.webhooks import PATIENCE, WAITS
from messaging.partners import keeper
from messaging.store import partners, webhooks
from messaging.store.kept_events import Arrived
from messaging.use_cases import serve_webhook
from messaging.webhooks import couriers as sending
from messaging.webhooks import posting
from messaging.webhooks.addresses import UnusableUrl, is_open, usable_url
from messaging.webhooks.couriers import Couriers
from messaging.webhooks.posting import Poster
from support.waiting import eventually, running

SECRET, NEXT = b"s" * 32, b"t" * 32
Answer = Callable[[web.Request], Any]


@dataclass
class Receiver:
    """A partner's own server; `answer` decides, and everything that came is kept."""

    url: str = ""
    seen: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: Callable[[bytes], int] = lambda _: 200
    answer: Answer | None = None
    hung: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.seen.append(({k.lower(): v for k, v in request.headers.items()}, body))
        if self.answer is not None:
            return await self.answer(request)
        return web.Response(status=self.status(body))

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.seen]


@asynccontextmanager
async def listening(
    receiver: Receiver, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Receiver]:
    runner = web.ServerRunner(web.Server(receiver), shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}/events"
    yield receiver
    receiver.hung.set()
    await runner.cleanup()


@dataclass
class Post:
    """Partners with addresses, and what happens to be sent to them."""

    messaging: Any

    @property
    def clock(self) -> Any:
        return self.messaging.runtime.clock

    async def add(self, name: str, url: str, *, ordered: bool = True) -> None:
        async with self.messaging.runtime.database.transaction() as transaction:
            connection = transaction.connection
            partner = Partner(name, ("#",))
            await partners.add(connection, new_id(), partner, None, self.clock.now())
            await webhooks.add(connection, name, url, ordered, SECRET)

    async def happen(self, many: int) -> list[str]:
        """Through the keeper's own transaction, as when the log is read."""
        arrived = []
        for _ in range(many):
            event_id = new_id()
            body = json.dumps({"id": str(event_id), "é": "ü"}).encode()
            arrived.append(Arrived(event_id, "enrolment.booking.confirmed.v1", None, body))
        async with self.messaging.runtime.database.transaction() as transaction:
            await keeper.keep_and_queue(transaction.connection, arrived, self.clock.now())
        return [str(one.event_id) for one in arrived]

    def couriers(self) -> Couriers:
        own, runtime = self.messaging.runtime.own, self.messaging.runtime
        return Couriers(runtime.database, runtime.clock, own.kept_events, Poster(loopback=True))

    async def states(self, name: str) -> list[tuple[str, str | None]]:
        rows = await self.messaging.rows(
            "SELECT s.state, s.last_outcome FROM webhook_sendings s JOIN partners p"
            " USING (partner_id) WHERE p.name = :name ORDER BY s.number",
            name=name,
        )
        return [tuple(row) for row in rows]

    async def until(self, name: str, *states: tuple[str, str | None]) -> None:
        await eventually(lambda: self.states(name), lambda s: s == list(states), within=60)

    def later(self, by: timedelta) -> None:
        self.clock.advance(by)
        self.messaging.runtime.own.kept_events.tell()


@pytest.fixture
def post(messaging: Any, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr(sending, "LOOK_EVERY", 0.1)
    return Post(messaging)


def signatures(headers: dict[str, str], body: bytes, *secrets: bytes) -> bool:
    """As a receiver checks them, but for the age: the clock stands still here."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    made = [Webhook(secret).sign(headers["webhook-id"], at, body.decode()) for secret in secrets]
    return headers["webhook-signature"].split(" ") == made


async def test_events_arrive_signed_in_order_and_again_until_they_are_taken(post: Post) -> None:
    async with listening(Receiver()) as there, running(post.couriers().run()):
        await post.add("crm", there.url)
        there.status = lambda body: 500 if len(there.seen) in (2, 3) else 204
        made = await post.happen(3)
        await post.until("crm", ("sent", "204"), ("waiting", "500"), ("waiting", None))
        post.later(WAITS[0])
        await eventually(lambda: post.states("crm"), lambda _: len(there.seen) == 3, within=60)
        async with post.messaging.runtime.database.transaction() as transaction:
            await serve_webhook.change_secret(
                transaction.connection, "crm", NEXT, timedelta(days=1), post.clock.now()
            )
        post.later(WAITS[1])
        await post.until("crm", ("sent", "204"), ("sent", "204"), ("sent", "204"))
        assert there.ids == [made[0], made[1], made[1], made[1], made[2]], "the same id each time"
        headers, body = there.seen[0]
        assert json.loads(body) == {"id": made[0], "é": "ü"}
        assert headers["content-type"].startswith("application/cloudevents+json")
        assert signatures(headers, body, SECRET)
        assert signatures(*there.seen[3], NEXT, SECRET), "two secrets during the overlap"
        post.later(timedelta(days=1))
        await post.happen(1)
        await eventually(lambda: post.states("crm"), lambda s: s[-1][0] == "sent", within=60)
        assert signatures(*there.seen[-1], NEXT)


async def test_without_order_what_fails_stands_aside_and_is_given_up_in_the_end(
    post: Post,
) -> None:
    async with listening(Receiver()) as there, running(post.couriers().run()):
        await post.add("crm", there.url, ordered=False)
        bad, *good = await post.happen(4)
        there.status = lambda body: 400 if bad.encode() in body else 200
        sent = [("sent", "200")] * 3
        await post.until("crm", ("waiting", "400"), *sent)
        post.later(PATIENCE)
        await post.until("crm", ("given-up", "400"), *sent)
        assert sorted(there.ids) == sorted([bad, bad, *good])
        admin = _staff(post, Audience.ADMIN)
        auditor = _staff(post, Audience.AUDITOR)
        path = "/v1/staff/partners/crm/webhook"
        listed = await post.messaging.client.get(
            f"{path}/sendings", headers=auditor, params={"state": "given-up"}
        )
        (item,) = listed.json()["items"]
        assert (item["event_id"], item["attempts"], item["last_outcome"]) == (bad, 2, "400")
        assert listed.json()["webhook"]["given_up"] == 1
        assert "secret" not in listed.text
        sheet = await post.messaging.client.get("/v1/staff/partners/crm", headers=auditor)
        (channel,) = sheet.json()["partner"]["channels"]
        assert (channel["kind"], channel["standing"]) == ("webhook", "current")
        there.status = lambda _: 200
        again = f"{path}/sendings/{item['sending_id']}/replay"
        assert (await post.messaging.client.post(again, headers=auditor)).status_code == 403
        assert (await post.messaging.client.post(again, headers=admin)).json() == {"queued": 1}
        await post.until("crm", ("sent", "200"), *sent)
        for wrong in (
            f"/v1/staff/partners/nobody/webhook/sendings/{new_id()}",
            f"{path}/sendings/{new_id()}",
        ):
            answer = await post.messaging.client.post(f"{wrong}/replay", headers=admin)
            assert answer.status_code == 404


def _staff(post: Post, audience: Audience) -> dict[str, str]:
    return post.messaging.signed_in(Principal(str(new_id()), "A", frozenset({audience})))


async def test_a_dead_a_slow_and_an_endless_address_delay_no_other(post: Post) -> None:
    slow, endless, good = Receiver(), Receiver(), Receiver()

    async def hang(_: web.Request) -> web.Response:
        await slow.hung.wait()
        return web.Response()

    async def pour(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65536)

    slow.answer, endless.answer = hang, pour
    async with (
        listening(slow),
        listening(endless),
        listening(good),
        running(post.couriers().run()),
    ):
        await post.add("dead", "http://127.0.0.1:9/")
        await post.add("slow", slow.url, ordered=False)
        await post.add("endless", endless.url)
        await post.add("good", good.url)
        for _ in range(3):
            await post.happen(10)
        await post.until("good", *[("sent", "200")] * 30)
        assert slow.seen, "it was asked"
        assert all(state == ("waiting", None) for state in await post.states("slow"))
        await post.until("endless", *[("sent", "200")] * 30)
        await post.until("dead", ("waiting", "no-connection"), *[("waiting", None)] * 29)
        await keeper.Keeper(post.messaging.runtime.database, [], post.clock).tidy()
        assert REGISTRY.get_sample_value("portail_webhook_waiting", {"partner": "slow"}) == 30


async def test_an_address_that_is_dead_for_days_is_paused_and_told_of_and_nothing_is_lost(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts: list[dict[str, Any]] = []
    monkeypatch.setattr(sending.log, "error", lambda _event, **said: alerts.append(said))
    client, admin = post.messaging.client, _staff(post, Audience.ADMIN)
    async with listening(Receiver()) as there, running(post.couriers().run()):
        await post.add("crm", there.url)
        there.status = lambda _: 503
        await post.happen(1)
        await post.until("crm", ("waiting", "503"))
        post.later(PATIENCE)
        await eventually(lambda: post.states("crm"), lambda _: len(alerts) == 1, within=60)
        assert (alerts[0]["partner"], alerts[0]["reason"]) == ("crm", "dead")
        await post.happen(1)
        post.later(timedelta(days=1))
        await post.happen(1)
        there.status = lambda _: 410
        path = "/v1/staff/partners/crm/webhook"
        assert len(there.seen) == 2, "it is left alone"
        assert (await client.post(f"{path}/resume", headers=admin)).status_code == 204
        await eventually(lambda: post.states("crm"), lambda _: len(alerts) == 2, within=60)
        assert alerts[1]["reason"] == "gone"
        there.status = lambda _: 200
        await client.post(f"{path}/resume", headers=admin)
        await post.until("crm", *[("sent", "200")] * 3)
        await client.post(f"{path}/pause", headers=admin)
        await post.happen(1)
        seen = (await client.get(f"{path}/sendings", headers=admin)).json()
        assert (seen["webhook"]["pause"], seen["webhook"]["waiting"]) == ("asked", 1)
        await client.post(f"{path}/resume", headers=admin)
        await post.until("crm", *[("sent", "200")] * 4)
        async with post.messaging.runtime.database.transaction() as transaction:
            again = await serve_webhook.send_since(
                transaction.connection, "crm", post.clock.now(), lambda _: True, post.clock.now()
            )
        assert again == 2, "what was kept since then"


COURIER = """
import asyncio
from chassis.clock import clock_from
from chassis.database import Database
from messaging.news import News
from messaging.settings import Settings
from messaging.webhooks.couriers import Couriers
from messaging.webhooks.posting import Poster
from portail_contracts.catalogue import Context
clock = clock_from(None)
database = Database(Settings().database_url, Context.MESSAGING, clock)
asyncio.run(Couriers(database, clock, News(), Poster(loopback=True)).run())
"""


async def test_a_process_that_is_killed_after_the_answer_sends_the_same_event_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(Receiver()) as there:
        await post.add("crm", there.url)
        (made,) = await post.happen(1)
        monkeypatch.setenv("PORTAIL_CRASH_AT", sending.AFTER_ANSWER)
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", COURIER, env=dict(os.environ), stdout=-3
        )
        async with asyncio.timeout(60):
            assert await killed.wait() == -signal.SIGKILL
        assert there.ids == [made]
        assert await post.states("crm") == [("waiting", None)]
        post.later(sending.LEASE + timedelta(days=400))  # the process had the machine's clock
        async with running(post.couriers().run()):
            await post.until("crm", ("sent", "200"))
        assert there.ids == [made, made]


INSIDE = """
127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1
255.255.255.255 198.18.0.1 ::1 :: fe80::1 fc00::1 fd00:ec2::254 ::ffff:127.0.0.1
::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: ::127.0.0.1 ff02::1
"""


def test_only_the_open_internet_is_sent_to() -> None:
    assert [one for one in INSIDE.split() if is_open(ip_address(one), loopback=False)] == []
    assert is_open(ip_address("127.0.0.1"), loopback=True)
    assert not is_open(ip_address("10.0.0.1"), loopback=True)
    assert all(is_open(ip_address(one), loopback=False) for one in ("9.9.9.9", "2620:fe::fe"))
    assert usable_url("https://crm.example/in?x=1", loopback=False)
    for wrong in (
        "http://crm.example/",
        "https://me:you@crm.example/",
        "https://crm.example/#x",
        "https:///x",
        "https://[::1/",
        "https://crm.example:99999/",
        "https://é.example/",
        "https://169.254.169.254/latest",
        "ftp://crm.example/",
        "https://crm.example/" + "x" * 500,
    ):
        with pytest.raises(UnusableUrl):
            usable_url(wrong, loopback=False)


class Rebinding(aiohttp.abc.AbstractResolver):
    """A name server that gives an inside address for an outside name."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[Any]:
        return [
            {
                "hostname": host,
                "host": "127.0.0.1",
                "port": port,
                "family": 2,
                "proto": 0,
                "flags": 0,
            }
        ]

    async def close(self) -> None:
        pass


async def test_neither_a_name_nor_a_redirection_nor_a_false_certificate_leads_inside(
    messaging: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = Receiver()

    async def redirect(_: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": inside.url})

    outside = Receiver(answer=redirect)
    async with (
        listening(inside),
        listening(outside),
        listening(Receiver(), tls(tmp_path)) as sealed,
    ):
        strict, lax = Poster(loopback=False), Poster(loopback=True)
        port = inside.url.split(":")[2]
        told = [
            (await strict.post(url, b"{}", {})).outcome
            for url in (inside.url, f"http://localhost:{port}", f"http://[::ffff:127.0.0.1]:{port}")
        ]
        strict._opened().connector._resolver = Rebinding()
        told.append((await strict.post(f"http://crm.example:{port}", b"{}", {})).outcome)
        assert told == ["forbidden-address"] * 4
        assert (await lax.post(outside.url, b"{}", {})).outcome == "307"
        assert (await lax.post(sealed.url, b"{}", {})).outcome == "tls"
        assert not inside.seen
        assert not sealed.seen
        lax._opened().connector._resolver = Rebinding()
        assert (await lax.post(f"http://crm.example:{port}", b"{}", {})).is_taken, "it is the gate"
        monkeypatch.setattr(posting, "WITHIN_SECONDS", 0.2)
        impatient = Poster(loopback=True)
        inside.answer = lambda _: inside.hung.wait()
        assert (await impatient.post(inside.url, b"{}", {})).outcome == "timeout"
        for poster in (strict, lax, impatient):
            await poster.close()


def tls(folder: Path) -> ssl.SSLContext:
    """A server whose certificate nobody vouches for."""
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            folder / "key",
            "-out",
            folder / "certificate",
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate", folder / "key")
    return context
