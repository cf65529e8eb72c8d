"""Each call for help goes where it can be answered: a link, the queue of requests, or the inbox."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.access_link import LinkPurpose
from accounts.domain.identifier import normalised
from accounts.sealing import MasterKey
from accounts.store.access import Access, access_by_account, access_by_identifier
from accounts.store.access_links import recipient_of_access
from accounts.store.families import lock_family
from accounts.store.tables import credentials, help_calls, wanted_links
from chassis.database import Database, Transaction

from .make_link import NoAddress, make_link, send_link
from .request_reset import request_reset


class Outcome(StrEnum):
    """What became of a call."""

    LINK_SENT = "link-sent"
    REQUESTED = "requested"
    MESSAGE = "message"


@dataclass(frozen=True)
class StoredCall:
    """A call that nobody has looked at yet."""

    call_id: UUID
    identifier: str | None
    name: str
    email: str
    message: str
    received_at: datetime


Forward = Callable[[StoredCall], Awaitable[None]]
"""Hands a visitor's words to the service that keeps messages; raises when it is away."""


@dataclass(frozen=True)
class Sorter:
    """What sorting needs. `self_service`: the authority lets families reset without staff."""

    database: Database
    master_key: MasterKey
    self_service: bool
    forward: Forward

    async def one(self, now: datetime) -> bool:
        """Sort the oldest call that waits; False when there is none. Replicas share them."""
        async with self.database.transaction() as transaction:
            call = await _oldest(transaction.connection)
            if call is None:
                return False
            access = await _whose(transaction.connection, call)
            if access is None:
                await self.forward(call)
                await _sorted(transaction, call, Outcome.MESSAGE, None, now)
            else:
                outcome = await self._for_family(transaction, call, access, now)
                await _sorted(transaction, call, outcome, access.holder.account_id, now)
        return True

    async def _for_family(
        self, transaction: Transaction, call: StoredCall, access: Access, now: datetime
    ) -> Outcome:
        holder = access.holder
        if holder.family_id is None:
            return Outcome.MESSAGE
        await lock_family(transaction.connection, holder.family_id)
        if self.self_service and await _knows_both(transaction.connection, call, access):
            await self._send(transaction, access, holder.family_id, now)
            return Outcome.LINK_SENT
        await request_reset(transaction, call.call_id, access, call.name, call.message, now)
        return Outcome.REQUESTED

    async def one_link(self, now: datetime) -> bool:
        """Make and send one of the links that staff granted; False when none is wanted."""
        async with self.database.transaction() as transaction:
            found = await transaction.connection.execute(
                select(wanted_links.c.account_id)
                .order_by(wanted_links.c.wanted_at)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            account_id = found.scalar_one_or_none()
            if account_id is None:
                return False
            access = await access_by_account(transaction.connection, account_id)
            if access is not None and access.holder.active and access.holder.family_id:
                await lock_family(transaction.connection, access.holder.family_id)
                with suppress(NoAddress):
                    await self._send(transaction, access, access.holder.family_id, now)
            await transaction.connection.execute(
                delete(wanted_links).where(wanted_links.c.account_id == account_id)
            )
        return True

    async def _send(
        self, transaction: Transaction, access: Access, family_id: UUID, now: datetime
    ) -> None:
        is_first = access.password_hash is None
        purpose = LinkPurpose.ACTIVATION if is_first else LinkPurpose.RESET
        account_id = access.holder.account_id
        link = await make_link(transaction, self.master_key, account_id, purpose, now)
        await send_link(transaction, family_id, account_id, link, purpose)


async def _knows_both(connection: AsyncConnection, call: StoredCall, access: Access) -> bool:
    """The identifier and the address on file: what self-service asks for."""
    if not call.identifier or normalised(call.identifier) != access.identifier:
        return False
    on_file = await recipient_of_access(connection, access.holder.account_id)
    return on_file is not None and on_file.email.casefold() == call.email.casefold()


async def _oldest(connection: AsyncConnection) -> StoredCall | None:
    query = (
        select(
            help_calls.c.call_id,
            help_calls.c.identifier,
            help_calls.c.name,
            help_calls.c.email,
            help_calls.c.message,
            help_calls.c.received_at,
        )
        .where(help_calls.c.sorted_at.is_(None))
        .order_by(help_calls.c.received_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else StoredCall(**row._mapping)


async def _whose(connection: AsyncConnection, call: StoredCall) -> Access | None:
    """The family's access that is meant: by its identifier, or by an address that only it has."""
    access: Access | None = None
    if call.identifier:
        access = await access_by_identifier(connection, normalised(call.identifier))
    if access is None:
        access = await _by_address(connection, call.email)
    is_familys = access is not None and access.holder.family_id is not None
    return access if is_familys else None


async def _by_address(connection: AsyncConnection, email: str) -> Access | None:
    query: Any = (
        select(credentials.c.account_id)
        .where(func.lower(credentials.c.email) == email.lower(), credentials.c.staff_id.is_(None))
        .limit(2)
    )
    found = (await connection.execute(query)).scalars().all()
    return await access_by_account(connection, found[0]) if len(found) == 1 else None


async def _sorted(
    transaction: Transaction,
    call: StoredCall,
    outcome: Outcome,
    account_id: UUID | None,
    now: datetime,
) -> None:
    await transaction.connection.execute(
        update(help_calls)
        .where(help_calls.c.call_id == call.call_id)
        .values(outcome=outcome, account_id=account_id, sorted_at=now)
    )
