"""« Écrire à une famille »: staff begin a conversation."""

from dataclasses import asdict, dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.web.shapes import FieldError
from enrolment.store.families import Family, find_family

from . import letters_wording as wording
from .correspondence import Mistake, correspondence_of
from .forms import broken, form_fields, identifier, one
from .letters_pages import LETTERS, show
from .pages import PageRoute, Pages, PagesOf
from .readers import LettersBeginner

router = APIRouter(route_class=PageRoute)

NEW = f"{LETTERS}/nouveau"
ANY_TOPIC = ("other", "child", "request", "document", "access", "invoice", "payment")
MONEY = ("invoice", "payment")
AWAY = (
    "La messagerie n’a pas répondu\u00a0: votre message n’est peut-être pas parti. "
    "Renvoyez-le\u00a0: il ne sera compté qu’une fois."
)


@dataclass(frozen=True)
class Opening:
    """The form as it stands. Its ids are its own, so that sending it twice begins one thread."""

    thread_id: str
    message_id: str
    family_id: str
    subject: str = ""
    topic: str = ""
    body: str = ""


@router.get("/messages/nouveau")
async def form(
    principal: LettersBeginner,
    runtime: RuntimeOf,
    pages: PagesOf,
    famille: Annotated[UUID, Query()],
) -> Response:
    opening = Opening(str(new_id()), str(new_id()), str(famille))
    return await _form(principal, runtime, pages, await _family(runtime, famille), opening)


@router.post("/messages/nouveau")
async def begin(
    request: Request, principal: LettersBeginner, runtime: RuntimeOf, pages: PagesOf
) -> Response:
    fields = await form_fields(request)
    ids = [identifier(fields, name) for name in ("thread_id", "message_id", "family_id")]
    if ids[0] is None or ids[1] is None or ids[2] is None:
        raise broken("Revenez à la famille et reprenez.")
    topics = topics_of(principal)
    topic = one(fields, "topic") if one(fields, "topic") in topics else next(iter(topics))
    texts = (one(fields, "subject"), topic, one(fields, "body"))
    opening = Opening(str(ids[0]), str(ids[1]), str(ids[2]), *texts)
    family = await _family(runtime, ids[2])
    try:
        await correspondence_of(request, runtime, principal).post("/threads", asdict(opening))
    except Mistake as mistake:
        return await _form(principal, runtime, pages, family, opening, error=mistake.error)
    except PeerUnavailable:
        return await _form(principal, runtime, pages, family, opening, warning=AWAY)
    return RedirectResponse(f"{LETTERS}/{opening.thread_id}", 303)


def topics_of(principal: Principal) -> dict[str, str]:
    """What somebody may write about: the cash office about money."""
    known = ANY_TOPIC if Audience.SECRETARIAT in principal.audiences else MONEY
    return {topic: wording.TOPICS[topic] for topic in known}


async def _family(runtime: Runtime, family_id: UUID) -> Family:
    """Raises Problem 404."""
    async with runtime.database.reading() as connection:
        found = await find_family(connection, family_id)
    if found is None:
        raise Problem(404, "enrolment.not-found", "Famille introuvable")
    return found


async def _form(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    family: Family,
    opening: Opening,
    *,
    error: FieldError | None = None,
    warning: str = "",
) -> Response:
    return await show(
        pages,
        principal,
        runtime,
        "message_nouveau.html",
        title=f"Écrire à la famille {family.name}",
        status=503 if warning else 422 if error else 200,
        family=family,
        opening=opening,
        topics=topics_of(principal),
        warning=warning,
        here=NEW,
        errors=[error] if error else [],
        wrong={error.field: error.message} if error else {},
    )
