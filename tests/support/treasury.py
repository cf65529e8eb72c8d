"""A server that plays the treasury as domain.md describes it, for tests of online payment."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from portail_local.servers import free_port


@dataclass
class Treasury:
    """Creates operations and tells what became of them; refuses what PayFiP refuses."""

    url: str = ""
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    away: bool = False

    async def create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        fits = (
            len(asked["numcli"]) == 6
            and 6 <= len(asked["refdet"]) <= 30
            and asked["refdet"].isalnum()
            and asked["montant"] >= 100
            and len(asked["objet"]) <= 99
            and 6 <= len(asked["mel"]) <= 80
            and asked["saisie"] in ("T", "X", "W")
        )
        if self.away or not fits:
            return web.json_response({"error": "no"}, status=503 if self.away else 400)
        id_op = f"op-{len(self.operations):08d}"
        self.operations[id_op] = asked
        return web.json_response({"idOp": id_op})

    async def detail(self, request: web.Request) -> web.Response:
        id_op = (await request.json())["idOp"]
        if self.away or id_op not in self.results:
            return web.json_response({"error": "pending"}, status=404)
        asked = self.operations[id_op]
        return web.json_response(
            {
                "idOp": id_op,
                "resultrans": self.results[id_op],
                "refdet": asked["refdet"],
                "montant": asked["montant"],
            }
        )

    async def page(self, request: web.Request) -> web.Response:
        """Where a family would type its card."""
        back = self.operations[request.query["idop"]]["urlredirect"]
        page = f'<!doctype html><title>PayFiP</title><a href="{back}">Retour</a>'
        return web.Response(text=page, content_type="text/html")


@asynccontextmanager
async def open_treasury() -> AsyncIterator[Treasury]:
    played = Treasury()
    application = web.Application()
    application.router.add_post("/operations", played.create)
    application.router.add_post("/operations/detail", played.detail)
    application.router.add_get("/pay", played.page)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    played.url = f"http://127.0.0.1:{port}"
    yield played
    await runner.cleanup()
