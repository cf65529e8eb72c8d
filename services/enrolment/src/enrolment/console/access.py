"""« Accès »: identifiers of families; letters, links, addresses, closing and opening again."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal, allow
from chassis.documents.answers import pdf
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import FieldError, Pagination
from enrolment.store.request_lists import count_pending

from . import access_words as words
from .accounts import Accounts, Refused
from .forms import Fields, form_fields, one
from .pages import PageRoute, Pages, PagesOf

router = APIRouter(route_class=PageRoute)

ACCESS = "/console/acces"
Keeper = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
WRONG = {
    "email": "Cette adresse électronique n’est pas complète",
    "identifier": "De 3 à 64 lettres, chiffres, points ou tirets",
    "guardian_id": "Ce responsable n’est pas dans la famille",
}
DONE = {
    "lien": "Un lien à usage unique part par e-mail.",
    "adresse": "L’adresse électronique est enregistrée. Les liens envoyés avant ne servent plus.",
    "ferme": "L’accès est fermé, ses sessions aussi.",
    "ouvert": "L’accès est rouvert.",
    "cree": "L’accès est créé. Remettez un courrier, ou envoyez un lien par e-mail.",
}


@router.get("/acces")
async def search(
    request: Request,
    principal: Keeper,
    runtime: RuntimeOf,
    pages: PagesOf,
    q: Annotated[str, Query(max_length=100)] = "",
    page: PageNumber = 1,
) -> Response:
    accounts = Accounts.of(request, runtime)
    found = await accounts.get("/v1/staff/accesses", q=q, page=str(page))
    families = await accounts.get("/v1/staff/families", q=q) if q.strip() else {"items": []}
    now = runtime.clock.now()
    return pages.html(
        "acces.html",
        principal,
        title="Accès",
        section="access",
        pending=await _pending(runtime),
        q=q,
        rows=[
            {**one, "holder": words.holder(one), "state": words.state(one, now)}
            for one in found["items"]
        ],
        families=families["items"],
        pagination=_pages(found, q),
    )


@router.get("/acces/familles/{family_id}")
async def family(
    family_id: UUID, request: Request, principal: Keeper, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _family(family_id, request, principal, runtime, pages)


@router.post("/acces/familles/{family_id}")
async def issue(
    family_id: UUID, request: Request, principal: Keeper, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    typed = await form_fields(request)
    body = {
        "guardian_id": one(typed, "guardian_id") or None,
        "identifier": one(typed, "identifier").strip() or None,
        "email": one(typed, "email").strip() or None,
    }
    path = f"/v1/staff/families/{family_id}/credentials"
    try:
        made = await Accounts.of(request, runtime).post(path, body)
    except Refused as refused:
        return await _family(family_id, request, principal, runtime, pages, typed, refused)
    return RedirectResponse(f"{ACCESS}/{made['account_id']}?fait=cree", 303)


@router.get("/acces/courriers/{link_id}")
async def letter(link_id: UUID, request: Request, _: Keeper, runtime: RuntimeOf) -> Response:
    content = await Accounts.of(request, runtime).document(
        f"/v1/staff/access-links/{link_id}/letter"
    )
    return pdf(content, f"acces-{link_id}.pdf")


@router.get("/acces/{account_id}")
async def sheet(
    account_id: UUID,
    request: Request,
    principal: Keeper,
    runtime: RuntimeOf,
    pages: PagesOf,
    done: Annotated[str, Query(alias="fait", max_length=20)] = "",
    letter_of: Annotated[UUID | None, Query(alias="courrier")] = None,
) -> Response:
    return await _sheet(
        account_id, request, principal, runtime, pages, done=done, letter_of=letter_of
    )


@router.post("/acces/{account_id}/lien")
async def send_link(
    account_id: UUID, request: Request, principal: Keeper, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    path = f"/v1/staff/accesses/{account_id}/links"
    try:
        await Accounts.of(request, runtime).post(path, {"delivery": "email"})
    except Refused as refused:
        return await _sheet(account_id, request, principal, runtime, pages, refused=refused)
    return _back(account_id, "fait=lien")


@router.post("/acces/{account_id}/courrier")
async def make_letter(
    account_id: UUID, request: Request, principal: Keeper, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    path = f"/v1/staff/accesses/{account_id}/links"
    try:
        made = await Accounts.of(request, runtime).post(path, {"delivery": "letter"})
    except Refused as refused:
        return await _sheet(account_id, request, principal, runtime, pages, refused=refused)
    return _back(account_id, f"courrier={made['link_id']}")


@router.post("/acces/{account_id}/adresse")
async def change_address(
    account_id: UUID, request: Request, principal: Keeper, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    typed = await form_fields(request)
    path = f"/v1/staff/accesses/{account_id}/address"
    try:
        body = {"email": one(typed, "email").strip() or None}
        await Accounts.of(request, runtime).post(path, body)
    except Refused as refused:
        return await _sheet(
            account_id, request, principal, runtime, pages, typed=typed, refused=refused
        )
    return _back(account_id, "fait=adresse")


@router.post("/acces/{account_id}/fermer")
async def close(account_id: UUID, request: Request, _: Keeper, runtime: RuntimeOf) -> Response:
    await Accounts.of(request, runtime).post(f"/v1/staff/accesses/{account_id}/disable")
    return _back(account_id, "fait=ferme")


@router.post("/acces/{account_id}/rouvrir")
async def reopen(account_id: UUID, request: Request, _: Keeper, runtime: RuntimeOf) -> Response:
    await Accounts.of(request, runtime).post(f"/v1/staff/accesses/{account_id}/enable")
    return _back(account_id, "fait=ouvert")


def _back(account_id: UUID, said: str) -> Response:
    return RedirectResponse(f"{ACCESS}/{account_id}?{said}", 303)


async def _family(
    family_id: UUID,
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    typed: Fields | None = None,
    refused: Refused | None = None,
) -> Response:
    accounts, now = Accounts.of(request, runtime), runtime.clock.now()
    known = await accounts.get(f"/v1/staff/families/{family_id}")
    listed = await accounts.get(f"/v1/staff/families/{family_id}/accesses")
    errors = _mistakes(refused)
    return pages.html(
        "acces_famille.html",
        principal,
        title=f"Accès, famille {known['name']}",
        section="access",
        pending=await _pending(runtime),
        status=422 if errors else 200,
        family=known,
        rows=[
            {**item, "holder": words.holder(item), "state": words.state(item, now)}
            for item in listed
        ],
        guardians=[
            {"value": who["guardian_id"], "label": f"{who['given_name']} {who['family_name']}"}
            for who in known["guardians"]
        ],
        typed={name: one(typed or {}, name) for name in ("guardian_id", "identifier", "email")},
        errors=errors,
        wrong={error.field: error.message for error in errors},
    )


async def _sheet(
    account_id: UUID,
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    *,
    done: str = "",
    letter_of: UUID | None = None,
    typed: Fields | None = None,
    refused: Refused | None = None,
) -> Response:
    accounts, now = Accounts.of(request, runtime), runtime.clock.now()
    found = await accounts.get(f"/v1/staff/accesses/{account_id}")
    log = await accounts.get(f"/v1/staff/accesses/{account_id}/sign-ins")
    errors = _mistakes(refused) if refused and refused.fields else []
    return pages.html(
        "acces_fiche.html",
        principal,
        title=f"Accès {found['access']['identifier']}",
        section="access",
        pending=await _pending(runtime),
        status=(422 if errors else 409) if refused else 200,
        access=found["access"],
        facts=words.facts(found["access"], now),
        actions=words.actions(found["actions"], now),
        sign_ins=words.sign_ins(log["items"], now),
        said=DONE.get(done, ""),
        letter_url=f"{ACCESS}/courriers/{letter_of}" if letter_of else None,
        warning=refused.words if refused and not errors else "",
        email=one(typed, "email") if typed else found["access"].get("email") or "",
        errors=errors,
    )


def _mistakes(refused: Refused | None) -> list[FieldError]:
    if refused is None:
        return []
    if refused.type == "accounts.identifier-taken":
        return [FieldError("identifier", refused.words)]
    named = [FieldError(name, said) for name, said in WRONG.items() if name in refused.fields]
    return named or [FieldError("identifier", refused.words)]


async def _pending(runtime: Runtime) -> int:
    async with runtime.database.reading() as connection:
        return await count_pending(connection)


def _pages(found: dict[str, Any], q: str) -> Pagination:
    page, last = int(found["page"]), int(found["pages"])
    return Pagination(
        label=f"Page {page} sur {last}",
        previous=_page_url(q, page - 1) if page > 1 else None,
        next=_page_url(q, page + 1) if page < last else None,
    )


def _page_url(q: str, page: int) -> str:
    return f"{ACCESS}?{urlencode({'q': q, 'page': page})}"
