"""Give a family, or a member of staff, an identifier and a password."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from accounts.domain.access import IdentifierTaken
from accounts.domain.family import UnknownFamily
from accounts.domain.identifier import normalised
from accounts.store.families import lock_family
from accounts.store.tables import credentials
from chassis.database import Transaction
from chassis.identifiers import new_id


@dataclass(frozen=True)
class NewAccess:
    """The identifier as typed, and the hash of a password that the policy accepted."""

    identifier: str
    password_hash: str = field(repr=False)


async def issue_family_credentials(
    transaction: Transaction, family_id: UUID, access: NewAccess, now: datetime
) -> UUID:
    """The new account's id; raises UnknownFamily or IdentifierTaken."""
    if not await lock_family(transaction.connection, family_id):
        raise UnknownFamily
    return await add_access(transaction, access, now, family_id=family_id)


async def add_access(
    transaction: Transaction,
    access: NewAccess,
    now: datetime,
    *,
    family_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> UUID:
    """Raises IdentifierTaken."""
    row = {
        "account_id": new_id(),
        "identifier": normalised(access.identifier),
        "password_hash": access.password_hash,
        "family_id": family_id,
        "staff_id": staff_id,
        "created_at": now,
        "password_changed_at": now,
    }
    added = await transaction.connection.execute(
        insert(credentials)
        .values(row)
        .on_conflict_do_nothing(index_elements=["identifier"])
        .returning(credentials.c.account_id)
    )
    account_id: UUID | None = added.scalar_one_or_none()
    if account_id is None:
        raise IdentifierTaken("Choisissez un autre identifiant.")
    return account_id
