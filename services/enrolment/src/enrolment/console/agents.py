"""« Agents »: members of staff, their roles and letters, closing an access at once, a lost
telephone."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.documents.answers import pdf
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from chassis.web.shapes import FieldError, Pagination
from enrolment.store.request_lists import count_pending

from . import access_words as words
from .accounts import Accounts, Refused
from .forms import Fields, form_fields, one
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator

router = APIRouter(route_class=PageRoute)

AGENTS = "/console/agents"
STAFF = "/v1/staff/staff-members"
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
WRONG = {
    "name": "Un nom, avec des lettres (80 caractères au plus)",
    "identifier": "De 3 à 64 lettres, chiffres, points ou tirets",
    "roles": "Choisissez au moins un rôle",
}
DONE = {
    "cree": "L’agent est ajouté. Remettez-lui son courrier : il y trouve un code à usage unique, "
    "valable quinze jours, pour choisir son mot de passe.",
    "courrier": "Le courrier est prêt. Son code sert une seule fois, pendant quinze jours.",
    "roles": "Les rôles sont enregistrés. Ils valent dans les cinq minutes.",
    "ferme": "L’accès est fermé : les sessions sont closes, au plus tard dans les cinq minutes.",
    "ouvert": "L’accès est rouvert.",
    "facteur": "Le second facteur est retiré : le mot de passe suffit.",
}
CHOICES = [
    {"value": role, "label": f"{label} : {words.ROLE_HINTS[role]}"}
    for role, label in words.ROLES.items()
]


@router.get("/agents")
async def agents(
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
    page: PageNumber = 1,
) -> Response:
    return await _list(request, principal, runtime, pages, page)


@router.post("/agents")
async def add(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    typed = await form_fields(request)
    body = {
        "name": one(typed, "name").strip(),
        "identifier": one(typed, "identifier").strip(),
        "roles": typed.get("roles", []),
    }
    try:
        made = await Accounts.of(request, runtime).post(STAFF, body)
    except Refused as refused:
        return await _list(request, principal, runtime, pages, 1, typed, refused)
    return _back(made["staff_id"], "cree", made["link_id"])


@router.get("/agents/{staff_id}")
async def sheet(
    staff_id: UUID,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
    done: Annotated[str, Query(alias="fait", max_length=20)] = "",
    letter_of: Annotated[UUID | None, Query(alias="courrier")] = None,
) -> Response:
    said = DONE.get(done, "")
    return await _sheet(staff_id, request, principal, runtime, pages, said, letter_of=letter_of)


@router.post("/agents/{staff_id}/courrier")
async def make_letter(
    staff_id: UUID, request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    try:
        made = await Accounts.of(request, runtime).post(f"{STAFF}/{staff_id}/links")
    except Refused as refused:
        return await _sheet(staff_id, request, principal, runtime, pages, warning=refused.words)
    return _back(str(staff_id), "courrier", made["link_id"])


@router.get("/agents/{staff_id}/courriers/{link_id}")
async def letter(
    staff_id: UUID, link_id: UUID, request: Request, _: Administrator, runtime: RuntimeOf
) -> Response:
    path = f"{STAFF}/{staff_id}/links/{link_id}/letter"
    return pdf(await Accounts.of(request, runtime).document(path), f"acces-{link_id}.pdf")


@router.post("/agents/{staff_id}/roles")
async def roles(
    staff_id: UUID, request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    typed = await form_fields(request)
    body = {"roles": typed.get("roles", [])}
    return await _act(staff_id, "roles", body, "roles", request, principal, runtime, pages, typed)


@router.post("/agents/{staff_id}/fermer")
async def close(
    staff_id: UUID, request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    typed = await form_fields(request)
    return await _act(staff_id, "disable", {}, "ferme", request, principal, runtime, pages, typed)


@router.post("/agents/{staff_id}/rouvrir")
async def reopen(
    staff_id: UUID, request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    typed = await form_fields(request)
    return await _act(staff_id, "enable", {}, "ouvert", request, principal, runtime, pages, typed)


@router.post("/agents/{staff_id}/second-facteur")
async def no_second_factor(
    staff_id: UUID, request: Request, _: Administrator, runtime: RuntimeOf
) -> Response:
    await Accounts.of(request, runtime).post(f"{STAFF}/{staff_id}/second-factor/reset")
    return _back(str(staff_id), "facteur")


async def _act(
    staff_id: UUID,
    verb: str,
    body: dict[str, Any],
    done: str,
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    typed: Fields,
) -> Response:
    """With the version that the reader saw, so that nobody undoes what another just did."""
    seen = one(typed, "version")
    version = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else 0
    try:
        await Accounts.of(request, runtime).post(
            f"{STAFF}/{staff_id}/{verb}", {**body, "version": version}
        )
    except Refused as refused:
        said = WRONG["roles"] if refused.type == "accounts.no-role" else refused.words
        return await _sheet(staff_id, request, principal, runtime, pages, warning=said)
    return _back(str(staff_id), done)


def _back(staff_id: str, done: str, letter_of: str = "") -> Response:
    shown = f"&courrier={letter_of}" if letter_of else ""
    return RedirectResponse(f"{AGENTS}/{staff_id}?fait={done}{shown}", 303)


async def _list(
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    page: int,
    typed: Fields | None = None,
    refused: Refused | None = None,
) -> Response:
    found = await Accounts.of(request, runtime).get(STAFF, page=str(page))
    errors = _mistakes(refused)
    return pages.html(
        "agents.html",
        principal,
        title="Agents",
        section="staff",
        pending=await _pending(runtime),
        status=422 if errors else 200,
        rows=[_row(agent, runtime) for agent in found["items"]],
        pagination=_pages(found),
        choices=CHOICES,
        typed={name: one(typed or {}, name) for name in ("name", "identifier")},
        chosen=(typed or {}).get("roles", []),
        errors=errors,
        wrong={error.field: error.message for error in errors},
    )


def _row(agent: dict[str, Any], runtime: Runtime) -> dict[str, Any]:
    last = words.instant(agent.get("last_sign_in"))
    seen = french.moment(last, runtime.clock.now()) if last else "jamais connecté"
    return {**agent, "roles_words": words.roles(agent["roles"]), "seen": seen}


async def _sheet(
    staff_id: UUID,
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    said: str = "",
    *,
    warning: str = "",
    letter_of: UUID | None = None,
) -> Response:
    found = await Accounts.of(request, runtime).get(f"{STAFF}/{staff_id}")
    return pages.html(
        "agent.html",
        principal,
        title=found["agent"]["name"],
        section="staff",
        pending=await _pending(runtime),
        status=409 if warning else 200,
        agent=_row(found["agent"], runtime),
        actions=words.actions(found["actions"], runtime.clock.now()),
        choices=CHOICES,
        said=said,
        warning=warning,
        letter_url=f"{AGENTS}/{staff_id}/courriers/{letter_of}" if letter_of else None,
        is_oneself=str(staff_id) == principal.id,
    )


def _mistakes(refused: Refused | None) -> list[FieldError]:
    if refused is None:
        return []
    if refused.type == "accounts.identifier-taken":
        return [FieldError("identifier", refused.words)]
    named = [FieldError(name, said) for name, said in WRONG.items() if name in refused.fields]
    return named or [FieldError("name", refused.words)]


async def _pending(runtime: Runtime) -> int:
    async with runtime.database.reading() as connection:
        return await count_pending(connection)


def _pages(found: dict[str, Any]) -> Pagination:
    page, last = int(found["page"]), int(found["pages"])
    return Pagination(
        label=f"Page {page} sur {last}",
        previous=f"{AGENTS}?page={page - 1}" if page > 1 else None,
        next=f"{AGENTS}?page={page + 1}" if page < last else None,
    )
