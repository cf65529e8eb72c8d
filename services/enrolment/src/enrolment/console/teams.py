"""« Équipes »: which agents work in which centres, and so what they see."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience
from chassis.runtime import RuntimeOf
from enrolment.domain.submission import NotFound
from enrolment.store.catalogue import all_centres
from enrolment.store.request_lists import count_pending
from enrolment.store.teams import agents_of_centres, all_teams
from enrolment.use_cases.assign_centres import assign_centres

from .forms import broken, form_fields
from .pages import PageRoute, PagesOf
from .readers import Administrator, ReasonsReader

router = APIRouter(route_class=PageRoute)

TEAMS = "/console/equipes"


@dataclass(frozen=True)
class Member:
    """One agent and the centres of theirs."""

    staff_id: UUID
    name: str
    centres: frozenset[UUID]


@router.get("/equipes")
async def teams(principal: ReasonsReader, runtime: RuntimeOf, pages: PagesOf) -> Response:
    async with runtime.database.reading() as connection:
        centres = await all_centres(connection)
        known = await all_teams(connection)
        agents = await agents_of_centres(connection)
        pending = await count_pending(connection)
    nowhere: frozenset[UUID] = frozenset()
    return pages.html(
        "equipes.html",
        principal,
        title="Équipes des centres",
        section="teams",
        pending=pending,
        centres=centres,
        members=[Member(a.staff_id, a.name, known.get(a.staff_id, nowhere)) for a in agents],
        may_edit=Audience.ADMIN in principal.audiences,
    )


@router.post("/equipes/{staff_id}")
async def change_team(
    staff_id: UUID, request: Request, _: Administrator, runtime: RuntimeOf
) -> Response:
    fields = await form_fields(request, most=100)
    try:
        chosen = frozenset(UUID(one) for one in fields.get("centre", []))
        async with runtime.database.transaction() as transaction:
            await assign_centres(transaction, staff_id, chosen)
    except (ValueError, NotFound):
        raise broken("Revenez aux équipes et reprenez.") from None
    return RedirectResponse(TEAMS, 303)
