"""The two doors: signing in as a family or as staff, and signing out."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.telemetry import logger
from chassis.web import french, shapes
from gateway import accounts, links
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.session import Door, new_session
from gateway.visit import Visit, VisitOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])
log = logger(__name__)

LONGEST_IDENTIFIER = 120
LONGEST_PASSWORD = 200
# The same words whatever was wrong: nobody learns which identifiers exist.
WRONG = (shapes.FieldError("identifier", "L’identifiant ou le mot de passe est incorrect"),)
BUSY: dict[str, Any] = {
    "status": 503,
    "notice": "La connexion n’est pas possible pour le moment. Réessayez dans quelques instants.",
    "retry_after": 5,
}


@dataclass(frozen=True)
class Entry:
    """One door: its address, where it leads, what it is called."""

    door: Door
    url: str
    home: str
    title: str

    def way(self, back: str | None) -> str:
        """Where to go after signing in; never to the other door's pages, never elsewhere."""
        way = links.safe(back, self.home)
        inside = way == "/console" or way.startswith(("/console/", "/console?"))
        return way if inside == (self.door is Door.STAFF) else self.home


FAMILY = Entry(Door.FAMILY, "/connexion", "/", "Se connecter")
STAFF = Entry(Door.STAFF, "/console/connexion", "/console", "Console des agents")

Back = Annotated[str | None, Query(alias="suite", max_length=2000)]
Farewell = Annotated[bool, Query(alias="au-revoir")]
Typed = Annotated[str, Form()]


@dataclass(frozen=True)
class Shown:
    """A sign-in form as it is shown: what was typed is kept, but for the password."""

    suite: str = ""
    identifier: str = ""
    errors: tuple[shapes.FieldError, ...] = ()
    status: int = 200
    notice: str | None = None
    retry_after: int | None = None
    farewell: bool = False


@router.get(FAMILY.url)
async def family_form(
    gateway: GatewayOf, visit: VisitOf, back: Back = None, farewell: Farewell = False
) -> Response:
    return _form(gateway, visit, FAMILY, Shown(back or "", farewell=farewell))


@router.get(STAFF.url)
async def staff_form(
    gateway: GatewayOf, visit: VisitOf, back: Back = None, farewell: Farewell = False
) -> Response:
    return _form(gateway, visit, STAFF, Shown(back or "", farewell=farewell))


@router.post(FAMILY.url)
async def family_sign_in(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    identifier: Typed = "",
    password: Typed = "",
    suite: Typed = "",
) -> Response:
    return await _sign_in(request, gateway, visit, FAMILY, _typed(identifier, suite), password)


@router.post(STAFF.url)
async def staff_sign_in(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    identifier: Typed = "",
    password: Typed = "",
    suite: Typed = "",
) -> Response:
    return await _sign_in(request, gateway, visit, STAFF, _typed(identifier, suite), password)


@router.post("/deconnexion")
@router.post("/console/deconnexion")
async def sign_out(gateway: GatewayOf, visit: VisitOf) -> Response:
    """The browser forgets first; accounts is told, and a silent accounts changes nothing."""
    session = visit.session
    entry = STAFF if session is not None and session.door is Door.STAFF else FAMILY
    if session is not None:
        visit.end()
        gateway.refresher.forget(session)
        try:
            await accounts.end_session(gateway.upstream, session.secret)
        except (PeerUnavailable, PeerRefused) as error:
            log.warning("session.end_not_told", cause=str(error))
    return RedirectResponse(f"{entry.url}?au-revoir=1", 303)


def _typed(identifier: str, suite: str) -> Shown:
    return Shown(suite, identifier.strip())


def _form(gateway: Gateway, visit: Visit, entry: Entry, shown: Shown) -> Response:
    if visit.session is not None and visit.session.door is entry.door and not visit.is_stale:
        return RedirectResponse(entry.way(shown.suite), 303)
    return _page(gateway, visit, entry, shown)


async def _sign_in(
    request: Request,
    gateway: Gateway,
    visit: Visit,
    entry: Entry,
    typed: Shown,
    password: str,
) -> Response:
    if errors := _mistakes(typed.identifier, password):
        return _page(gateway, visit, entry, replace(typed, errors=errors, status=422))
    address = request.client.host if request.client else ""
    try:
        secret, grant = await accounts.sign_in(
            gateway.upstream, entry.door, typed.identifier, password, address
        )
    except PeerRefused as refused:
        shown = _refused(typed, refused, gateway.clock.now())
        return _page(gateway, visit, entry, shown)
    except PeerUnavailable as error:
        log.warning("sign_in.unavailable", cause=str(error))
        return _page(gateway, visit, entry, replace(typed, **BUSY))
    visit.begin(new_session(secret, grant, entry.door, gateway.clock.now()))
    return RedirectResponse(entry.way(typed.suite), 303)


def _mistakes(identifier: str, password: str) -> tuple[shapes.FieldError, ...]:
    errors = []
    if not identifier:
        errors.append(shapes.FieldError("identifier", "Indiquez votre identifiant"))
    elif len(identifier) > LONGEST_IDENTIFIER:
        errors.append(shapes.FieldError("identifier", "Cet identifiant est trop long"))
    if not password:
        errors.append(shapes.FieldError("password", "Indiquez votre mot de passe"))
    elif len(password) > LONGEST_PASSWORD:
        errors.append(shapes.FieldError("password", "Ce mot de passe est trop long"))
    return tuple(errors)


def _refused(typed: Shown, refused: PeerRefused, now: datetime) -> Shown:
    if refused.status == 429:
        again = _retry_at(refused.problem.get("retry_after"), now)
        return replace(
            typed,
            status=429,
            notice=f"Trop de tentatives. Réessayez à partir de {french.hour(again)}.",
            retry_after=max(1, round((again - now).total_seconds())),
        )
    if refused.status not in (400, 401, 422) or accounts.is_about_us(refused):
        log.error("sign_in.gateway_refused", status=refused.status)
        return replace(typed, **BUSY)
    return replace(typed, errors=WRONG, status=401)


def _retry_at(said: object, now: datetime) -> datetime:
    """Accounts says a number of seconds, or an instant; rounded up to a minute people can read."""
    at = now + timedelta(minutes=1)
    if isinstance(said, int | float):
        at = now + timedelta(seconds=said)
    elif isinstance(said, str):
        with suppress(ValueError):
            at = datetime.fromisoformat(said)
    if at.tzinfo is None or at < now:
        at = now
    return (at + timedelta(seconds=59)).replace(second=0, microsecond=0)


def _page(gateway: Gateway, visit: Visit, entry: Entry, shown: Shown) -> Response:
    visit.prepare_form(gateway.clock)
    way = entry.way(shown.suite)
    page = render(
        gateway,
        visit,
        "sign_in.html",
        title=entry.title,
        status=shown.status,
        entry=entry,
        other=STAFF if entry is FAMILY else FAMILY,
        shown=replace(shown, suite="" if way == entry.home else way),
    )
    if shown.retry_after is not None:
        page.headers["Retry-After"] = str(shown.retry_after)
    return page
