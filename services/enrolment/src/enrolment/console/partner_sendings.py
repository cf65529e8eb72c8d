"""« Envois » of a partner: how its address is, each event that is sent to it, and what to do."""

from typing import Annotated, Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal, allow
from chassis.runtime import RuntimeOf

from . import sending_words as words
from .correspondence import correspondence_of
from .letters_pages import PageNumber, or_none, pagination
from .pages import PageRoute, PagesOf
from .partners import PARTNERS, PartnerName, Reader, show
from .partners_seen import Sendings

router = APIRouter(route_class=PageRoute)

Decider = Annotated[Principal, allow(Audience.ADMIN)]
Which = Literal["tous", "en-attente", "recus", "abandonnes"]
STATES: Final = {"tous": "all", "en-attente": "waiting", "recus": "sent", "abandonnes": "given-up"}
Done = Literal["", "pause", "reprise", "renvoi"]


@router.get("/partenaires/{name}/envois")
async def log_of_sendings(
    name: PartnerName,
    request: Request,
    principal: Reader,
    runtime: RuntimeOf,
    pages: PagesOf,
    state: Annotated[Which, Query(alias="etat")] = "tous",
    page: PageNumber = 1,
    done: Annotated[Done, Query(alias="fait")] = "",
) -> Response:
    messaging = correspondence_of(request, runtime, principal)
    path = f"/partners/{name}/webhook/sendings"
    found = await or_none(messaging.get(path, Sendings, state=STATES[state], page=str(page)))
    here = _address(name)
    return await show(
        pages,
        principal,
        runtime,
        "partenaire_envois.html",
        title=f"Envois à {name}",
        found=found,
        name=name,
        here=here,
        state=state,
        done=words.DONE.get(done),
        sending=words,
        may_decide=Audience.ADMIN in principal.audiences,
        pagination=pagination(found, f"{here}?{urlencode({'etat': state})}") if found else None,
    )


@router.post("/partenaires/{name}/envois/pause")
async def pause(
    name: PartnerName, request: Request, principal: Decider, runtime: RuntimeOf
) -> Response:
    await correspondence_of(request, runtime, principal).post(f"/partners/{name}/webhook/pause")
    return _back(name, "pause")


@router.post("/partenaires/{name}/envois/reprise")
async def resume(
    name: PartnerName, request: Request, principal: Decider, runtime: RuntimeOf
) -> Response:
    await correspondence_of(request, runtime, principal).post(f"/partners/{name}/webhook/resume")
    return _back(name, "reprise")


@router.post("/partenaires/{name}/envois/renvoi")
async def replay(
    name: PartnerName,
    request: Request,
    principal: Decider,
    runtime: RuntimeOf,
    sending_id: Annotated[UUID | None, Form()] = None,
) -> Response:
    """One, or all that were given up."""
    which = sending_id or "given-up"
    messaging = correspondence_of(request, runtime, principal)
    await messaging.post(f"/partners/{name}/webhook/sendings/{which}/replay")
    return _back(name, "renvoi")


def _address(name: str) -> str:
    return f"{PARTNERS}/{name}/envois"


def _back(name: str, done: str) -> Response:
    return RedirectResponse(f"{_address(name)}?fait={done}", 303)
