"""Replies kept ready, the service's absence, and e-mails that did not arrive."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import FieldError

from . import letters_wording as wording
from .correspondence import Absence, Deliveries, Mistake, ReadyReplies, correspondence_of
from .forms import broken, form_fields, one
from .letters_pages import PageNumber, or_none, pagination, show
from .pages import PageRoute, Pages, PagesOf
from .readers import LettersEditor, LettersReader

router = APIRouter(route_class=PageRoute)

READY = "/console/messages/reponses"
MAIL = "/console/messages/courriels"
NOTHING_TYPED = dict.fromkeys(("reply_id", "label", "body", "words", "first_day", "last_day"), "")


@router.get("/messages/reponses")
async def replies(
    request: Request, principal: LettersReader, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    return await _page(request, principal, runtime, pages)


@router.post("/messages/reponses")
async def keep(
    request: Request, principal: LettersEditor, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    fields = await form_fields(request)
    typed = {name: one(fields, name) for name in ("reply_id", "label", "body")}
    letters = correspondence_of(request, runtime, principal)
    path = f"/canned-replies/{_uuid(typed['reply_id'])}"
    try:
        if one(fields, "action") == "retirer":
            await letters.delete(path)
        else:
            await letters.put(path, {"label": typed["label"], "body": typed["body"]})
    except Mistake as mistake:
        return await _page(request, principal, runtime, pages, typed, mistake.error)
    return RedirectResponse(READY, 303)


@router.post("/messages/absence")
async def announce(
    request: Request, principal: LettersEditor, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    fields = await form_fields(request)
    words = "" if one(fields, "action") == "retirer" else one(fields, "words")
    today = local_date(runtime.clock.now())
    typed = {"words": words, "first_day": one(fields, "first_day")}
    typed["last_day"] = one(fields, "last_day")
    body = {
        "words": words,
        "first_day": _day(typed["first_day"], today),
        "last_day": _day(typed["last_day"], today),
    }
    try:
        await correspondence_of(request, runtime, principal).put("/absence", body)
    except Mistake as mistake:
        return await _page(request, principal, runtime, pages, typed, mistake.error)
    return RedirectResponse(READY, 303)


@router.get("/messages/courriels")
async def mail(
    request: Request,
    principal: LettersEditor,
    runtime: RuntimeOf,
    pages: PagesOf,
    famille: Annotated[UUID | None, Query()] = None,
    page: PageNumber = 1,
) -> Response:
    """Of one family all that was sent; of none, what could not be delivered."""
    letters = correspondence_of(request, runtime, principal)
    asked = {"family_id": str(famille)} if famille else {}
    found = await or_none(letters.get("/deliveries", Deliveries, page=str(page), **asked))
    here = f"{MAIL}?famille={famille}" if famille else MAIL
    return await show(
        pages,
        principal,
        runtime,
        "courriels.html",
        title="Courriels envoyés à la famille" if famille else "Courriels non remis",
        deliveries=found,
        here=here,
        categories=wording.CATEGORIES,
        states=wording.STATES,
        pagination=pagination(found, here) if found else None,
    )


async def _page(
    request: Request,
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    typed: dict[str, str] | None = None,
    error: FieldError | None = None,
) -> Response:
    letters = correspondence_of(request, runtime, principal)
    ready = await or_none(letters.get("/canned-replies", ReadyReplies))
    absence = await or_none(letters.maybe("/absence", Absence))
    filled = NOTHING_TYPED | (typed or {})
    known = {str(one.reply_id) for one in ready.items} if ready else set()
    is_new = filled["reply_id"] not in known
    return await show(
        pages,
        principal,
        runtime,
        "reponses.html",
        title="Réponses prêtes et absence",
        status=422 if error else 200,
        ready=ready,
        absence=absence,
        typed=filled,
        is_new=is_new,
        errors=[error] if error else [],
        wrong={error.field: error.message} if error else {},
        new_id=(filled["reply_id"] if is_new else "") or str(new_id()),
        may_edit=bool(principal.audiences & {Audience.SECRETARIAT, Audience.ADMIN}),
    )


def _uuid(text: str) -> UUID:
    """Raises Problem 422."""
    try:
        return UUID(text)
    except ValueError:
        raise broken() from None


def _day(text: str, otherwise: date) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return otherwise.isoformat()
