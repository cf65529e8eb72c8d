"""Someone proved who they are: the session begins, and they go on where they were."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from . import keeping, refilling
from .gateway import Gateway
from .pages.rendering import render
from .pages.sign_in import Entry
from .session import Grant, Session, new_session
from .visit import Visit


@dataclass(frozen=True)
class Onward:
    """Where to go after signing in, and the sealed form that waits for it."""

    suite: str = ""
    kept: str = ""


async def enter(
    request: Request,
    gateway: Gateway,
    visit: Visit,
    entry: Entry,
    secret: str,
    grant: Grant,
    onward: Onward,
) -> Response:
    now = gateway.clock.now()
    session = new_session(secret, grant, entry.door, now)
    visit.begin(session)
    kept = keeping.opened(gateway.seal, onward.kept, grant.principal.id, now)
    if kept is None:
        return RedirectResponse(entry.way(onward.suite), 303)
    return await _again(request, gateway, visit, session, kept)


async def _again(
    request: Request, gateway: Gateway, visit: Visit, session: Session, kept: keeping.KeptForm
) -> Response:
    """The form's page, filled; when it cannot be shown, at least the words that were typed."""
    cookie = gateway.cookies.session(session).partition(";")[0]
    status, page = await refilling.page_of(request, kept.page, cookie)
    if status != 200:
        return _words(gateway, visit, kept)
    part = gateway.templates.get_template("parts/kept.html")
    filled, left = refilling.refilled(page, kept, refilling.PLACE)
    if len(left) == len(kept.fields):
        return _words(gateway, visit, kept)
    visible = [(name, value) for name, value in left if not refilling.is_hidden(page, name)]
    return HTMLResponse(filled.replace(refilling.PLACE, part.render(left=visible), 1))


def _words(gateway: Gateway, visit: Visit, kept: keeping.KeptForm) -> Response:
    return render(
        gateway,
        visit,
        "kept_words.html",
        title="Ce que vous aviez saisi",
        fields=kept.fields,
        page_url=kept.page,
    )
