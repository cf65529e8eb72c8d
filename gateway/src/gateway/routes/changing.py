"""Sending what was typed in a section: to « Mon compte », to a child's sheet, or to add a child."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from fastapi.responses import RedirectResponse, Response

from chassis.identifiers import new_id
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.problems import Problem
from chassis.web import french
from gateway.pages.editing import Editing, problem_errors, typed_in
from gateway.sheet_voice import SheetVoice

NO_ANSWER = (
    "Le service n’a pas répondu : votre demande n’est peut-être pas enregistrée. "
    "Renvoyez-la : elle ne sera comptée qu’une fois."
)
NOT_POSSIBLE = "Cette modification ne peut pas être demandée."

Again = Callable[[Editing, int], Awaitable[Response]]
"""The page once more, with the form as it was typed, and its status."""


@dataclass(frozen=True)
class Sending:
    """One form of one page."""

    kind: str
    child_id: UUID | None
    back: str
    """The page to return to."""


def editing_of(form: Mapping[str, Any]) -> Editing:
    """Raises Problem 422 when it is not a form of ours."""
    try:
        return Editing(
            section=str(form["section"])[:80],
            request_id=UUID(str(form["request_id"])),
            version=int(form["version"]),
            typed=typed_in(form),
            replaces=UUID(str(form["replaces"])) if form.get("replaces") else None,
        )
    except (KeyError, ValueError):
        raise Problem(
            422,
            "gateway.broken-form",
            "Ce formulaire n’est pas complet",
            "Revenez à la page et recommencez.",
        ) from None


async def send(
    voice: SheetVoice, sending: Sending, form: Mapping[str, Any], again: Again
) -> Response:
    """Back to the page once it is sent; the form again, as typed, when it is not."""
    editing = editing_of(form)
    try:
        change = await voice.propose(_body(sending, editing))
    except PeerRefused as refused:
        if refused.status not in (409, 422):
            raise
        return await again(_refused(editing, refused.problem), refused.status)
    except PeerUnavailable:
        return await again(replace(editing, trouble=NO_ANSWER, is_again=True), 503)
    return RedirectResponse(f"{sending.back}?demande={change.request_id}", 303)


def _body(sending: Sending, editing: Editing) -> dict[str, Any]:
    return {
        "request_id": str(editing.request_id),
        "kind": sending.kind,
        "child_id": str(sending.child_id) if sending.child_id else None,
        "typed": dict(editing.typed),
        "version": editing.version,
        "replaces": str(editing.replaces) if editing.replaces else None,
    }


def _refused(editing: Editing, problem: Mapping[str, Any]) -> Editing:
    errors = problem_errors(problem)
    said = problem.get("detail") or problem.get("title") or NOT_POSSIBLE
    trouble = None if errors else french.narrow_spaces(str(said))
    # A file that changed is shown as it is now: the next sending says that it was seen.
    return replace(editing, request_id=new_id(), errors=errors, trouble=trouble, version=None)
