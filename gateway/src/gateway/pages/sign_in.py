"""The sign-in pages of the two doors, as they are shown."""

from dataclasses import dataclass, replace

from fastapi.responses import Response

from chassis.web import shapes
from gateway import links
from gateway.gateway import Gateway
from gateway.session import Door
from gateway.visit import Visit

from .rendering import render


@dataclass(frozen=True)
class Entry:
    """One door: its address, where it leads, what it is called."""

    door: Door
    url: str
    home: str
    title: str

    def way(self, back: str | None) -> str:
        """Where to go after signing in; never to the other door's pages, never elsewhere."""
        way = links.safe(back, self.home)
        inside = way == "/console" or way.startswith(("/console/", "/console?"))
        return way if inside == (self.door is Door.STAFF) else self.home


FAMILY = Entry(Door.FAMILY, "/connexion", "/", "Se connecter")
STAFF = Entry(Door.STAFF, "/console/connexion", "/console", "Console des agents")


@dataclass(frozen=True)
class Shown:
    """A sign-in form as it is shown: what was typed is kept, but for the password.

    `kept` is a form that was sent after the end of its session, sealed for after signing in.
    """

    suite: str = ""
    identifier: str = ""
    errors: tuple[shapes.FieldError, ...] = ()
    status: int = 200
    notice: str | None = None
    retry_after: int | None = None
    farewell: bool = False
    chosen: bool = False
    kept: str = ""


def sign_in_page(gateway: Gateway, visit: Visit, entry: Entry, shown: Shown) -> Response:
    visit.prepare_form(gateway.clock)
    way = entry.way(shown.suite)
    page = render(
        gateway,
        visit,
        "sign_in.html",
        title=entry.title,
        status=shown.status,
        entry=entry,
        other=STAFF if entry is FAMILY else FAMILY,
        shown=replace(shown, suite="" if way == entry.home else way),
    )
    if shown.retry_after is not None:
        page.headers["Retry-After"] = str(shown.retry_after)
    return page
