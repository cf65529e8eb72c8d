"""The one place where the gateway is put together."""

from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from chassis.app import BodyLimit, Observed, UndeclaredRoute, too_large
from chassis.auth import undeclared_routes
from chassis.clock import Clock, clock_from
from chassis.peers import Peers
from chassis.settings import SharedSettings
from chassis.web.compressing import CompressedPages

from . import accounts
from .checks import UnsafeRequests
from .failing import Failsafe, install
from .forwarding import Forwarder
from .gateway import Gateway
from .headers import Entrance, StrictHeaders
from .keeping_answers import Answers
from .keeping_pages import KeptPages
from .pages.rendering import theme
from .refreshing import Refresher
from .routes import ROUTERS
from .sealing import Seal
from .session import Cookies
from .settings import Settings
from .uploads import LARGER_BODIES
from .upstream import Upstream
from .visit import Visits, authenticate

NAME = "gateway"
HEARD_AT_MOST = 64 * 1024 * 1024
"""Bytes of a refused body: beyond, nobody is sending a photo by mistake."""


class PageBodyLimit(BodyLimit):
    """The shared limit, whose refusal becomes a page when a person is asking."""

    async def _refuse(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        await _drain(receive)
        raise too_large(limit)


async def _drain(receive: Receive) -> None:
    """Hear the rest of what is too large, and keep none of it: a browser that is still sending
    takes an early answer for a broken connection, and the person would read nothing."""
    heard = 0
    while heard < HEARD_AT_MOST:
        message = await receive()
        heard += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


def build(settings: Settings, shared: SharedSettings, clock: Clock | None = None) -> Gateway:
    """`clock` is given by tests; otherwise it is the one of the shared settings."""
    clock = clock or clock_from(shared.clock_shift)
    peers = Peers(NAME, shared, settings.service_secret.get_secret_value(), clock)
    answers = Answers(peers, clock, settings.kept_bytes // 2)
    upstream = Upstream(peers, answers, clock)
    assets, templates = theme()
    seal = Seal(settings.keys)
    return Gateway(
        settings=settings,
        shared=shared,
        clock=clock,
        peers=peers,
        answers=answers,
        upstream=upstream,
        forwarder=Forwarder(),
        seal=seal,
        cookies=Cookies(seal),
        refresher=Refresher(accounts.refresh_with(upstream), clock),
        assets=assets,
        templates=templates,
    )


def create_app(gateway: Gateway) -> FastAPI:
    """Raises UndeclaredRoute when a route declares no audience."""
    app = FastAPI(title="Portail Familles", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.gateway = gateway
    app.state.authenticate = authenticate
    install(app)
    for router in ROUTERS:
        app.include_router(router)
    if forgotten := undeclared_routes(app):
        raise UndeclaredRoute(", ".join(forgotten))
    _raise_walls(app, gateway)
    return app


def _raise_walls(app: FastAPI, gateway: Gateway) -> None:
    """From the innermost to the outermost."""
    settings = gateway.settings
    app.add_middleware(
        KeptPages,
        answers=gateway.answers,
        shared=gateway.shared,
        clock=gateway.clock,
        bytes_at_most=settings.kept_bytes // 2,
    )
    app.add_middleware(UnsafeRequests, public_url=settings.public_url)
    # Inside the visit: a refusal is a page of the person who is asking.
    app.add_middleware(PageBodyLimit, larger=LARGER_BODIES)
    app.add_middleware(
        Visits, cookies=gateway.cookies, refresher=gateway.refresher, clock=gateway.clock
    )
    app.add_middleware(Failsafe)
    app.add_middleware(CompressedPages)
    app.add_middleware(StrictHeaders, https=settings.is_https)
    app.add_middleware(Observed)
    app.add_middleware(Entrance, trusted=settings.trusted_proxies)
