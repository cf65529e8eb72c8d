"""Families in the console: find one, read its file and what befell it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from chassis.auth import STAFF, Audience, Principal, allow
from chassis.clock import local_date
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from chassis.web.shapes import Pagination
from enrolment.store.request_lists import count_pending
from portail_contracts.catalogue import Context

from . import family_cards
from .asking import Asking, asking
from .family_sheet import FAMILIES, File, Form, Typed, Writing, is_part
from .family_timeline import step
from .pages import PageRoute, Pages, PagesOf, sections_of

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Principal, allow(*STAFF)]
HistoryReader = Annotated[Principal, allow(Audience.SECRETARIAT, Audience.ADMIN, Audience.AUDITOR)]
EDITORS: Final = frozenset({Audience.SECRETARIAT, Audience.ADMIN})
CARERS: Final = frozenset({Audience.SECRETARIAT, Audience.CENTRE})
HISTORIANS: Final = EDITORS | {Audience.AUDITOR}

Words = Annotated[str, Query(max_length=200)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]
OpenPart = Annotated[str | None, Query(alias="modifier", max_length=60)]


@dataclass(frozen=True)
class Visit:
    """One visit to these pages."""

    request: Request
    runtime: Runtime
    pages: Pages
    principal: Principal

    @property
    def asking(self) -> Asking:
        return asking(self.request, self.runtime.peers)

    @property
    def may_edit(self) -> bool:
        return bool(self.principal.audiences & EDITORS)

    async def page(self, template: str, title: str, status: int = 200, **given: Any) -> Response:
        async with self.runtime.database.reading() as connection:
            pending = await count_pending(connection)
        return self.pages.html(
            template,
            self.principal,
            title=title,
            section="families",
            pending=pending,
            status=status,
            may_edit=self.may_edit,
            **given,
        )


@router.get("/familles")
async def search(
    request: Request,
    principal: Reader,
    runtime: RuntimeOf,
    pages: PagesOf,
    q: Words = "",
    page: PageNumber = 1,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    answer = await visit.asking.card(Context.ACCOUNTS, "/v1/staff/families", q=q, page=str(page))
    found = answer.value or {"items": [], "page": page, "pages": 1, "total": 0}
    today = local_date(runtime.clock.now())
    return await visit.page(
        "familles.html",
        "Familles",
        q=q,
        is_away=answer.state == "away",
        may_export=bool(principal.audiences - {Audience.AUDITOR}),
        rows=[_row(one, today) for one in found["items"]],
        lead=_lead(q, found["total"]),
        pagination=_pagination(q, found),
    )


@router.get("/familles/{family_id}")
async def one_family(
    family_id: UUID,
    request: Request,
    principal: Reader,
    runtime: RuntimeOf,
    pages: PagesOf,
    part: OpenPart = None,
    done: Annotated[bool, Query(alias="fait")] = False,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    return await show_file(visit, family_id, _open_part(part), saved=done)


@router.get("/familles/{family_id}/historique")
async def history(
    family_id: UUID,
    request: Request,
    principal: HistoryReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    page: PageNumber = 1,
) -> Response:
    visit = Visit(request, runtime, pages, principal)
    path = f"/v1/staff/families/{family_id}"
    file, befallen = await asyncio.gather(
        family_file(visit.asking, family_id),
        visit.asking.card(Context.ACCOUNTS, f"{path}/timeline", page=str(page)),
    )
    found = befallen.value or {"items": [], "page": page, "pages": 1, "total": 0}
    now = runtime.clock.now()
    return await visit.page(
        "famille_historique.html",
        f"Historique, famille {file['name']}",
        file=file,
        url=f"{FAMILIES}/{family_id}",
        is_away=befallen.state == "away",
        steps=[step(one, now) for one in found["items"]],
        pagination=_steps(found, f"{FAMILIES}/{family_id}/historique"),
    )


async def show_file(
    visit: Visit, family_id: UUID, typed: Typed | None, *, saved: bool = False, status: int = 200
) -> Response:
    """The file with everything around it; one part as a form when `typed` says so."""
    asked = visit.asking
    now = visit.runtime.clock.now()
    file, form, cards, former = await asyncio.gather(
        family_file(asked, family_id),
        family_form(asked),
        family_cards.around(asked, visit.runtime, family_id, now),
        _former(visit, family_id),
    )
    roles = visit.principal.audiences
    sheet = Writing(
        file,
        form,
        now,
        visit.may_edit,
        typed,
        opens_health=bool(roles & CARERS),
        opens_sheet=bool(roles & (CARERS | {Audience.ADMIN})),
    ).sheet()
    return await visit.page(
        "famille.html",
        f"Famille {file['name']}",
        status=status,
        sheet=sheet,
        cards=cards,
        former=[_left(one, local_date(now)) for one in former],
        saved=saved,
        letters_url=f"/console/messages?famille={family_id}&pile=ouverts",
        may_read_letters="messages" in sections_of(visit.principal),
        may_read_history=bool(visit.principal.audiences & HISTORIANS),
    )


async def _former(visit: Visit, family_id: UUID) -> Sequence[Mapping[str, Any]]:
    """Children who left; who may not bring them back is not told of them."""
    if not visit.may_edit:
        return ()
    path = f"/v1/staff/families/{family_id}/former-children"
    return (await visit.asking.card(Context.ACCOUNTS, path)).value or ()


async def family_file(asked: Asking, family_id: UUID) -> File:
    """Raises Problem 404, or 503 when accounts is away: without it there is no page."""
    found: File = await needed(asked, f"/v1/staff/families/{family_id}")
    return found


async def family_form(asked: Asking) -> Form:
    found: Form = await needed(asked, "/v1/staff/family-form")
    return found


async def needed(asked: Asking, path: str) -> Any:
    try:
        return await asked.get(Context.ACCOUNTS, path)
    except PeerRefused as refused:
        if refused.status == 404:
            raise Problem(
                404,
                "enrolment.family-unknown",
                "Famille introuvable",
                "Elle n’existe pas, ou plus.",
            ) from None
        raise Problem(refused.status, "enrolment.refused", "Demande impossible") from None
    except PeerUnavailable:
        raise away() from None


def away() -> Problem:
    return Problem(
        503,
        "enrolment.families-away",
        "Les dossiers des familles ne répondent pas",
        "Réessayez dans un instant\u00a0: rien n’a été modifié.",
    )


def _open_part(part: str | None) -> Typed | None:
    subject, _, subject_id = (part or "").partition(":")
    if not is_part(subject, subject_id):
        return None
    return Typed(subject, None if subject_id == subject else subject_id)


@dataclass(frozen=True)
class Former:
    """A child who left the file."""

    child_id: str
    name: str
    age: str
    left_at: datetime


def _left(child: Mapping[str, Any], today: date) -> Former:
    return Former(
        child["child_id"],
        f"{child['given_name']} {child['family_name']}",
        french.age(date.fromisoformat(child["born_on"]), today),
        datetime.fromisoformat(child["left_at"]),
    )


@dataclass(frozen=True)
class Row:
    """A family of the list."""

    url: str
    name: str
    reference: str
    guardians: str
    children: str
    phones: str
    city: str


def _row(found: Mapping[str, Any], today: date) -> Row:
    guardians: Sequence[Mapping[str, Any]] = found["guardians"]
    cities = dict.fromkeys(one["city"] for one in guardians if one["city"])
    return Row(
        url=f"{FAMILIES}/{found['family_id']}",
        name=found["name"],
        reference=found["reference"],
        guardians=", ".join(one["name"] for one in guardians),
        children=", ".join(_child(one, today) for one in found["children"]),
        phones=", ".join(one["phone"] for one in guardians if one["phone"]),
        city=", ".join(cities),
    )


def _child(child: Mapping[str, Any], today: date) -> str:
    age = french.age(date.fromisoformat(child["born_on"]), today)
    return f"{child['name']} ({age})"


def _lead(q: str, total: int) -> str:
    if not q.strip():
        return french.plural(total, "famille")
    if not total:
        return "Aucune famille ne correspond."
    return french.plural(total, "famille trouvée", "familles trouvées")


def _pagination(q: str, found: Mapping[str, Any]) -> Pagination:
    return _numbered(found, lambda page: f"{FAMILIES}?{urlencode({'q': q, 'page': page})}")


def _steps(found: Mapping[str, Any], url: str) -> Pagination:
    return _numbered(found, lambda page: f"{url}?page={page}")


def _numbered(found: Mapping[str, Any], address: Any) -> Pagination:
    page, pages = found["page"], found["pages"]
    return Pagination(
        label=f"Page {page} sur {pages}",
        previous=address(page - 1) if page > 1 else None,
        next=address(page + 1) if page < pages else None,
    )
