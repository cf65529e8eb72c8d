"""« Motifs de refus »: words that refusals use again, kept by the administration."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import FieldError
from enrolment.domain.submission import AlreadyExists
from enrolment.store.refusal_reasons import MOST, RefusalReason, all_refusal_reasons
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.edit_refusal_reasons import (
    TooManyReasons,
    drop_refusal_reason,
    write_refusal_reason,
)

from .forms import Fields, UnusableReason, form_fields, one, usable_label, usable_reason
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator, ReasonsReader

router = APIRouter(route_class=PageRoute)

REASONS = "/console/motifs"
TAKEN = "Un autre motif porte déjà ce nom."
TOO_MANY = f"Il y a déjà {MOST} motifs\u00a0: retirez-en un avant d’en ajouter."


@dataclass(frozen=True)
class Typed:
    """A form as it was sent, with its mistakes; `reason_id` None for a new reason."""

    reason_id: UUID | None = None
    label: str = ""
    words: str = ""
    errors: tuple[FieldError, ...] = ()


@router.get("/motifs")
async def reasons(principal: ReasonsReader, runtime: RuntimeOf, pages: PagesOf) -> Response:
    return await _page(principal, runtime, pages, Typed())


@router.post("/motifs")
async def add(
    request: Request, principal: Administrator, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _write(None, await form_fields(request), principal, runtime, pages)


@router.post("/motifs/{reason_id}")
async def change(
    reason_id: UUID,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    return await _write(reason_id, await form_fields(request), principal, runtime, pages)


@router.post("/motifs/{reason_id}/retirer")
async def remove(reason_id: UUID, _: Administrator, runtime: RuntimeOf) -> Response:
    async with runtime.database.transaction() as transaction:
        await drop_refusal_reason(transaction, reason_id)
    return RedirectResponse(REASONS, 303)


async def _write(
    reason_id: UUID | None, fields: Fields, principal: Principal, runtime: Runtime, pages: Pages
) -> Response:
    typed = Typed(reason_id, one(fields, "label"), one(fields, "words"))
    errors = await _kept(typed, runtime)
    if errors:
        again = Typed(reason_id, typed.label, typed.words, tuple(errors))
        return await _page(principal, runtime, pages, again)
    return RedirectResponse(REASONS, 303)


async def _kept(typed: Typed, runtime: Runtime) -> list[FieldError]:
    """Keep the reason, or say what is wrong with it beside its field."""
    suffix = f"-{typed.reason_id}" if typed.reason_id else ""
    errors = []
    label = words = ""
    try:
        label = usable_label(typed.label)
    except UnusableReason as wrong:
        errors.append(FieldError(f"label{suffix}", str(wrong)))
    try:
        words = usable_reason(typed.words)
    except UnusableReason as wrong:
        errors.append(FieldError(f"words{suffix}", str(wrong)))
    if errors:
        return errors
    try:
        async with runtime.database.transaction() as transaction:
            reason = RefusalReason(typed.reason_id or new_id(), label, words)
            await write_refusal_reason(transaction, reason)
    except AlreadyExists:
        return [FieldError(f"label{suffix}", TAKEN)]
    except TooManyReasons:
        return [FieldError("label", TOO_MANY)]
    return []


async def _page(principal: Principal, runtime: Runtime, pages: Pages, typed: Typed) -> Response:
    async with runtime.database.reading() as connection:
        known = await all_refusal_reasons(connection)
        pending = await count_pending(connection)
    return pages.html(
        "motifs.html",
        principal,
        title="Motifs de refus",
        section="reasons",
        pending=pending,
        status=422 if typed.errors else 200,
        reasons=known,
        typed=typed,
        errors=typed.errors,
        wrong={error.field: error.message for error in typed.errors},
        may_edit=Audience.ADMIN in principal.audiences,
    )
