"""« Motifs d’absence »: what families may choose, what each asks for, what it does to the bill."""

import dataclasses
from collections.abc import Mapping
from typing import Final, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french, shapes
from chassis.web.shapes import FieldError
from enrolment.domain.absence import AbsenceReason, Billing, Proof
from enrolment.domain.submission import AlreadyExists, NotFound
from enrolment.store.absences import all_reasons
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.edit_absence_reason import (
    TooManyAbsenceReasons,
    add_absence_reason,
    edit_absence_reason,
)

from .activity_form import Reading
from .forms import Fields, form_fields, one
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator, ReasonsReader

router = APIRouter(route_class=PageRoute)

ABSENCE_REASONS: Final = "/console/motifs-absence"
PROOFS: Final = {
    Proof.NONE: "rien à fournir",
    Proof.DECLARED: "sur l’honneur",
    Proof.DOCUMENT: "un justificatif",
}
BILLINGS: Final = {
    Billing.BILLED: "facturée",
    Billing.NOT_BILLED: "non facturée",
    Billing.FREE_IN_NOTICE: "non facturée avant la limite d’annulation",
    Billing.STAFF_DECIDE: "le service décide",
}
Word = TypeVar("Word", Proof, Billing)
NAMES: Final = tuple(one_.name for one_ in dataclasses.fields(AbsenceReason))
NEW: Final = ""
"""The code of the form that adds a reason."""


@router.get("/motifs-absence")
async def absence_reasons(principal: ReasonsReader, runtime: RuntimeOf, pages: PagesOf) -> Response:
    return await _page(principal, runtime, pages)


@router.post("/motifs-absence")
async def add(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _write(NEW, await form_fields(request), principal, runtime, pages)


@router.post("/motifs-absence/{code}")
async def change(
    code: str, request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _write(code, await form_fields(request), principal, runtime, pages)


async def _write(
    code: str, fields: Fields, principal: Principal, runtime: Runtime, pages: Pages
) -> Response:
    reason, errors = _reason(code, fields)
    if not errors:
        try:
            async with runtime.database.transaction() as transaction:
                if code == NEW:
                    await add_absence_reason(transaction, reason)
                else:
                    await edit_absence_reason(transaction, reason)
            return RedirectResponse(ABSENCE_REASONS, 303)
        except NotFound:
            raise Problem(404, "enrolment.reason-unknown", "Motif introuvable") from None
        except (AlreadyExists, TooManyAbsenceReasons) as refused:
            errors = [FieldError("label", str(refused))]
    return await _page(principal, runtime, pages, code=code, fields=fields, errors=errors)


def _reason(code: str, fields: Fields) -> tuple[AbsenceReason, list[FieldError]]:
    reading = Reading(fields)
    label = reading.label("label")
    proof = _choice(reading, "proof", PROOFS, Proof.NONE)
    billing = _choice(reading, "billing", BILLINGS, Billing.BILLED)
    hours = reading.maybe("proof_hours", 1000, 1) if proof is Proof.DOCUMENT else None
    waiting = reading.maybe("waiting_days", 3) or 0
    reason = AbsenceReason(
        code,
        label,
        proof,
        hours,
        billing,
        waiting_days=waiting if billing is Billing.NOT_BILLED else 0,
        needs_text=one(fields, "needs_text") == "yes",
        staff_only=one(fields, "staff_only") == "yes",
        active=one(fields, "active") == "yes",
    )
    return reason, reading.errors


def _choice(reading: Reading, name: str, labels: Mapping[Word, str], default: Word) -> Word:
    typed = reading.text(name)
    found = next((one_ for one_ in labels if one_ == typed), None)
    if found is None:
        reading.wrong(name, "Choisissez dans la liste.")
    return found or default


async def _page(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    *,
    code: str | None = None,
    fields: Fields | None = None,
    errors: list[FieldError] | None = None,
) -> Response:
    async with runtime.database.reading() as connection:
        known = await all_reasons(connection)
        pending = await count_pending(connection)
    wrong = errors or []
    return pages.html(
        "motifs_absence.html",
        principal,
        title="Motifs d’absence",
        section="absence_reasons",
        pending=pending,
        status=422 if wrong else 200,
        reasons=[(one_, summary(one_)) for one_ in known],
        sent=code,
        typed=dict.fromkeys(NAMES, "")
        | {name: found[-1][:80] for name, found in (fields or {}).items()},
        blank=AbsenceReason("", ""),
        errors=[FieldError(f"{one_.field}-{code or 'nouveau'}", one_.message) for one_ in wrong],
        wrong={one_.field: one_.message for one_ in wrong},
        proofs=[shapes.Choice(str(value), label) for value, label in PROOFS.items()],
        billings=[shapes.Choice(str(value), label) for value, label in BILLINGS.items()],
        here=ABSENCE_REASONS,
        may_edit=Audience.ADMIN in principal.audiences,
    )


def _delay(hours: int) -> str:
    """In days beyond two of them: nobody counts 168 hours."""
    days, rest = divmod(hours, 24)
    return french.plural(days, "jour") if days > 2 and not rest else f"{hours}\u00a0h"


def summary(reason: AbsenceReason) -> str:
    """« Non facturée après 1 jour de carence ; un justificatif sous 48 h »."""
    billed = BILLINGS[reason.billing]
    if reason.waiting_days:
        days = french.plural(reason.waiting_days, "jour", "jours")
        billed = f"{billed} après {days} de carence"
    proof = PROOFS[reason.proof]
    if reason.proof is Proof.DOCUMENT:
        proof = f"{proof} sous {_delay(reason.proof_hours or 48)}"
    extra = [
        "texte à préciser" if reason.needs_text else "",
        "réservé au service" if reason.staff_only else "",
        "" if reason.active else "n’est plus proposé",
    ]
    return french.sentence("\u202f; ".join([billed, proof, *filter(None, extra)]))
