"""« Répondre »: an answer with its files, kept as a draft until it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable
from chassis.runtime import RuntimeOf
from chassis.uploads import files_in, read_form, texts_in
from chassis.web.shapes import FieldError

from .correspondence import Correspondence, Mistake, correspondence_of
from .forms import broken
from .letters_pages import LETTERS, Desk, Writing
from .pages import PageRoute, PagesOf
from .readers import LettersWriter

router = APIRouter(route_class=PageRoute)

MOST_FILES = 5
CLOSE, JOIN, KEEP, REMOVE = "clore", "joindre", "garder", "retirer"
TAKES_FILES = {rf"{LETTERS}/[^/]+/repondre": 12 * 1024 * 1024 + 64 * 1024}
"""A message with its files, sent at once; more of them can be joined one after the other."""

AWAY = (
    "La messagerie n’a pas répondu\u00a0: votre réponse n’est peut-être pas partie. "
    "Renvoyez-la\u00a0: elle ne sera comptée qu’une fois."
)


@dataclass(frozen=True)
class Answer:
    """The form as it was sent, and by which of its buttons."""

    message_id: UUID
    body: str
    action: str
    files: Sequence[tuple[str, bytes]] = ()

    @property
    def removed(self) -> str | None:
        """The file to take off, when that was the button."""
        verb, _, file_id = self.action.partition(":")
        return file_id if verb == REMOVE else None

    @property
    def leaves(self) -> bool:
        return self.removed is None and self.action not in (JOIN, KEEP)


async def received(request: Request) -> Answer:
    """Raises Problem 422 when it is no form of ours."""
    form = await read_form(request, MOST_FILES)
    typed = texts_in(form)
    action = typed.get("action", "")
    try:
        message_id = UUID(typed["message_id"]) if typed.get("message_id") else new_id()
        _ = action.startswith(REMOVE) and UUID(action.partition(":")[2])
    except ValueError:
        raise broken("Revenez à la conversation et reprenez.") from None
    body = typed.get("body", "").replace("\r\n", "\n")
    return Answer(message_id, body, action, await files_in(form, "files"))


@router.post("/messages/{thread_id}/repondre")
async def answer(
    thread_id: UUID,
    request: Request,
    principal: LettersWriter,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    sent = await received(request)
    letters = correspondence_of(request, runtime, principal)
    desk = Desk(letters, runtime, pages, thread_id)
    writing = Writing(sent.message_id, sent.body)
    try:
        await _prepare(letters, thread_id, sent)
        if sent.leaves:
            await _send(letters, thread_id, sent)
    except Mistake as mistake:
        return await desk.thread(writing=writing, error=mistake.error)
    except PeerUnavailable:
        return await desk.thread(writing=writing, warning=AWAY)
    where = "" if sent.leaves else "#repondre"
    return RedirectResponse(f"{LETTERS}/{thread_id}{where}", 303)


async def _prepare(letters: Correspondence, thread_id: UUID, sent: Answer) -> None:
    """What goes with files is a draft first. Raises Mistake."""
    if sent.leaves and not sent.files:
        return
    draft = f"/drafts/{sent.message_id}"
    await letters.put(draft, {"thread_id": str(thread_id), "body": sent.body})
    if sent.removed is not None:
        await letters.delete(f"{draft}/attachments/{sent.removed}")
    for name, content in sent.files:
        try:
            await letters.attach(sent.message_id, name, content)
        except Mistake as mistake:
            mistake.error = FieldError("files", f"{name}\u00a0: {mistake.error.message}")
            raise


async def _send(letters: Correspondence, thread_id: UUID, sent: Answer) -> None:
    """Raises Mistake."""
    body = {"message_id": str(sent.message_id), "body": sent.body, "close": sent.action == CLOSE}
    await letters.post(f"/threads/{thread_id}/messages", body)
