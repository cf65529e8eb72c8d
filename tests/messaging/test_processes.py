"""API and consumer as processes of their own, with the real broker between them."""

import asyncio
import signal
import subprocess
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import aio_pika
import aiohttp
import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.auth import Audience, Principal
from chassis.clock import SystemClock
from chassis.identifiers import new_id
from chassis.tokens import ALGORITHM, claims_for
from portail_contracts.catalogue import Context
from portail_contracts.envelope import Envelope
from portail_local.servers import free_port

from .examples import Request


@dataclass
class Accounts:
    """Only what a token's reader needs of accounts: its published key."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    async def published(self, _: web.Request) -> web.Response:
        public = jwt.algorithms.OKPAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return web.json_response({"keys": [public | {"kid": "test", "alg": ALGORITHM}]})

    def token(self, principal: Principal) -> str:
        claims = claims_for(principal, ["messaging"], SystemClock().now(), new_id())
        return jwt.encode(claims, self.key, ALGORITHM, headers={"kid": "test"})

    @asynccontextmanager
    async def served(self):
        application = web.Application()
        application.router.add_get("/.well-known/jwks.json", self.published)
        runner = web.AppRunner(application)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}"
        await runner.cleanup()


@asynccontextmanager
async def process(part, environment):
    port = free_port()
    command = [sys.executable, "-m", "messaging", part]
    running = await asyncio.create_subprocess_exec(
        *command,
        env={**environment, "MESSAGING_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        yield running, f"http://127.0.0.1:{port}"
    finally:
        if running.returncode is None:
            running.kill()
            await running.wait()


async def until_ready(session, address):
    async with asyncio.timeout(60):
        while True:
            try:
                async with session.get(f"{address}/health/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.1)


async def publish(vhost, event):
    envelope = Envelope.around(
        event,
        id=new_id(),
        producer=Context.ENROLMENT,
        time=SystemClock().now(),
        correlationid="0" * 32,
        causationid=None,
        traceparent=None,
    )
    connection = await aio_pika.connect(vhost.url())
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange("portail.internal", ensure=False)
        await exchange.publish(aio_pika.Message(envelope.to_bytes()), event.type)


@pytest.mark.slow
async def test_what_the_consumer_wrote_is_on_the_page_that_the_api_holds_open(
    vhost, service_database
):
    accounts, family_id = Accounts(), new_id()
    principal = Principal(str(new_id()), "Noisetier", frozenset({Audience.FAMILY}), family_id)
    url, owner_url = await service_database("messaging")
    async with AsyncExitStack() as stack:
        accounts_url = await stack.enter_async_context(accounts.served())
        environment = {
            "MESSAGING_DATABASE_URL": url,
            "MESSAGING_MIGRATION_DATABASE_URL": owner_url,
            "MESSAGING_BROKER_URLS": vhost.url("messaging"),
            "MESSAGING_SERVICE_SECRET": "secret",
            **{f"PORTAIL_{context.upper()}_URL": accounts_url for context in Context},
        }
        api, address = await stack.enter_async_context(process("api", environment))
        consumer, other = await stack.enter_async_context(process("consumer", environment))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await until_ready(session, address)
        await until_ready(session, other)
        headers = {"Authorization": f"Bearer {accounts.token(principal)}"}
        page = await stack.enter_async_context(
            session.get(f"{address}/v1/me/stream", headers=headers)
        )
        assert page.status == 200
        # The first event also waits for the consumer's connection; the second is measured.
        await publish(vhost, Request(family_id).submitted())
        await _line(page, b'"state":"pending"')
        await publish(vhost, Request(family_id).decided())
        await _line(page, b'"unread":1')
        for part in (api, consumer):
            part.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(part.wait(), 60) == 0, "it did not drain"


async def _line(page, words):
    async with asyncio.timeout(60):
        while words not in await page.content.readline():
            pass
