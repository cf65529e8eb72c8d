"""« Mon compte »: guardians, children, reference, and the password."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Form, Query
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.clock import local_date
from chassis.peers import PeerRefused
from chassis.web import shapes
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.calendar import age_of
from gateway.pages.rendering import render
from gateway.upstream import or_none
from gateway.visit import Visit, VisitOf
from gateway.voice import Voice, VoiceOf

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.FAMILY)])

PASSWORD_URL = "/mon-compte/mot-de-passe"  # noqa: S105 - an address
LONGEST_PASSWORD = 200
ABOUT_PASSWORDS = (400, 401, 403, 409, 422, 429)
Typed = Annotated[str, Form()]


@router.get("/mon-compte")
async def account(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    changed: Annotated[bool, Query(alias="change")] = False,
) -> Response:
    family, counts = await asyncio.gather(or_none(voice.family()), voice.counts())
    today = local_date(gateway.clock.now())
    return render(
        gateway,
        visit,
        "account.html",
        title="Mon compte",
        section="account",
        counts=counts,
        family=family,
        ages={child.child_id: age_of(child, today) for child in family.children} if family else {},
        changed=changed,
    )


@router.get(PASSWORD_URL)
async def password_form(gateway: GatewayOf, visit: VisitOf, voice: VoiceOf) -> Response:
    return await _form(gateway, visit, voice, [])


@router.post(PASSWORD_URL)
async def change_password(
    gateway: GatewayOf,
    visit: VisitOf,
    voice: VoiceOf,
    current: Typed = "",
    new: Typed = "",
    again: Typed = "",
) -> Response:
    errors = _mistakes(current, new, again)
    if not errors:
        try:
            await voice.change_password(current, new)
        except PeerRefused as refused:
            errors = [_explained(refused)]
    if errors:
        return await _form(gateway, visit, voice, errors)
    return RedirectResponse("/mon-compte?change=1", 303)


def _mistakes(current: str, new: str, again: str) -> list[shapes.FieldError]:
    """What can be said before asking; the policy itself is accounts' own."""
    errors = []
    if not current or len(current) > LONGEST_PASSWORD:
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


async def _form(
    gateway: Gateway, visit: Visit, voice: Voice, errors: list[shapes.FieldError]
) -> Response:
    return render(
        gateway,
        visit,
        "password.html",
        title="Changer le mot de passe",
        section="account",
        status=422 if errors else 200,
        counts=await voice.counts(),
        errors=errors,
        wrong={error.field: error.message for error in errors},
    )
