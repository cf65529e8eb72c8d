"""One's own access: the password, and who signed in by it. For families, and for staff."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from chassis.auth import STAFF, Audience, allow
from chassis.peers import PeerRefused
from chassis.web import shapes
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.listing import Page, pagination
from gateway.pages.rendering import NO_COUNTS, render
from gateway.upstream import or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Place:
    """Where these pages stand for families and for staff."""

    home: str
    password: str
    connections: str
    frame: str
    section: str


FAMILY = Place(
    "/mon-compte",
    "/mon-compte/mot-de-passe",
    "/mon-compte/connexions",
    "portal.html",
    "account",
)
AGENT = Place(
    "/console/mon-acces",
    "/console/mon-acces/mot-de-passe",
    "/console/mon-acces/connexions",
    "staff_frame.html",
    "",
)
FOR_FAMILIES = [allow(Audience.FAMILY)]
FOR_STAFF = [allow(*STAFF)]

LONGEST_PASSWORD = 200
ABOUT_PASSWORDS = (400, 401, 403, 409, 422, 429)
Typed = Annotated[str, Form()]
Ended = Annotated[int | None, Query(alias="fermees", ge=0, le=10_000)]


@router.get(FAMILY.password, dependencies=FOR_FAMILIES)
async def family_password(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf) -> Response:
    return await _password_form(gateway, visit, voice, FAMILY, [])


@router.get(AGENT.password, dependencies=FOR_STAFF)
async def staff_password(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf) -> Response:
    return await _password_form(gateway, visit, voice, AGENT, [])


@router.post(FAMILY.password, dependencies=FOR_FAMILIES)
async def change_family_password(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    current: Typed = "",
    new: Typed = "",
    again: Typed = "",
) -> Response:
    return await _change(gateway, visit, voice, FAMILY, (current, new, again))


@router.post(AGENT.password, dependencies=FOR_STAFF)
async def change_staff_password(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    current: Typed = "",
    new: Typed = "",
    again: Typed = "",
) -> Response:
    return await _change(gateway, visit, voice, AGENT, (current, new, again))


@router.get(FAMILY.connections, dependencies=FOR_FAMILIES)
async def family_connections(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, page: Page = 1, ended: Ended = None
) -> Response:
    return await _connections(gateway, visit, voice, FAMILY, page, ended)


@router.get(AGENT.connections, dependencies=FOR_STAFF)
async def staff_connections(
    gateway: GatewayOf, visit: VisitOf, voice: VoiceOf, page: Page = 1, ended: Ended = None
) -> Response:
    return await _connections(gateway, visit, voice, AGENT, page, ended)


@router.post(f"{FAMILY.connections}/fermer-les-autres", dependencies=FOR_FAMILIES)
async def end_other_families(voice: VoiceOf) -> Response:
    return await _end_others(voice, FAMILY)


@router.post(f"{AGENT.connections}/fermer-les-autres", dependencies=FOR_STAFF)
async def end_other_staff(voice: VoiceOf) -> Response:
    return await _end_others(voice, AGENT)


async def _change(
    gateway: Gateway, visit: Visit, voice: Voice, place: Place, typed: tuple[str, str, str]
) -> Response:
    errors = password_mistakes(*typed)
    if not errors:
        try:
            await voice.change_password(typed[0], typed[1])
        except PeerRefused as refused:
            errors = [_explained(refused)]
    if errors:
        return await _password_form(gateway, visit, voice, place, errors)
    return RedirectResponse(f"{place.home}?change=1", 303)


def password_mistakes(current: str | None, new: str, again: str) -> list[shapes.FieldError]:
    """What can be said before asking; the policy itself is accounts' own. `current` None: a
    password is chosen where there was none to know."""
    errors = []
    if current is not None and (not current or len(current) > LONGEST_PASSWORD):
        errors.append(shapes.FieldError("current", "Indiquez votre mot de passe actuel"))
    if not new or len(new) > LONGEST_PASSWORD:
        errors.append(shapes.FieldError("new", "Choisissez un nouveau mot de passe"))
    elif new != again:
        errors.append(shapes.FieldError("again", "Les deux saisies ne sont pas identiques"))
    return errors


def _explained(refused: PeerRefused) -> shapes.FieldError:
    """Raises PeerRefused again for what is not about the passwords."""
    kind = str(refused.problem.get("type", ""))
    if kind.endswith("portail.sign-in-needed") or refused.status not in ABOUT_PASSWORDS:
        raise refused
    said = refused.problem.get("detail") or refused.problem.get("title")
    if kind.endswith("accounts.wrong-password"):
        return shapes.FieldError("current", str(said or "Le mot de passe actuel est incorrect"))
    return shapes.FieldError("new", str(said or "Ce mot de passe ne convient pas"))


async def _password_form(
    gateway: Gateway,
    visit: Visit,
    voice: Voice,
    place: Place,
    errors: Sequence[shapes.FieldError],
) -> Response:
    own, counts = await asyncio.gather(or_none(voice.own_access()), _counts(voice, place))
    return render(
        gateway,
        visit,
        "password.html",
        title="Changer le mot de passe",
        section=place.section,
        status=422 if errors else 200,
        counts=counts,
        place=place,
        rule=own.policy.rule if own else None,
        errors=errors,
        wrong={error.field: error.message for error in errors},
    )


async def _connections(
    gateway: Gateway, visit: Visit, voice: Voice, place: Place, page: int, ended: int | None
) -> Response:
    found, counts = await asyncio.gather(or_none(voice.sign_ins(page)), _counts(voice, place))
    return render(
        gateway,
        visit,
        "connections.html",
        title="Mes connexions",
        section=place.section,
        counts=counts,
        place=place,
        sign_ins=found,
        others=max(0, found.open_sessions - 1) if found else 0,
        ended=ended,
        pagination=pagination(found, place.connections) if found else None,
    )


async def _end_others(voice: Voice, place: Place) -> Response:
    done = await voice.end_other_sessions()
    return RedirectResponse(f"{place.connections}?fermees={done.ended}", 303)


async def _counts(voice: Voice, place: Place) -> dict[str, Any]:
    return await voice.counts() if place is FAMILY else NO_COUNTS
