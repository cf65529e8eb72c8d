"""« Effacements »: families that asked to be forgotten, who answered, and what is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from chassis.web.shapes import Pagination
from enrolment.store.request_lists import count_pending

from .accounts import Accounts
from .forms import form_fields, one
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator

router = APIRouter(route_class=PageRoute)

ERASURES: Final = "/console/effacements"
Reader = Annotated[Principal, allow(Audience.ADMIN, Audience.AUDITOR)]
PageNumber = Annotated[int, Query(ge=1, le=10_000)]

SERVICES: Final = {
    "enrolment": "Inscriptions et demandes",
    "billing": "Facturation",
    "messaging": "Messages et e-mails",
}
OWN_PART: Final = "Dossier, pièces, photos, santé et accès"
OWN_KEPT: Final = "La référence du dossier et les dates de l’effacement, comme preuve."
UNSURE: Final = "Cochez la case : un effacement ne se reprend pas."


@dataclass(frozen=True)
class Answer:
    """What one service did, in words; `kept` with the reason as the service gives it."""

    service: str
    state: str
    kept: tuple[str, ...] = ()
    is_done: bool = True


@dataclass(frozen=True)
class Shown:
    """One erasure as the page shows it."""

    family_id: UUID
    reference: str
    state: str
    asked: str
    carried_out: str | None
    answers: tuple[Answer, ...]
    is_late: bool
    is_waiting: bool
    """Nobody has carried it out yet."""


@router.get("/effacements")
async def erasures(
    request: Request,
    principal: Reader,
    runtime: RuntimeOf,
    pages: PagesOf,
    page: PageNumber = 1,
    done: Annotated[str, Query(alias="fait", max_length=20)] = "",
) -> Response:
    said = "La famille est effacée ici ; les autres services répondent dans la minute."
    said = french.narrow_spaces(said)
    return await _list(request, principal, runtime, pages, page, said=said if done else "")


@router.post("/effacements/{family_id}")
async def carry_out(
    family_id: UUID,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    if one(await form_fields(request), "sure") != "yes":
        return await _list(request, principal, runtime, pages, 1, unsure=family_id)
    await Accounts.of(request, runtime).post(f"/v1/staff/families/{family_id}/erasure")
    return RedirectResponse(f"{ERASURES}?fait=oui", 303)


async def _list(
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    page: int,
    *,
    said: str = "",
    unsure: UUID | None = None,
) -> Response:
    found = await Accounts.of(request, runtime).get("/v1/staff/erasures", page=str(page))
    now = runtime.clock.now()
    async with runtime.database.reading() as connection:
        pending = await count_pending(connection)
    return pages.html(
        "effacements.html",
        principal,
        title="Effacements",
        section="erasures",
        pending=pending,
        status=422 if unsure else 200,
        rows=[_shown(one, now) for one in found["items"]],
        pagination=_pages(found),
        may_carry_out=Audience.ADMIN in principal.audiences,
        said=said,
        unsure=unsure,
        unsure_words=UNSURE,
    )


def _shown(found: Mapping[str, Any], now: datetime) -> Shown:
    asked, until = (datetime.fromisoformat(found[name]) for name in ("asked_at", "answer_by"))
    started = found["started_at"] and datetime.fromisoformat(found["started_at"])
    when = f"Demandé {french.moment(asked, now)}"
    return Shown(
        family_id=UUID(found["family_id"]),
        reference=str(found["reference"]),
        state=_state(found),
        asked=when if started else f"{when}, à traiter avant le {french.day_name(until)}",
        carried_out=f"Lancé {french.moment(started, now)}, par {found['started_by']}"
        if started
        else None,
        answers=tuple(_answers(found, now)) if started else (),
        is_late=bool(found["is_late"]),
        is_waiting=started is None,
    )


def _state(found: Mapping[str, Any]) -> str:
    if found["started_at"] is None:
        return "À traiter"
    return "Terminé" if found["is_done"] else "En cours"


def _answers(found: Mapping[str, Any], now: datetime) -> list[Answer]:
    own = Answer(OWN_PART, "Effacé", (OWN_KEPT,))
    answered = [
        Answer(
            SERVICES.get(one["service"], one["service"]),
            f"Effacé, {french.moment(datetime.fromisoformat(one['answered_at']), now)}",
            tuple(one["kept"]),
        )
        for one in found["answers"]
    ]
    waiting = [
        Answer(SERVICES.get(name, name), "Pas encore de réponse", is_done=False)
        for name in found["waiting"]
    ]
    return [own, *answered, *waiting]


def _pages(found: Mapping[str, Any]) -> Pagination:
    page, last = int(found["page"]), int(found["pages"])
    return Pagination(
        label=f"Page {page} sur {last}",
        previous=f"{ERASURES}?page={page - 1}" if page > 1 else None,
        next=f"{ERASURES}?page={page + 1}" if page < last else None,
    )
