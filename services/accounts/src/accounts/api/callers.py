"""From a token to the reader that the record of reads will name, and to who may open what."""

from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from accounts.centre_sight import ensure_seen
from accounts.domain.access import Role
from accounts.domain.change import Change
from accounts.domain.history import Actor
from accounts.domain.reading import OPENED_BY, Part, Reader, ReaderKind
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf


def opened_by(part: Part) -> Any:
    """The guard of a staff door that opens this part of the file of the child in its path."""
    return seen_by(OPENED_BY[part])


def seen_by(roles: frozenset[Role]) -> Any:
    """The guard of a staff door at a child's or a family's path: for these roles, and for an
    agent of the centres only where the team looks after them."""

    async def guard(
        request: Request, principal: Annotated[Principal, roles_only(roles)], runtime: RuntimeOf
    ) -> Principal:
        child_id, family_id = (_named(request, name) for name in ("child_id", "family_id"))
        await ensure_seen(runtime.peers, principal, roles, child_id=child_id, family_id=family_id)
        return principal

    return Depends(guard)


async def ensure_change_seen(
    runtime: Runtime, principal: Principal, change: Change, roles: frozenset[Role]
) -> None:
    """A change of a file is opened where the file is; raises OtherCentre."""
    await ensure_seen(
        runtime.peers, principal, roles, child_id=change.child_id, family_id=change.family_id
    )


def _named(request: Request, name: str) -> UUID | None:
    with suppress(KeyError, ValueError):
        return UUID(request.path_params[name])
    return None


def roles_only(roles: frozenset[Role]) -> Any:
    return allow(*(Audience(role) for role in sorted(roles)))


def roles_of(principal: Principal) -> frozenset[Role]:
    known = {str(role) for role in Role}
    return frozenset(Role(item) for item in principal.audiences if str(item) in known)


def reader_of(principal: Principal) -> Reader:
    """Only after a guard for families or staff."""
    kind = ReaderKind.STAFF if principal.is_staff else ReaderKind.FAMILY
    roles = tuple(sorted(roles_of(principal)))
    return Reader(kind, UUID(principal.id), principal.name, roles)


def actor_of(principal: Principal) -> Actor:
    """As the history of a file will name them; only after a guard for staff."""
    return Actor(principal.staff_id, principal.name)
