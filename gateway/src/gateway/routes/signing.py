"""The two doors: signing in as a family or as staff, and signing out."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.telemetry import logger
from chassis.web import shapes
from gateway import accounts
from gateway.entering import Onward, enter
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.sign_in import FAMILY, STAFF, Entry, Shown, sign_in_page
from gateway.session import Door
from gateway.visit import Visit, VisitOf
from gateway.waiting import retry_at, too_many

from .code import code_page

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

Back = Annotated[str | None, Query(alias="suite", max_length=2000)]
Farewell = Annotated[bool, Query(alias="au-revoir")]
Chosen = Annotated[bool, Query(alias="choisi")]
Typed = Annotated[str, Form()]


@router.get(FAMILY.url)
async def family_form(
    gateway: GatewayOf,
    visit: VisitOf,
    back: Back = None,
    farewell: Farewell = False,
    chosen: Chosen = False,
) -> Response:
    return _form(gateway, visit, FAMILY, Shown(back or "", farewell=farewell, chosen=chosen))


@router.get(STAFF.url)
async def staff_form(
    gateway: GatewayOf,
    visit: VisitOf,
    back: Back = None,
    farewell: Farewell = False,
    chosen: Chosen = False,
) -> Response:
    return _form(gateway, visit, STAFF, Shown(back or "", farewell=farewell, chosen=chosen))


@router.post(FAMILY.url)
async def family_sign_in(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    identifier: Typed = "",
    password: Typed = "",
    suite: Typed = "",
    kept: Typed = "",
) -> Response:
    typed = Shown(suite, identifier.strip(), kept=kept)
    return await _sign_in(request, gateway, visit, FAMILY, typed, password)


@router.post(STAFF.url)
async def staff_sign_in(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    identifier: Typed = "",
    password: Typed = "",
    suite: Typed = "",
    kept: Typed = "",
) -> Response:
    typed = Shown(suite, identifier.strip(), kept=kept)
    return await _sign_in(request, gateway, visit, STAFF, typed, password)


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


def _form(gateway: Gateway, visit: Visit, entry: Entry, shown: Shown) -> Response:
    if visit.session is not None and visit.session.door is entry.door and not visit.is_stale:
        return RedirectResponse(entry.way(shown.suite), 303)
    return sign_in_page(gateway, visit, entry, shown)


async def _sign_in(
    request: Request,
    gateway: Gateway,
    visit: Visit,
    entry: Entry,
    typed: Shown,
    password: str,
) -> Response:
    if errors := _mistakes(typed.identifier, password):
        return sign_in_page(gateway, visit, entry, replace(typed, errors=errors, status=422))
    try:
        secret, grant = await accounts.sign_in(
            gateway.upstream,
            entry.door,
            accounts.Typed(typed.identifier, password),
            accounts.Whence.of(request),
        )
    except PeerRefused as refused:
        shown = _refused(typed, refused, gateway.clock.now())
        return sign_in_page(gateway, visit, entry, shown)
    except PeerUnavailable as error:
        log.warning("sign_in.unavailable", cause=str(error))
        return sign_in_page(gateway, visit, entry, replace(typed, **BUSY))
    onward = Onward(typed.suite, typed.kept)
    if grant is None:
        return code_page(gateway, visit, secret, onward)
    return await enter(request, gateway, visit, entry, secret, grant, onward)


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
        again = retry_at(refused.problem.get("retry_after"), now)
        return replace(
            typed,
            status=429,
            notice=too_many(again),
            retry_after=max(1, round((again - now).total_seconds())),
        )
    if refused.status not in (400, 401, 422) or accounts.is_about_us(refused):
        log.error("sign_in.gateway_refused", status=refused.status)
        return replace(typed, **BUSY)
    return replace(typed, errors=WRONG, status=401)
