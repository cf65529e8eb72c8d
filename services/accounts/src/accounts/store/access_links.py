"""Reading links, and who of a family can be written to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.access_link import AccessLink, LinkPurpose
from accounts.domain.preregistration import PREREGISTER

from .tables import access_links, change_items, changes, credentials, families, guardians

_holders = credentials.join(families).outerjoin(
    guardians, guardians.c.guardian_id == credentials.c.guardian_id
)


@dataclass(frozen=True)
class Recipient:
    """Someone of a family who may be written to, and what a letter calls them."""

    account_id: UUID
    greeting: str
    email: str
    guardian_id: UUID | None = None
    """Whose own access it is; None for the family's common one."""


async def link_by_id(connection: AsyncConnection, link_id: UUID) -> AccessLink | None:
    return await _link(connection, access_links.c.link_id == link_id, lock=False)


async def link_by_digest(
    connection: AsyncConnection, secret_digest: bytes, *, lock: bool = False
) -> AccessLink | None:
    """`lock` holds it until the end of the transaction: pressed twice, it serves once."""
    return await _link(connection, access_links.c.secret_digest == secret_digest, lock=lock)


async def _link(
    connection: AsyncConnection, condition: ColumnElement[bool], *, lock: bool
) -> AccessLink | None:
    query = select(access_links).where(condition)
    if lock:
        query = query.with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    return AccessLink(
        link_id=row.link_id,
        account_id=row.account_id,
        purpose=LinkPurpose(row.purpose),
        secret_digest=row.secret_digest,
        expires_at=row.expires_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )


async def recipients_of(connection: AsyncConnection, family_id: UUID) -> Sequence[Recipient]:
    """Each access of the family that has an address; the common one first."""
    return await _recipients(connection, credentials.c.family_id == family_id)


async def newcomers_of(connection: AsyncConnection, family_id: UUID) -> Sequence[Recipient]:
    """Who pre-registered a family that has no file yet; the request stands for an access."""
    email = change_items.c.new["email"].astext
    query = (
        select(changes.c.request_id, changes.c.submitted_by, email.label("email"))
        .join(change_items, change_items.c.request_id == changes.c.request_id)
        .where(
            changes.c.family_id == family_id,
            changes.c.kind == PREREGISTER,
            change_items.c.path.like("guardian.%"),
            email.is_not(None),
        )
        .order_by(change_items.c.position)
        .limit(1)
    )
    return [
        Recipient(row.request_id, row.submitted_by, row.email)
        for row in await connection.execute(query)
    ]


async def recipient_of_access(connection: AsyncConnection, account_id: UUID) -> Recipient | None:
    found = await _recipients(connection, credentials.c.account_id == account_id)
    return found[0] if found else None


async def _recipients(
    connection: AsyncConnection, condition: ColumnElement[bool]
) -> Sequence[Recipient]:
    address = func.coalesce(credentials.c.email, guardians.c.email, _first_address())
    query = (
        select(
            credentials.c.account_id,
            address.label("email"),
            credentials.c.guardian_id,
            families.c.name,
            guardians.c.given_name,
            guardians.c.family_name,
        )
        .select_from(_holders)
        .where(condition, address.is_not(None), credentials.c.disabled_at.is_(None))
        .order_by(credentials.c.guardian_id.is_not(None), credentials.c.created_at)
    )
    return [
        Recipient(row.account_id, _greeting(row), row.email, row.guardian_id)
        for row in await connection.execute(query)
    ]


@dataclass(frozen=True)
class Addressee:
    """To whom a letter goes, and where, line by line; no lines when the file does not say."""

    greeting: str
    address: tuple[str, ...]


async def addressee(connection: AsyncConnection, account_id: UUID) -> Addressee | None:
    """The guardian whose access it is; for the common one the first of the family."""
    own, first = guardians, guardians.alias()
    query = (
        select(
            credentials.c.guardian_id,
            families.c.name,
            own.c.given_name,
            own.c.family_name,
            *(first.c[name] for name in ("street", "address_more", "postcode", "city")),
        )
        .select_from(_holders.join(first, first.c.family_id == credentials.c.family_id))
        .where(
            credentials.c.account_id == account_id,
            or_(
                credentials.c.guardian_id.is_(None),
                first.c.guardian_id == credentials.c.guardian_id,
            ),
        )
        .order_by(first.c.position)
        .limit(1)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return None
    town = " ".join(filter(None, [row.postcode, row.city]))
    return Addressee(_greeting(row), tuple(filter(None, [row.street, row.address_more, town])))


def _first_address() -> ScalarSelect[Any]:
    """For the common access: of the first guardian who gave one."""
    others = guardians.alias()
    return (
        select(others.c.email)
        .where(
            others.c.family_id == credentials.c.family_id,
            others.c.email.is_not(None),
            credentials.c.guardian_id.is_(None),
        )
        .order_by(others.c.position)
        .limit(1)
        .scalar_subquery()
    )


def _greeting(row: Any) -> str:
    if row.guardian_id is not None:
        return f"{row.given_name} {row.family_name}"
    return f"Famille {row.name}"
