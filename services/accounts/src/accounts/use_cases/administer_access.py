"""What staff do with an access that exists: its address, its links, closing and opening it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import insert, update

from accounts.domain.access import UnknownAccess
from accounts.domain.access_link import LinkPurpose
from accounts.sealing import MasterKey
from accounts.store.access import Access, access_by_account
from accounts.store.families import family_by_id, lock_family
from accounts.store.tables import access_actions, credentials
from chassis.database import Transaction

from .make_link import MadeLink, make_link, revoke_links, send_link
from .set_password import end_sessions


class Delivery(StrEnum):
    """How a link reaches its holder."""

    EMAIL = "email"
    LETTER = "letter"


class Action(StrEnum):
    """What the journal of an access names."""

    ISSUED = "issued"
    LINK_SENT = "link-sent"
    LETTER_MADE = "letter-made"
    ADDRESS_CHANGED = "address-changed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    SECOND_FACTOR_RESET = "second-factor-reset"
    ROLES_CHANGED = "roles-changed"


class AccessDisabled(Exception):
    """A closed access is opened again before anything is sent for it."""


@dataclass(frozen=True)
class Agent:
    """The member of staff who acts."""

    id: str
    name: str


async def give_link(
    transaction: Transaction,
    master_key: MasterKey,
    account_id: UUID,
    delivery: Delivery,
    agent: Agent,
    now: datetime,
) -> MadeLink:
    """Raises UnknownAccess, AccessDisabled or NoAddress.

    By letter it is an activation whatever was before: half an hour would not be enough.
    """
    access, family_id = await _family_access(transaction, account_id)
    if not access.holder.active:
        raise AccessDisabled("Cet accès est fermé : rouvrez-le d’abord.")
    is_first = access.password_hash is None or delivery is Delivery.LETTER
    purpose = LinkPurpose.ACTIVATION if is_first else LinkPurpose.RESET
    link = await make_link(transaction, master_key, account_id, purpose, now, UUID(agent.id))
    if delivery is Delivery.EMAIL:
        await send_link(transaction, family_id, account_id, link, purpose)
    what = Action.LINK_SENT if delivery is Delivery.EMAIL else Action.LETTER_MADE
    await note_action(transaction, account_id, what, agent, now)
    return link


async def change_address(
    transaction: Transaction, account_id: UUID, email: str | None, agent: Agent, now: datetime
) -> None:
    """Links sent to the former address open nothing any more. Raises UnknownAccess."""
    await _family_access(transaction, account_id)
    await _change(transaction, account_id, email=email)
    await revoke_links(transaction, account_id, now)
    await note_action(transaction, account_id, Action.ADDRESS_CHANGED, agent, now)


async def disable_access(
    transaction: Transaction, account_id: UUID, agent: Agent, now: datetime
) -> None:
    """Nobody enters by it any more, and who was in is out. Raises UnknownAccess."""
    await _family_access(transaction, account_id)
    await _change(transaction, account_id, disabled_at=now)
    await end_sessions(transaction, account_id, now)
    await revoke_links(transaction, account_id, now)
    await note_action(transaction, account_id, Action.DISABLED, agent, now)


async def enable_access(
    transaction: Transaction, account_id: UUID, agent: Agent, now: datetime
) -> None:
    """Raises UnknownAccess, or AccessDisabled for who left the file."""
    access, family_id = await _family_access(transaction, account_id)
    family = await family_by_id(transaction.connection, family_id)
    guardian_id = access.holder.guardian_id
    if guardian_id and (family is None or family.guardian(guardian_id) is None):
        raise AccessDisabled("Cette personne a quitté le dossier\u00a0: son accès reste fermé.")
    await _change(transaction, account_id, disabled_at=None)
    await note_action(transaction, account_id, Action.ENABLED, agent, now)


async def note_action(
    transaction: Transaction, account_id: UUID, what: Action, agent: Agent, now: datetime
) -> None:
    row = {
        "account_id": account_id,
        "what": what,
        "by_id": agent.id,
        "by_name": agent.name,
        "at": now,
    }
    await transaction.connection.execute(insert(access_actions).values(row))


async def _family_access(transaction: Transaction, account_id: UUID) -> tuple[Access, UUID]:
    """Locked, the family's row first. An access of staff is not for these doors."""
    known = await access_by_account(transaction.connection, account_id)
    if known is None or known.holder.family_id is None:
        raise UnknownAccess
    await lock_family(transaction.connection, known.holder.family_id)
    access = await access_by_account(transaction.connection, account_id, lock=True)
    if access is None:
        raise UnknownAccess
    return access, known.holder.family_id


async def _change(transaction: Transaction, account_id: UUID, **values: object) -> None:
    await transaction.connection.execute(
        update(credentials).where(credentials.c.account_id == account_id).values(**values)
    )
