"""A small local server for the gallery: the pages, the assets, cells that answer, live events."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gallery
from aiohttp import web
from playwright.sync_api import Page

from chassis.web import shapes
from chassis.web.assets import Assets

# What production sends: the gallery must live under it, so that nothing inline ever slips in.
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FOLDER = os.environ.get("PORTAIL_GALLERY")
PICTURES = Path(_FOLDER) if _FOLDER else None
"""Where the tests leave their pictures, for eyes to judge; None: nobody looks."""


def picture(page: Page, name: str, *, whole: bool = True) -> None:
    if PICTURES:
        page.screenshot(path=PICTURES / f"{name}.png", full_page=whole)


NEXT_STATE: dict[str, shapes.StateCode] = {
    "booking.request": "requested",
    "booking.cancel": "cancel_requested",
    "request.withdraw": "free",
    "absence.declare": "absence_declared",
}


@dataclass
class Site:
    """What the tests see of the server, and how they steer it."""

    address: str = ""
    posts: list[dict[str, str]] = field(default_factory=list)
    states: dict[str, shapes.StateCode] = field(default_factory=dict)
    answer: str = "cell"
    delay: float = 0.0
    streams: list[web.StreamResponse] = field(default_factory=list)
    loop: Any = None

    def forget(self) -> None:
        self.posts.clear()
        self.states.clear()
        self.answer, self.delay = "cell", 0.0

    def push(self, event: str, data: str) -> None:
        """Send a server-sent event to every open page."""

        async def send() -> None:
            for stream in self.streams:
                await stream.write(f"event: {event}\ndata: {data}\n\n".encode())

        asyncio.run_coroutine_threadsafe(send(), self.loop).result(5)


class _Handlers:
    """What a gateway would answer, reduced to what the scripts of the theme can tell apart."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.assets = Assets()
        self.pages = gallery.render_all(self.assets)

    async def page(self, request: web.Request) -> web.Response:
        html = self.pages.get(request.match_info["name"])
        if html is None:
            return web.Response(status=404, text="page inconnue")
        return web.Response(
            text=html, content_type="text/html", headers={"Content-Security-Policy": CSP}
        )

    async def static(self, request: web.Request) -> web.Response:
        asset = self.assets.open(request.path)
        if asset is None:
            return web.Response(status=404)
        return web.Response(body=asset.content, headers={"Content-Type": asset.content_type})

    async def show_cell(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        state = self.site.states.get(key, "free")
        return _html(gallery.render_cell(self.assets, key, state, None))

    async def act(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.site.posts.append(form | {"fragment": request.headers.get("X-Fragment", "")})
        await asyncio.sleep(self.site.delay)
        if request.headers.get("X-Fragment") != "cell":
            return _html("<h1>Page entière</h1>")
        if self.site.answer == "in turn":
            self.site.answer = "cell"
            return web.Response(status=503, headers={"Retry-After": "1"})
        if self.site.answer != "cell":
            return web.Response(status=302, headers={"Location": "/sign-in"})
        outcome = "Votre demande est enregistrée"
        state = NEXT_STATE[request.query["kind"]]
        return _html(gallery.render_cell(self.assets, form["cell"], state, outcome))

    async def direct(self, request: web.Request) -> web.StreamResponse:
        stream = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await stream.prepare(request)
        self.site.streams.append(stream)
        try:
            await asyncio.sleep(600)
        finally:
            self.site.streams.remove(stream)
        return stream

    async def detail(self, request: web.Request) -> web.Response:
        number = int(request.query.get("demande", "1342"))
        return _html(gallery.render_detail(self.assets, number))

    async def decided(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.site.posts.append(form | {"path": request.path})
        return _html("<h1>Décidé</h1>")


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html")


def _application(site: Site) -> web.Application:
    handlers = _Handlers(site)
    app = web.Application()
    app.add_routes(
        [
            web.get("/static/{file}", handlers.static),
            web.get("/direct", handlers.direct),
            web.get("/console/direct", handlers.direct),
            web.get("/cells/{key}", handlers.show_cell),
            web.post("/cells/{key}", handlers.act),
            web.get("/console/demandes", handlers.detail),
            web.post("/console/demandes/{number}/{verb}", handlers.decided),
            web.get("/{name}", handlers.page),
        ]
    )
    return app


@contextmanager
def serve() -> Iterator[Site]:
    """Run the site in a thread of its own: Playwright holds the loop of the main one."""
    site = Site()
    loop = asyncio.new_event_loop()
    site.loop = loop
    ready = threading.Event()
    runner = web.AppRunner(_application(site), shutdown_timeout=0.1, handler_cancellation=True)

    async def start() -> None:
        await runner.setup()
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        port = runner.addresses[0][1]
        site.address = f"http://127.0.0.1:{port}"
        ready.set()

    async def stop() -> None:
        await runner.cleanup()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(stop())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
