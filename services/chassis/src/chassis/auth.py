"""Who is calling, and whether this route is for them. Deny by default.

Every route declares its audiences with `allow(…)`; the application refuses to start when one
does not (`undeclared_routes`), and the permission matrix is generated from the declarations.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts

from portail_contracts.catalogue import Context

from .problems import Problem


class Audience(StrEnum):
    """The kinds of caller that a route may be for."""

    ANYONE = "anyone"
    FAMILY = "family"
    SECRETARIAT = "secretariat"
    CENTRE = "centre"
    CASH_OFFICE = "cash_office"
    ADMIN = "admin"
    AUDITOR = "auditor"
    SERVICE = "service"


STAFF = (
    Audience.SECRETARIAT,
    Audience.CENTRE,
    Audience.CASH_OFFICE,
    Audience.ADMIN,
    Audience.AUDITOR,
)


@dataclass(frozen=True)
class Principal:
    """The caller, as its token says; `audiences` are what it may be counted as."""

    id: str
    name: str
    audiences: frozenset[Audience]
    family_id: UUID | None = None
    session_id: str | None = None
    guardian_id: UUID | None = None
    """Whose own access it is; None for the family's common one, and for staff."""

    @property
    def is_staff(self) -> bool:
        return bool(self.audiences & set(STAFF))

    @property
    def staff_id(self) -> UUID:
        """The member of staff's id; only after a guard for staff."""
        return UUID(self.id)

    @property
    def own_family(self) -> UUID:
        """The signed-in family; only after a guard for families."""
        if self.family_id is None:
            raise forbidden()
        return self.family_id


ANONYMOUS = Principal(id="", name="", audiences=frozenset({Audience.ANYONE}))

Authenticate = Callable[[str], Awaitable[Principal]]
"""From a bearer token to who it speaks for; raises Problem 401."""


def unauthenticated() -> Problem:
    return Problem(401, "portail.sign-in-needed", "Connectez-vous pour continuer")


def forbidden() -> Problem:
    return Problem(403, "portail.forbidden", "Cette page n’est pas accessible avec votre compte")


class Guard:
    """A route's rule; as a dependency it gives the caller or ends the request."""

    def __init__(self, audiences: Iterable[Audience]) -> None:
        self.audiences = frozenset(audiences)

    async def __call__(self, request: Request) -> Principal:
        principal = await _caller(request)
        if Audience.ANYONE in self.audiences or principal.audiences & self.audiences:
            return principal
        raise unauthenticated() if principal is ANONYMOUS else forbidden()


async def _caller(request: Request) -> Principal:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return ANONYMOUS
    authenticate: Authenticate = request.app.state.authenticate
    return await authenticate(token)


def allow(*audiences: Audience) -> Any:
    """Declare who a route is for: `principal: Annotated[Principal, allow(FAMILY)]`."""
    return Depends(Guard(audiences))


def guard_of(route: APIRoute) -> Guard | None:
    """The rule that a route declares, wherever in its dependencies."""
    waiting = list(route.dependant.dependencies)
    while waiting:
        dependant = waiting.pop()
        if isinstance(dependant.call, Guard):
            return dependant.call
        waiting.extend(dependant.dependencies)
    return None


def api_routes(app: FastAPI) -> list[APIRoute]:
    # An included router stands in `app.routes` as one entry: its routes must be walked to.
    routes = (found.original_route for found in iter_route_contexts(app.routes))
    return [route for route in routes if isinstance(route, APIRoute)]


def undeclared_routes(app: FastAPI) -> list[str]:
    """Routes for which nobody said who may call them."""
    return [
        f"{'/'.join(sorted(route.methods or ()))} {route.path}"
        for route in api_routes(app)
        if guard_of(route) is None
    ]


SERVICE_NAMES = frozenset(str(context) for context in Context) | {"gateway"}
