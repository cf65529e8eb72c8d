"""Make a link that lets whoever holds an access choose a password."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, update

from accounts.domain.access import Door
from accounts.domain.access_link import (
    LIFETIMES,
    AccessLink,
    LinkOver,
    LinkPurpose,
    plain_secret,
    secret_from,
)
from accounts.sealing import MasterKey
from accounts.store.access import access_by_account
from accounts.store.access_links import (
    Addressee,
    Recipient,
    addressee,
    link_by_id,
    recipient_of_access,
)
from accounts.store.tables import access_links
from chassis.database import Database, Transaction
from chassis.identifiers import new_id
from portail_contracts.accounts import AccessLinkRequested
from portail_contracts.accounts import LinkPurpose as PublishedPurpose

from .sign_in import secret_digest


class NoAddress(Exception):
    """Nobody gave an address to which the link could be sent."""


@dataclass(frozen=True)
class MadeLink:
    """A new link; its secret is for the letter, and is stored nowhere."""

    link_id: UUID
    expires_at: datetime
    secret: str = field(repr=False)


@dataclass(frozen=True)
class SendableLink:
    """What is needed to send a link, while it can still be used."""

    link: AccessLink
    recipient: Recipient
    secret: str = field(repr=False)


def secret_of(master_key: MasterKey, link_id: UUID) -> str:
    """Made again whenever the link is sent: the database alone cannot open anything."""
    return secret_from(master_key.digest("access-link", str(link_id)))


def link_digest(secret: str) -> bytes | None:
    """Under what a typed secret is looked for; None when it cannot be one."""
    plain = plain_secret(secret)
    return None if plain is None else secret_digest(plain)


async def make_link(
    transaction: Transaction,
    master_key: MasterKey,
    account_id: UUID,
    purpose: LinkPurpose,
    now: datetime,
    made_by: UUID | None = None,
) -> MadeLink:
    """A new link; it replaces those that were made for the access before."""
    link_id = new_id()
    secret = secret_of(master_key, link_id)
    expires_at = now + LIFETIMES[purpose]
    await revoke_links(transaction, account_id, now)
    row = {
        "link_id": link_id,
        "account_id": account_id,
        "purpose": purpose,
        "secret_digest": link_digest(secret),
        "made_by": made_by,
        "made_at": now,
        "expires_at": expires_at,
    }
    await transaction.connection.execute(insert(access_links).values(row))
    return MadeLink(link_id, expires_at, secret)


async def revoke_links(transaction: Transaction, account_id: UUID, now: datetime) -> None:
    """Whatever was sent for the access before opens nothing from now on."""
    await transaction.connection.execute(
        update(access_links)
        .where(
            access_links.c.account_id == account_id,
            access_links.c.used_at.is_(None),
            access_links.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )


async def send_link(
    transaction: Transaction,
    family_id: UUID,
    account_id: UUID,
    link: MadeLink,
    purpose: LinkPurpose,
) -> None:
    """Have messaging send it. The family's row is locked before. Raises NoAddress."""
    if await recipient_of_access(transaction.connection, account_id) is None:
        raise NoAddress("Aucune adresse électronique n’est connue pour cet accès.")
    transaction.record(
        AccessLinkRequested(
            version=1,
            family_id=family_id,
            link_id=link.link_id,
            account_id=account_id,
            purpose=PublishedPurpose(purpose),
            expires_at=link.expires_at,
        )
    )


@dataclass(frozen=True)
class Letter:
    """What a letter says: to whom, and the secret that it carries."""

    link: AccessLink
    identifier: str
    greeting: str
    address: tuple[str, ...]
    secret: str = field(repr=False)
    door: Door = Door.FAMILY


async def read_letter(
    database: Database,
    master_key: MasterKey,
    link_id: UUID,
    now: datetime,
    staff_id: UUID | None = None,
) -> Letter:
    """Of a family's access, or of that member of staff's: one door prints none of the other's.

    Raises LinkOver, also for a reset: half an hour is not for letters.
    """
    async with database.reading() as connection:
        link = await link_by_id(connection, link_id)
        if link is None or not link.is_usable(now) or link.purpose is LinkPurpose.RESET:
            raise LinkOver
        access = await access_by_account(connection, link.account_id)
        if access is None or access.holder.staff_id != staff_id:
            raise LinkOver
        holder = (
            await addressee(connection, link.account_id)
            if staff_id is None
            else Addressee(access.holder.name, ())
        )
    secret = secret_of(master_key, link_id)
    if holder is None or link_digest(secret) != link.secret_digest:
        raise LinkOver
    return Letter(
        link, access.identifier, holder.greeting, holder.address, secret, access.holder.door
    )


async def read_link(
    database: Database, master_key: MasterKey, link_id: UUID, now: datetime
) -> SendableLink:
    """For the service that sends e-mails; raises LinkOver when there is nothing to send."""
    async with database.reading() as connection:
        link = await link_by_id(connection, link_id)
        if link is None or not link.is_usable(now):
            raise LinkOver
        recipient = await recipient_of_access(connection, link.account_id)
    secret = secret_of(master_key, link_id)
    # Under a master key that was changed meanwhile the secret would be another one.
    if recipient is None or link_digest(secret) != link.secret_digest:
        raise LinkOver
    return SendableLink(link, recipient, secret)
