"""A child leaves the family's file: what that ends is read first; and the child may come back."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import RuntimeOf
from enrolment.store.departure import Departure, departure_of
from portail_contracts.catalogue import Context

from .choice import QUEUE
from .families import Visit, away, family_file
from .family_sheet import FAMILIES
from .forms import form_fields, version_in
from .pages import PageRoute, PagesOf

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Editor = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]
CHANGED = "La fiche de l’enfant a changé entre-temps : relisez cette page, puis recommencez."
WAITING = "Des demandes attendent une réponse au sujet de cet enfant : décidez-les d’abord."


@router.get("/familles/{family_id}/enfants/{child_id}/depart")
async def what_it_ends(
    family_id: UUID,
    child_id: UUID,
    request: Request,
    principal: Editor,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    return await _page(visit, family_id, child_id, await _ending(visit, child_id))


@router.post("/familles/{family_id}/enfants/{child_id}/depart")
async def leave(
    family_id: UUID,
    child_id: UUID,
    request: Request,
    principal: Editor,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    version = version_in(await form_fields(request))
    ending = await _ending(visit, child_id)
    if ending.waiting:
        return await _page(visit, family_id, child_id, ending, WAITING, 409)
    path = f"/v1/staff/families/{family_id}/children/{child_id}"
    try:
        await visit.asking.send("DELETE", Context.ACCOUNTS, path, params={"version": str(version)})
    except PeerRefused as refused:
        if refused.status != 404:
            return await _page(visit, family_id, child_id, ending, _words(refused), refused.status)
    except PeerUnavailable:
        raise away() from None
    return RedirectResponse(f"{FAMILIES}/{family_id}?fait=1", 303)


@router.post("/familles/{family_id}/enfants/{child_id}/retour")
async def come_back(
    family_id: UUID,
    child_id: UUID,
    request: Request,
    principal: Editor,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    """Sent twice, the child is in the file: as was wished."""
    visit = Visit(request, runtime, pages, principal)
    path = f"/v1/staff/families/{family_id}/children/{child_id}/return"
    try:
        await visit.asking.send("POST", Context.ACCOUNTS, path)
    except PeerRefused as refused:
        if refused.status != 409:
            raise _unknown() from None
    except PeerUnavailable:
        raise away() from None
    return RedirectResponse(f"{FAMILIES}/{family_id}?fait=1#child-{child_id}", 303)


async def _ending(visit: Visit, child_id: UUID) -> Departure:
    today = local_date(visit.runtime.clock.now())
    async with visit.runtime.database.reading() as connection:
        return await departure_of(connection, child_id, today)


async def _page(
    visit: Visit,
    family_id: UUID,
    child_id: UUID,
    ending: Departure,
    trouble: str | None = None,
    status: int = 200,
) -> Response:
    file = await family_file(visit.asking, family_id)
    child = _child(file["children"], child_id)
    url = f"{FAMILIES}/{family_id}"
    return await visit.page(
        "enfant_depart.html",
        f"Retirer {child['given_name']} du dossier",
        status=status,
        child=child,
        family_name=file["name"],
        ending=ending,
        queue=QUEUE,
        back=f"{url}#child-{child_id}",
        url=f"{url}/enfants/{child_id}/depart",
        trouble=trouble,
    )


def _child(children: list[Mapping[str, Any]], child_id: UUID) -> Mapping[str, Any]:
    """Raises Problem 404 for who is not in the file, or not any more."""
    found = next((one for one in children if one["child_id"] == str(child_id)), None)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> Problem:
    return Problem(
        404, "enrolment.child-unknown", "Enfant introuvable", "Il n’est pas dans ce dossier."
    )


def _words(refused: PeerRefused) -> str:
    """Raises Problem for other refusals than those staff can do something about."""
    problem = refused.problem
    if refused.status != 409:
        raise Problem(refused.status, "enrolment.refused", "Demande impossible")
    if str(problem.get("type", "")).endswith("file-changed"):
        return CHANGED
    return str(problem.get("detail") or problem.get("title"))
