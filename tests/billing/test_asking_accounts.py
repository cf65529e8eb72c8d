"""Healing over real HTTP: accounts is asked in billing's own name."""

from contextlib import asynccontextmanager
from datetime import date

import pytest
from aiohttp import web

from billing.accounts import asking
from chassis.identifiers import new_id
from chassis.peers import Peers, PeerUnavailable
from portail_contracts.catalogue import Context
from portail_local.servers import free_port

from .examples import family


@asynccontextmanager
async def accounts_serving(known):
    async def token(request):
        assert await request.json() == {"name": "billing", "secret": "secret"}
        return web.json_response({"token": "of-billing"})

    async def answer(request):
        assert request.headers["Authorization"] == "Bearer of-billing"
        if request.match_info["id"] != str(known.family_id):
            return web.json_response({"type": "urn:portail:problem:accounts.unknown"}, status=404)
        child = {"child_id": str(new_id()), "given_name": "Lou", "version": 1}
        return web.json_response(known.model_dump(mode="json") | {"children": [child]})

    application = web.Application()
    application.router.add_post("/v1/service-tokens", token)
    application.router.add_get("/v1/internal/families/{id}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture
def peers_at(billing, clock):
    def peers(address):
        shared = billing.runtime.shared.model_copy(update={"accounts_url": address})
        return Peers(Context.BILLING, shared, "secret", clock)

    return peers


async def test_the_answer_of_accounts_is_read_as_a_snapshot(peers_at):
    known = family(new_id(), (date(2026, 9, 1), None, 540), version=7)
    async with accounts_serving(known) as address:
        peers = peers_at(address)
        answer = await asking(peers)(known.family_id)
        assert known == type(known)(
            **{name: getattr(answer, name) for name in type(known).model_fields}
        )
        assert [child.given_name for child in answer.children] == ["Lou"]
        assert await asking(peers)(new_id()) is None
        await peers.close()


async def test_accounts_away_is_said_so_that_the_event_is_tried_again(peers_at):
    peers = peers_at(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(PeerUnavailable):
        await asking(peers)(new_id())
    await peers.close()
