"""Whoever holds a link chooses a password, once."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import insert, update

from accounts.domain.access import Door
from accounts.domain.access_link import AccessLink, LinkOver
from accounts.domain.credential import CredentialPolicy, check
from accounts.domain.identifier import address_key
from accounts.hashing import Hasher
from accounts.sealing import MasterKey
from accounts.store.access import Access, access_by_account
from accounts.store.access_links import link_by_digest
from accounts.store.tables import access_links, sign_in_attempts
from chassis.clock import Clock
from chassis.database import Database, Transaction

from .admit_attempt import Keys, admit_attempt, note_success
from .make_link import link_digest
from .set_password import lock_holder, set_password
from .sign_in import account_key

NOBODY = b""


@dataclass(frozen=True)
class OpenedLink:
    """What the page shows to whoever holds the link."""

    link: AccessLink
    identifier: str
    name: str
    door: Door
    family_id: UUID | None


@dataclass(frozen=True)
class Choice:
    """The secret as typed or followed, and the password that was chosen."""

    secret: str = field(repr=False)
    password: str = field(repr=False)
    address: str


async def open_link(
    database: Database, master_key: MasterKey, clock: Clock, secret: str, address: str
) -> OpenedLink:
    """Looking changes nothing: mail servers follow links before people do.

    Raises LinkOver, or TooManyAttempts for an address that tries many secrets.
    """
    async with database.transaction() as transaction:
        attempt_id = await _admit(transaction, master_key, clock, secret, address)
    async with database.transaction() as transaction:
        link, access = await _usable(transaction, clock, secret, lock=False)
        await note_success(transaction, attempt_id)
    holder = access.holder
    return OpenedLink(link, access.identifier, holder.name, holder.door, holder.family_id)


async def redeem_link(
    database: Database,
    hasher: Hasher,
    master_key: MasterKey,
    clock: Clock,
    policy: CredentialPolicy,
    choice: Choice,
) -> Door:
    """The door at which to sign in now. Of two presses the second finds the link used.

    Raises WeakPassword, LinkOver, TooManyAttempts or HashingBusy.
    """
    opened = await open_link(database, master_key, clock, choice.secret, choice.address)
    check(choice.password, policy)
    password_hash = await hasher.hash(choice.password)
    async with database.transaction() as transaction:
        await lock_holder(transaction, opened.family_id)
        link, access = await _usable(transaction, clock, choice.secret, lock=True)
        now = clock.now()
        await transaction.connection.execute(
            update(access_links).where(access_links.c.link_id == link.link_id).values(used_at=now)
        )
        await set_password(transaction, link.account_id, opened.family_id, password_hash, now)
        # Whoever could prove to hold the link must not wait for what others guessed at the door.
        await transaction.connection.execute(
            insert(sign_in_attempts).values(
                account_key=account_key(master_key, access.identifier), at=now, succeeded=True
            )
        )
    return access.holder.door


async def _admit(
    transaction: Transaction, master_key: MasterKey, clock: Clock, secret: str, address: str
) -> int:
    # One account key per secret: only the address is slowed down by many different ones.
    keys = Keys(master_key.digest("access-link-tried", secret), address_key(address))
    return await admit_attempt(transaction, keys, clock.now())


async def _usable(
    transaction: Transaction, clock: Clock, secret: str, *, lock: bool
) -> tuple[AccessLink, Access]:
    digest = link_digest(secret)
    link = await link_by_digest(transaction.connection, digest or NOBODY, lock=lock)
    if link is None or not link.is_usable(clock.now()):
        raise LinkOver
    access = await access_by_account(transaction.connection, link.account_id)
    if access is None or not access.holder.active:
        raise LinkOver
    return link, access
