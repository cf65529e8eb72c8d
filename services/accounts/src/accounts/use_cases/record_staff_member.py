"""A member of staff arrives, with roles and an access."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert

from accounts.domain.access import NoRole, Role
from accounts.store.tables import staff_members
from chassis.database import Transaction
from chassis.identifiers import new_id
from portail_contracts.accounts import StaffMemberRecorded

from .issue_credentials import NewAccess, add_access


@dataclass(frozen=True)
class StaffMember:
    """As recorded."""

    staff_id: UUID
    version: int
    name: str
    roles: tuple[Role, ...]


async def record_staff_member(
    transaction: Transaction, name: str, roles: Iterable[Role], access: NewAccess, now: datetime
) -> StaffMember:
    """Raises NoRole or IdentifierTaken."""
    member = StaffMember(new_id(), 1, name, tuple(sorted(set(roles))))
    if not member.roles:
        raise NoRole("Donnez au moins un rôle.")
    row = {
        "staff_id": member.staff_id,
        "version": member.version,
        "name": member.name,
        "roles": list(member.roles),
        "active": True,
        "created_at": now,
    }
    await transaction.connection.execute(insert(staff_members).values(row))
    await add_access(transaction, access, now, staff_id=member.staff_id)
    transaction.record(
        StaffMemberRecorded(
            version=member.version, staff_id=member.staff_id, name=name, roles=member.roles
        )
    )
    return member
