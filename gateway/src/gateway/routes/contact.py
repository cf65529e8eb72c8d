"""The contact form of those who are not signed in."""

from dataclasses import dataclass, replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, allow
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.web import shapes
from gateway.centres import centres_of
from gateway.gateway import Gateway, GatewayOf
from gateway.pages.rendering import render
from gateway.visit import Visit, VisitOf
from portail_contracts.catalogue import Context

router = APIRouter(include_in_schema=False, dependencies=[allow(Audience.ANYONE)])

CONTACT = "/contact"
NO_ANSWER = (
    "Votre message n’a pas pu être envoyé pour le moment. Réessayez dans quelques instants, "
    "ou appelez le service."
)
Typed = Annotated[str, Form()]


@dataclass(frozen=True)
class Shown:
    """The form as it stands."""

    message_id: str
    name: str = ""
    email: str = ""
    subject: str = ""
    body: str = ""
    errors: tuple[shapes.FieldError, ...] = ()
    notice: str | None = None
    status: int = 200
    sent: bool = False


@router.get(CONTACT)
async def form(
    gateway: GatewayOf,
    visit: VisitOf,
    sent: Annotated[bool, Query(alias="envoye")] = False,
) -> Response:
    return await _page(gateway, visit, Shown(str(new_id()), sent=sent))


@router.post(CONTACT)
async def send(
    request: Request,
    gateway: GatewayOf,
    visit: VisitOf,
    message_id: Typed = "",
    name: Typed = "",
    email: Typed = "",
    subject: Typed = "",
    body: Typed = "",
) -> Response:
    shown = Shown(_identifier(message_id), name[:900], email[:900], subject[:900], body[:20_000])
    address = request.client.host if request.client else ""
    try:
        await gateway.upstream.tell(
            Context.MESSAGING,
            "/v1/visitor-messages",
            {
                "message_id": shown.message_id,
                "name": shown.name,
                "email": shown.email,
                "subject": shown.subject,
                "body": shown.body,
                "address": address,
            },
            token=None,
        )
    except PeerRefused as refused:
        return await _page(gateway, visit, _refused(shown, refused))
    except PeerUnavailable:
        return await _page(gateway, visit, replace(shown, notice=NO_ANSWER, status=503))
    return RedirectResponse(f"{CONTACT}?envoye=1", 303)


def _identifier(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return str(new_id())


def _refused(shown: Shown, refused: PeerRefused) -> Shown:
    """Raises PeerRefused again for what the person cannot mend."""
    if refused.status not in (422, 429):
        raise refused
    said = str(refused.problem.get("detail") or refused.problem.get("title"))
    where = refused.problem.get("field")
    if where:
        return replace(shown, errors=(shapes.FieldError(str(where), said),), status=422)
    return replace(shown, notice=said, status=refused.status)


async def _page(gateway: Gateway, visit: Visit, shown: Shown) -> Response:
    visit.prepare_form(gateway.clock)
    return render(
        gateway,
        visit,
        "contact.html",
        title="Écrire au service",
        status=shown.status,
        shown=shown,
        centres=await centres_of(gateway.upstream),
        wrong={error.field: error.message for error in shown.errors},
    )
