"""Who may enter, by which door, as what."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Door(StrEnum):
    """The two sign-in pages; an access opens one of them only."""

    FAMILY = "family"
    STAFF = "staff"


class Role(StrEnum):
    """What a member of staff is trusted with (architecture, section 7)."""

    SECRETARIAT = "secretariat"
    CENTRE = "centre"
    CASH_OFFICE = "cash_office"
    ADMIN = "admin"
    AUDITOR = "auditor"


@dataclass(frozen=True)
class Holder:
    """The person or family behind an access, as their token will say."""

    account_id: UUID
    door: Door
    name: str
    family_id: UUID | None
    staff_id: UUID | None
    roles: frozenset[Role]
    active: bool
    guardian_id: UUID | None = None
    """Whose own access it is; None for the family's common one."""
    has_second_factor: bool = False

    def may_enter(self, door: Door) -> bool:
        return self.active and self.door is door


class SignInRefused(Exception):
    """Unknown identifier, wrong password or wrong door: nobody is told which."""


class SessionOver(Exception):
    """Ended, expired, or never existed."""


class WrongPassword(Exception):
    """The current password that was typed to change it is not the right one."""


class IdentifierTaken(Exception):
    """Another access has this identifier."""


class UnknownAccess(Exception):
    """There is no such access, or it does not belong to that family."""


class NoRole(Exception):
    """A member of staff without a role could open nothing."""
