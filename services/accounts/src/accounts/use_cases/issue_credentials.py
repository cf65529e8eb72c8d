"""Give a family, one of its guardians, or a member of staff an access."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from accounts.domain.access import IdentifierTaken
from accounts.domain.family import UnknownFamily
from accounts.domain.identifier import candidates, normalised
from accounts.store.families import family_by_id, lock_family
from accounts.store.tables import credentials
from chassis.database import Transaction
from chassis.identifiers import new_id


class UnknownGuardian(Exception):
    """There is no such guardian, or not in that family."""


@dataclass(frozen=True)
class NewAccess:
    """The identifier as typed, or None to have one made; and the hash of a password that the
    policy accepted, or None when it will be chosen by a link."""

    identifier: str | None
    password_hash: str | None = field(default=None, repr=False)
    guardian_id: UUID | None = None
    email: str | None = None


@dataclass(frozen=True)
class IssuedAccess:
    """The new account and its normalised identifier."""

    account_id: UUID
    identifier: str


async def issue_family_credentials(
    transaction: Transaction, family_id: UUID, access: NewAccess, now: datetime
) -> IssuedAccess:
    """Raises UnknownFamily, UnknownGuardian or IdentifierTaken."""
    connection = transaction.connection
    if not await lock_family(connection, family_id):
        raise UnknownFamily
    family = await family_by_id(connection, family_id)
    if family is None:
        raise UnknownFamily
    name = family.name
    if access.guardian_id is not None:
        of = [one for one in family.guardians if one.guardian_id == access.guardian_id]
        if not of:
            raise UnknownGuardian("Ce responsable n’est pas dans cette famille.")
        name = f"{of[0].given_name} {of[0].family_name}"
    if access.identifier is not None:
        return await add_access(transaction, access, now, family_id=family_id)
    return await _add_with_free_identifier(transaction, access, name, family_id, now)


async def _add_with_free_identifier(
    transaction: Transaction, access: NewAccess, name: str, family_id: UUID, now: datetime
) -> IssuedAccess:
    for identifier in candidates(name):
        tried = NewAccess(identifier, access.password_hash, access.guardian_id, access.email)
        try:
            return await add_access(transaction, tried, now, family_id=family_id)
        except IdentifierTaken:
            continue
    raise IdentifierTaken("Choisissez un identifiant.")


async def add_access(
    transaction: Transaction,
    access: NewAccess,
    now: datetime,
    *,
    family_id: UUID | None = None,
    staff_id: UUID | None = None,
) -> IssuedAccess:
    """Raises IdentifierTaken."""
    identifier = normalised(access.identifier or "")
    row = {
        "account_id": new_id(),
        "identifier": identifier,
        "password_hash": access.password_hash,
        "family_id": family_id,
        "guardian_id": access.guardian_id,
        "staff_id": staff_id,
        "email": access.email,
        "created_at": now,
        "password_changed_at": now if access.password_hash is not None else None,
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
    return IssuedAccess(account_id, identifier)
