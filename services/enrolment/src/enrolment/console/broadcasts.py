"""« Écrire à plusieurs familles »: to whom, how many they are, then sending."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import Choice, FieldError
from enrolment.store.catalogue import all_centres, whole_catalogue

from .correspondence import Broadcast, Broadcasts, Mistake, Preview, correspondence_of
from .forms import form_fields, one
from .letters_pages import PageNumber, or_none, pagination, show
from .pages import PageRoute, Pages, PagesOf
from .readers import Decider, SendingsReader

router = APIRouter(route_class=PageRoute)

SENDINGS = "/console/messages/envois"
WHOM = {
    "everybody": "Toutes les familles",
    "centre": "Les familles d’un centre",
    "activity": "Les familles d’une activité",
    "unpaid": "Les familles qui ont une facture impayée",
}
AWAY = "La messagerie ne répond pas\u00a0: rien n’a été envoyé. Réessayez dans un instant."


@dataclass(frozen=True)
class Typed:
    """The form as it stands."""

    broadcast_id: str
    subject: str = ""
    body: str = ""
    whom: str = "centre"
    centre_id: str = ""
    activity_id: str = ""
    day: str = ""


@router.get("/messages/envois")
async def sendings(
    request: Request,
    principal: SendingsReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    page: PageNumber = 1,
) -> Response:
    letters = correspondence_of(request, runtime, principal)
    found = await or_none(letters.get("/broadcasts", Broadcasts, page=str(page)))
    return await show(
        pages,
        principal,
        runtime,
        "envois.html",
        title="Messages à plusieurs familles",
        broadcasts=found,
        may_send=Audience.SECRETARIAT in principal.audiences,
        pagination=pagination(found, SENDINGS) if found else None,
    )


@router.get("/messages/envois/nouveau")
async def form(principal: Decider, runtime: RuntimeOf, pages: PagesOf) -> Response:
    return await _form(principal, runtime, pages, Typed(str(new_id())))


@router.post("/messages/envois/nouveau")
async def preview_or_send(
    request: Request, principal: Decider, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    """First the count, then, from the page that shows it, the sending itself."""
    fields = await form_fields(request)
    typed = Typed(**{name: one(fields, name) for name in Typed.__dataclass_fields__})
    letters = correspondence_of(request, runtime, principal)
    try:
        audience = await _audience(typed, runtime)
        if one(fields, "action") != "envoyer":
            found = Preview.model_validate(await letters.post("/broadcasts/preview", audience))
            return await _form(principal, runtime, pages, typed, preview=found)
        body = {
            "broadcast_id": typed.broadcast_id,
            "subject": typed.subject,
            "body": typed.body,
            "audience": audience,
        }
        await letters.post("/broadcasts", body)
    except Mistake as mistake:
        return await _form(principal, runtime, pages, typed, error=mistake.error)
    except PeerUnavailable:
        return await _form(
            principal, runtime, pages, typed, error=FieldError("audience", AWAY), status=503
        )
    return RedirectResponse(f"{SENDINGS}/{typed.broadcast_id}", 303)


@router.get("/messages/envois/{broadcast_id}")
async def sending(
    broadcast_id: UUID,
    request: Request,
    principal: SendingsReader,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    letters = correspondence_of(request, runtime, principal)
    found = await or_none(letters.get(f"/broadcasts/{broadcast_id}", Broadcast))
    return await show(
        pages,
        principal,
        runtime,
        "envoi.html",
        title=found.subject if found else "Message à plusieurs familles",
        broadcast=found,
        here=f"{SENDINGS}/{broadcast_id}",
    )


async def _audience(typed: Typed, runtime: Runtime) -> Mapping[str, Any]:
    """With the name that people know: a centre or an activity that does not exist is none."""
    chosen = {"centre": typed.centre_id, "activity": typed.activity_id}.get(typed.whom, "")
    options = await _options(runtime)
    found = next((one for one in options.get(typed.whom, ()) if one.value == chosen), None)
    return {
        "whom": typed.whom if typed.whom in WHOM else "centre",
        "id": found.value if found else None,
        "name": found.label if found else "",
        "day": _day(typed.day) if found else None,
    }


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


async def _options(runtime: Runtime) -> dict[str, list[Choice]]:
    async with runtime.database.reading() as connection:
        centres = await all_centres(connection)
        catalogue = await whole_catalogue(connection)
    names = {one.centre_id: one.name for one in centres}
    activities = [
        Choice(str(one.activity_id), f"{one.label}, {names.get(one.centre_id, '')}")
        for one in catalogue.activities.values()
    ]
    return {
        "centre": [Choice(str(one.centre_id), one.name) for one in centres],
        "activity": sorted(activities, key=lambda one: one.label),
    }


async def _form(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    typed: Typed,
    *,
    preview: Preview | None = None,
    error: FieldError | None = None,
    status: int | None = None,
) -> Response:
    options = await _options(runtime)
    return await show(
        pages,
        principal,
        runtime,
        "envoi_nouveau.html",
        title="Écrire à plusieurs familles",
        status=status or (422 if error else 200),
        typed=typed,
        preview=preview,
        whom=[Choice(value, label) for value, label in WHOM.items()],
        activities=options["activity"],
        errors=[error] if error else [],
        wrong={error.field: error.message} if error else {},
    )
