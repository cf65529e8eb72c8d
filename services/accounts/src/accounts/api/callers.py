"""From a token to the reader that the record of reads will name, and to who may open what."""

from typing import Any
from uuid import UUID

from accounts.domain.access import Role
from accounts.domain.history import Actor
from accounts.domain.reading import OPENED_BY, Part, Reader, ReaderKind
from chassis.auth import Audience, Principal, allow


def opened_by(part: Part) -> Any:
    """The guard of a staff door that opens this part of a file: the domain's rule, as a guard."""
    return roles_only(OPENED_BY[part])


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
