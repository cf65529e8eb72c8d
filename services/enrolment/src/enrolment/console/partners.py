"""« Partenaires »: which other systems are given events, and how far behind each is."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from enrolment.store.catalogue import all_centres
from enrolment.store.request_lists import count_pending

from . import partner_words as words
from .correspondence import correspondence_of
from .letters_pages import PageNumber, or_none, pagination
from .pages import PageRoute, Pages, PagesOf
from .partners_seen import Broker, Partners, Sheet

router = APIRouter(route_class=PageRoute)

PARTNERS: Final = "/console/partenaires"
Reader = Annotated[Principal, allow(Audience.ADMIN, Audience.AUDITOR)]
PartnerName = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,39}$")]


@router.get("/partenaires")
async def partners(
    request: Request,
    principal: Reader,
    runtime: RuntimeOf,
    pages: PagesOf,
    page: PageNumber = 1,
) -> Response:
    messaging = correspondence_of(request, runtime, principal)
    found = await or_none(messaging.get("/partners", Partners, page=str(page)))
    return await show(
        pages,
        principal,
        runtime,
        "partenaires.html",
        title="Partenaires",
        found=found,
        warning=_warning(found.broker, runtime) if found else "",
        pagination=pagination(found, PARTNERS) if found else None,
    )


@router.get("/partenaires/{name}")
async def partner(
    name: PartnerName, request: Request, principal: Reader, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    messaging = correspondence_of(request, runtime, principal)
    found = await or_none(messaging.get(f"/partners/{name}", Sheet))
    return await show(
        pages,
        principal,
        runtime,
        "partenaire.html",
        title=name,
        found=found,
        here=f"{PARTNERS}/{name}",
        warning=_warning(found.broker, runtime) if found else "",
    )


async def show(
    pages: Pages, principal: Principal, runtime: Runtime, template: str, **given: Any
) -> Response:
    async with runtime.database.reading() as connection:
        pending = await count_pending(connection)
        centres: Mapping[UUID, str] = {
            one.centre_id: one.name for one in await all_centres(connection)
        }
    return pages.html(
        template,
        principal,
        section="partners",
        pending=pending,
        now=runtime.clock.now(),
        words=words,
        centres=centres,
        **given,
    )


def _warning(broker: Broker, runtime: Runtime) -> str:
    """Figures that are no longer true are shown, with the hour they were."""
    if broker.answers:
        return ""
    away = "Le courtier de messages ne répond pas"
    if broker.looked_at is None:
        return f"{away}{french.NBSP}: ce qui attend chez chacun n’est pas encore connu."
    seen = french.moment(broker.looked_at, runtime.clock.now())
    return f"{away}{french.NBSP}: ce qui attend chez chacun a été vu {seen}."
