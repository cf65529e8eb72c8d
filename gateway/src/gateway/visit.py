"""Who is at the door: opens the cookies before anything else, writes them after.

The access token travels inside the sealed cookie and is put where the shared guard looks for it,
so that a route says who it is for with the same `allow(…)` as in every other service.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.auth import Principal, unauthenticated
from chassis.clock import Clock
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.telemetry import logger

from . import timings
from .refreshing import Refresher
from .session import (
    ANONYMOUS_COOKIE,
    ANONYMOUS_LIFETIME,
    COOKIE,
    Anonymous,
    Cookies,
    Session,
    forgotten,
    new_anonymous,
)

log = logger(__name__)


@dataclass
class Visit:
    """One request's session, and what becomes of the cookies."""

    cookies: Cookies
    session: Session | None = None
    anonymous: Anonymous | None = None
    is_stale: bool = False
    """The token is over and accounts could not be asked for another."""
    outgoing: dict[str, str] = field(default_factory=dict)
    former: Session | None = None
    """Who was signed in when the page was shown, if the session is over by now."""
    typed: bytes | None = None
    """The form that came with this request, as it was sent."""

    @property
    def form_token(self) -> str:
        """The token that this visitor's forms must carry; empty when there is none yet."""
        holder = self.session or self.anonymous
        return holder.form_token if holder else ""

    @property
    def token(self) -> str:
        """The access token; only after a guard."""
        if self.session is None:
            raise unauthenticated()
        return self.session.grant.token

    def begin(self, session: Session) -> None:
        self.session = session
        self.outgoing[COOKIE] = self.cookies.session(session)
        self.outgoing[ANONYMOUS_COOKIE] = forgotten(ANONYMOUS_COOKIE)

    def end(self) -> None:
        self.former = self.session or self.former
        self.session = None
        self.outgoing[COOKIE] = forgotten(COOKIE)

    def prepare_form(self, clock: Clock) -> str:
        """A token for a form shown to someone who is not signed in."""
        if self.session is not None:
            return self.session.form_token
        now = clock.now()
        if self.anonymous is None or self.anonymous.expires_at - now < ANONYMOUS_LIFETIME / 2:
            self.anonymous = new_anonymous(now)
            self.outgoing[ANONYMOUS_COOKIE] = self.cookies.anonymous(self.anonymous)
        return self.anonymous.form_token


_current: ContextVar[Visit | None] = ContextVar("visit", default=None)


def visit_of(request: Request) -> Visit:
    visit: Visit = request.scope["state"]["visit"]
    return visit


async def _of_request(request: Request) -> Visit:
    # A plain function would be called in another thread, at every request.
    return visit_of(request)


VisitOf = Annotated[Visit, Depends(_of_request)]


async def authenticate(_: str) -> Principal:
    """Who the cookie speaks for; the token itself is for the services, which verify it."""
    visit = _current.get()
    if visit is None or visit.session is None:
        raise unauthenticated()
    if visit.is_stale:
        raise Problem(
            503,
            "gateway.accounts-unavailable",
            "Votre connexion ne peut pas être vérifiée pour le moment",
            "Réessayez dans un instant : rien n’a été perdu.",
        )
    return visit.session.principal


class Visits:
    """Opens the session of each request, renews its token, sends the cookies that changed."""

    def __init__(self, app: ASGIApp, cookies: Cookies, refresher: Refresher, clock: Clock) -> None:
        self._app = app
        self._cookies, self._refresher, self._clock = cookies, refresher, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        visit = await self._visit(scope)
        timings.begin()
        scope.setdefault("state", {})["visit"] = visit
        if visit.session is not None:
            bearer = f"Bearer {visit.session.grant.token}".encode()
            scope["headers"] = [*scope["headers"], (b"authorization", bearer)]

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and visit.outgoing:
                cookies = [(b"set-cookie", value.encode()) for value in visit.outgoing.values()]
                message["headers"] = [*message.get("headers", ()), *cookies]
            await send(message)

        mark = _current.set(visit)
        try:
            await self._app(scope, receive, sending)
        finally:
            _current.reset(mark)

    async def _visit(self, scope: Scope) -> Visit:
        sent = Request(scope).cookies
        now = self._clock.now()
        visit = Visit(
            self._cookies,
            self._cookies.read_session(sent, now),
            self._cookies.read_anonymous(sent, now),
        )
        if visit.session is not None and visit.session.needs_refresh(now):
            await self._renew(visit, visit.session)
        elif visit.session is None and COOKIE in sent:
            visit.former = self._cookies.read_former(sent)
            visit.end()
        return visit

    async def _renew(self, visit: Visit, session: Session) -> None:
        now = self._clock.now()
        try:
            grant = await self._refresher.grant_for(session)
        except (PeerUnavailable, PeerRefused) as error:
            log.warning("session.refresh_failed", cause=str(error))
            visit.is_stale = not session.is_usable(now)
            return
        if grant is None:
            visit.end()
            return
        visit.session = session.renewed(grant, now)
        visit.outgoing[COOKIE] = self._cookies.session(visit.session)
