"""« Guichet »: find a family, see its children's days, act for it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Principal
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from chassis.web.shapes import FieldError
from enrolment.domain.diary import Child
from enrolment.domain.request import RequestChanged, RequestState, add_months
from enrolment.domain.submission import NotFound, UnknownFamily
from enrolment.store.absences import all_reasons
from enrolment.store.families import Family, find_family
from enrolment.store.request_lists import Scope, count_pending
from enrolment.store.request_records import RequestRecord
from enrolment.store.words_search import find_families
from enrolment.use_cases.act_at_front_desk import at_front_desk
from enrolment.use_cases.decisions import Decision
from enrolment.use_cases.show_agenda import show_agenda
from enrolment.use_cases.show_requests import list_own_requests
from enrolment.use_cases.withdraw_request import withdraw_request
from enrolment.wording import request_object

from . import desk_agenda, months
from .choice import QUEUE
from .pages import PageRoute, Pages, PagesOf
from .readers import Decider
from .wording import STATE_LABELS

router = APIRouter(route_class=PageRoute)

DESK = "/console/guichet"


@dataclass(frozen=True)
class RecentRequest:
    """One of the family's requests, as the page lists it."""

    number: str
    object: str
    state: str
    state_label: str
    when: str
    url: str
    withdraw_url: str | None
    version: int


@dataclass(frozen=True)
class Place:
    """Which family, child and month the visitor is at; `typed` keeps a form with its mistakes."""

    family: Family
    child: Child | None
    month: date
    errors: tuple[FieldError, ...] = ()
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        child = f"enfant={self.child.child_id}&" if self.child else ""
        return f"{DESK}/{self.family.family_id}?{child}mois={months.code(self.month)}"


@router.get("/guichet")
async def find(
    principal: Decider,
    runtime: RuntimeOf,
    pages: PagesOf,
    words: Annotated[str, Query(alias="recherche", max_length=80)] = "",
) -> Response:
    async with runtime.database.reading() as connection:
        found = await find_families(connection, words)
        pending = await count_pending(connection)
    return pages.html(
        "guichet.html",
        principal,
        title="Guichet",
        section="desk",
        pending=pending,
        words=words,
        families=found,
    )


@router.get("/guichet/{family_id}")
async def family_at_desk(
    family_id: UUID,
    principal: Decider,
    runtime: RuntimeOf,
    pages: PagesOf,
    child_id: Annotated[UUID | None, Query(alias="enfant")] = None,
    month: Annotated[str, Query(alias="mois", max_length=7)] = "",
) -> Response:
    place = await place_of(runtime, family_id, child_id, month)
    return await page(principal, runtime, pages, place)


async def place_of(runtime: Runtime, family_id: UUID, child_id: UUID | None, month: str) -> Place:
    """The first child when none is chosen. Raises Problem 404."""
    async with runtime.database.reading() as connection:
        family = await find_family(connection, family_id)
    if family is None:
        raise unknown()
    child = family.children[0] if child_id is None and family.children else None
    if child_id is not None:
        child = family.child(child_id)
        if child is None:
            raise unknown()
    return Place(family, child, months.month_of(month, local_date(runtime.clock.now())))


def unknown() -> Problem:
    return Problem(
        404,
        "enrolment.family-unknown",
        "Famille introuvable",
        "Elle n’existe pas, ou son dossier vient d’être créé\u00a0: réessayez dans un instant.",
    )


async def page(
    principal: Principal, runtime: Runtime, pages: Pages, place: Place, status: int = 200
) -> Response:
    now = runtime.clock.now()
    today = local_date(now)
    async with runtime.database.reading() as connection:
        recent = await list_own_requests(
            connection, place.family.family_id, Scope.ALL, 1, history=False, now=now
        )
        reasons = [one for one in await all_reasons(connection) if one.active]
        pending = await count_pending(connection)
        view = None
        if place.child is not None:
            try:
                view = await show_agenda(
                    connection,
                    place.family.family_id,
                    place.month,
                    months.last_day(place.month),
                    now=now,
                    terms=runtime.own,
                    child_id=place.child.child_id,
                )
            except UnknownFamily:
                raise unknown() from None
    return pages.html(
        "guichet_famille.html",
        principal,
        title=f"Guichet, famille {place.family.name}",
        section="desk",
        pending=pending,
        status=status,
        place=place,
        family=place.family,
        ages={c.child_id: french.age(c.born_on, today) for c in place.family.children},
        child_urls={c.child_id: _url(place, c.child_id) for c in place.family.children},
        rows=desk_agenda.rows(view, today) if view else [],
        month_title=french.month_title(place.month),
        previous_url=_url(place, place.child.child_id if place.child else None, -1),
        next_url=_url(place, place.child.child_id if place.child else None, 1),
        request_ids=[str(new_id()) for _ in range(3)],
        reasons=reasons,
        requests=[_recent(one, place.family.family_id, now) for one in recent.items],
        errors=place.errors,
        wrong={one.field: one.message for one in place.errors},
        typed=place.typed,
        today=today,
    )


def _url(place: Place, child_id: UUID | None, by: int = 0) -> str:
    month = months.code(add_months(place.month, by))
    child = f"enfant={child_id}&" if child_id else ""
    return f"{DESK}/{place.family.family_id}?{child}mois={month}#agenda"


def _recent(record: RequestRecord, family_id: UUID, now: datetime) -> RecentRequest:
    waits = record.state is RequestState.PENDING
    return RecentRequest(
        number=record.number,
        object=request_object(record.kind, record.lines, record.subject),
        state=str(record.state),
        state_label=STATE_LABELS[record.state],
        when=french.moment(record.submitted_at, now),
        url=f"{QUEUE}/{record.request_id}",
        withdraw_url=f"{DESK}/{family_id}/demandes/{record.request_id}/retirer" if waits else None,
        version=record.version,
    )


@router.post("/guichet/{family_id}/demandes/{request_id}/retirer")
async def withdraw(
    family_id: UUID, request_id: UUID, principal: Decider, runtime: RuntimeOf
) -> Response:
    """The family changed its mind at the desk; decided meanwhile, the list says so."""
    decision = Decision(request_id, None, at_front_desk(principal, family_id))
    try:
        async with runtime.database.transaction() as transaction:
            await withdraw_request(transaction, family_id, decision, now=runtime.clock.now())
    except NotFound:
        raise unknown() from None
    except RequestChanged as changed:
        raise Problem(
            409, "enrolment.request-changed", "La demande a changé", str(changed)
        ) from None
    return RedirectResponse(f"{DESK}/{family_id}#demandes", 303)
