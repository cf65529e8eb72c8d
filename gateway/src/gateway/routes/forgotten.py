"""« Mot de passe oublié »: the family writes to the centre. The answer never says who is known."""

from collections.abc import Mapping
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from chassis.web import shapes
from gateway import accounts
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.visit import Visit, VisitOf
from gateway.waiting import retry_at, too_many

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])

URL = "/mot-de-passe-oublie"
Typed = Annotated[str, Form()]
WRONG = {
    "identifier": "Cet identifiant est trop long, ou contient des caractères invisibles",
    "name": "Indiquez votre nom, avec des lettres (80 caractères au plus)",
    "email": "Indiquez une adresse électronique complète, comme nom@exemple.fr",
    "message": "Écrivez votre message (2000 caractères au plus)",
}


@router.get(URL)
async def form(gateway: GatewayOf, visit: VisitOf) -> Response:
    return _page(gateway, visit, {}, [], new_id())


@router.get(f"{URL}/recu")
async def received(gateway: GatewayOf, visit: VisitOf) -> Response:
    return render(gateway, visit, "help_received.html", title="Votre message est envoyé")


@router.post(URL)
async def call(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    identifier: Typed = "",
    name: Typed = "",
    email: Typed = "",
    message: Typed = "",
    request_id: Annotated[UUID | None, Form()] = None,
) -> Response:
    typed = {"identifier": identifier, "name": name, "email": email, "message": message}
    call_id = request_id or new_id()
    try:
        await accounts.call_for_help(gateway.upstream, call_id, typed, accounts.Whence.of(request))
    except PeerRefused as refused:
        if refused.status == 429:
            wait = retry_at(refused.problem.get("retry_after"), gateway.clock.now())
            notice = too_many(wait)
            return _page(gateway, visit, typed, [], call_id, notice, 429)
        errors = _mistakes(refused)
        return _page(gateway, visit, typed, errors, call_id, status=422)
    return RedirectResponse(f"{URL}/recu", 303)


def _mistakes(refused: PeerRefused) -> list[shapes.FieldError]:
    """Raises PeerRefused again for what is not about the fields."""
    fields = refused.problem.get("fields")
    named = {str(one.get("field")) for one in fields} if isinstance(fields, list) else set()
    errors = [shapes.FieldError(name, words) for name, words in WRONG.items() if name in named]
    if refused.status != 422 or not errors:
        raise refused
    return errors


def _page(
    gateway: Gateway,
    visit: Visit,
    typed: Mapping[str, str],
    errors: list[shapes.FieldError],
    call_id: UUID,
    notice: str = "",
    status: int = 200,
) -> Response:
    visit.prepare_form(gateway.clock)
    return render(
        gateway,
        visit,
        "help.html",
        title="Identifiant ou mot de passe oublié",
        status=status,
        url=URL,
        typed=typed,
        errors=errors,
        wrong={error.field: error.message for error in errors},
        call_id=call_id,
        notice=notice,
    )
