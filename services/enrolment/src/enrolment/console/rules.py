"""« Règles »: what decides on the authority's behalf, off until switched on after a rehearsal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience
from chassis.runtime import RuntimeOf
from chassis.web import french
from enrolment.domain.deciding import Decidable, LeftToStaff, Rehearsal
from enrolment.domain.submission import NotFound
from enrolment.store.catalogue import Catalogue, whole_catalogue
from enrolment.store.deciding_rules import RuleInForce, rules_in_force
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.switch_rules import (
    proposed_rule,
    rehearse,
    switch_off,
    switch_on,
)

from .choice import QUEUE
from .desk import not_found
from .pages import PageRoute, PagesOf
from .readers import Administrator, ReasonsReader

router = APIRouter(route_class=PageRoute)

RULES = "/console/regles"
KIND_LABELS: Mapping[Decidable, str] = {
    Decidable.BOOKING: "Réservations",
    Decidable.CANCELLING: "Annulations",
    Decidable.ABSENCE: "Absences",
}
WHY_LEFT: Mapping[LeftToStaff, str] = {
    LeftToStaff.NO_RULE: "portaient aussi sur une autre activité",
    LeftToStaff.NO_PLACE: "étaient sur liste d’attente",
    LeftToStaff.TOO_LATE: "étaient hors délai",
    LeftToStaff.NEEDS_RULING: "demandaient un justificatif ou un choix",
}


@dataclass(frozen=True)
class Switch:
    """One activity and kind: on since when, by whom, and where it is switched."""

    label: str
    is_on: bool
    words: str
    url: str


@dataclass(frozen=True)
class Row:
    """One activity with its switches."""

    activity: str
    centre: str
    switches: tuple[Switch, ...]


@router.get("/regles")
async def rules(principal: ReasonsReader, runtime: RuntimeOf, pages: PagesOf) -> Response:
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
        known = await rules_in_force(connection)
        pending = await count_pending(connection)
    return pages.html(
        "regles.html",
        principal,
        title="Règles de décision",
        section="rules",
        pending=pending,
        rows=list(_rows(catalogue, known, runtime.clock.now())),
        may_edit=Audience.ADMIN in principal.audiences,
    )


def _rows(
    catalogue: Catalogue, known: Mapping[tuple[UUID, str], RuleInForce], now: datetime
) -> Iterator[Row]:
    for activity in catalogue.activities.values():
        switches = tuple(
            _switch(activity.activity_id, kind, known.get((activity.activity_id, str(kind))), now)
            for kind in Decidable
        )
        yield Row(activity.label, catalogue.centres[activity.centre_id].name, switches)


def _switch(activity_id: UUID, kind: Decidable, found: RuleInForce | None, now: datetime) -> Switch:
    words = "les agents décident"
    if found is not None:
        words = f"acceptées d’office depuis {french.day_compact(found.since, now)}"
        words += f" ({found.switched_on_by})"
    url = f"{RULES}/{activity_id}/{kind}"
    return Switch(KIND_LABELS[kind], found is not None, words, url)


@router.get("/regles/{activity_id}/{kind}")
async def rehearsal(
    activity_id: UUID, kind: Decidable, principal: ReasonsReader, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    """What the rule would have decided last month, before anybody switches it."""
    async with runtime.database.reading() as connection:
        try:
            rule = await proposed_rule(connection, activity_id, kind)
            found = await rehearse(
                connection,
                activity_id,
                kind,
                now=runtime.clock.now(),
                calendar=runtime.own.calendar,
            )
        except NotFound:
            raise not_found() from None
        is_on = (activity_id, str(kind)) in await rules_in_force(connection)
        pending = await count_pending(connection)
    return pages.html(
        "regle.html",
        principal,
        title="Une règle avant de l’activer" if not is_on else "Une règle en service",
        section="rules",
        pending=pending,
        rule=rule,
        is_on=is_on,
        summary=list(summary(found)),
        against=[(one.number, f"{QUEUE}/{one.request_id}") for one in found.against_staff[:20]],
        back=RULES,
        here=f"{RULES}/{activity_id}/{kind}",
        may_edit=Audience.ADMIN in principal.audiences,
    )


def summary(found: Rehearsal) -> Iterator[str]:
    """The rehearsal in sentences."""
    if not found.past:
        yield "Aucune demande de ce genre n’a été reçue sur le portail depuis un mois."
        return
    yield f"{french.plural(len(found.past), 'demande reçue', 'demandes reçues')} depuis un mois."
    accepted = len(found.would_accept)
    would = "aurait été acceptée" if accepted < 2 else "auraient été acceptées"
    yield f"{french.number(accepted)}{french.NBSP}{would} d’office."
    if found.against_staff:
        against = french.plural(len(found.against_staff), "demande", "demandes")
        yield f"Parmi elles, {against} que les agents ont en fait refusée(s)."
    for why in LeftToStaff:
        if left := found.left(why):
            yield f"{french.number(left)}{french.NBSP}restant aux agents{_nbsp_colon(why)}"


def _nbsp_colon(why: LeftToStaff) -> str:
    return f"{french.NBSP}: elles {WHY_LEFT[why]}."


@router.post("/regles/{activity_id}/{kind}/activer")
async def turn_on(
    activity_id: UUID, kind: Decidable, principal: Administrator, runtime: RuntimeOf
) -> Response:
    try:
        async with runtime.database.transaction() as transaction:
            now = runtime.clock.now()
            await switch_on(transaction, activity_id, kind, principal.name, now=now)
    except NotFound:
        raise not_found() from None
    return RedirectResponse(RULES, 303)


@router.post("/regles/{activity_id}/{kind}/arreter")
async def turn_off(
    activity_id: UUID, kind: Decidable, principal: Administrator, runtime: RuntimeOf
) -> Response:
    async with runtime.database.transaction() as transaction:
        now = runtime.clock.now()
        await switch_off(transaction, activity_id, kind, principal.name, now=now)
    return RedirectResponse(RULES, 303)
