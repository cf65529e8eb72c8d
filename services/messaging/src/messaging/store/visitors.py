"""Uses of the contact form, counted and forgotten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import messages, visitor_sendings


async def lock_form(connection: AsyncConnection) -> None:
    """One use at a time, so that none slips through while another is counted."""
    await connection.execute(select(func.pg_advisory_xact_lock(0x0F0B)))


async def count_sendings(
    connection: AsyncConnection, address_key: str, since: datetime
) -> tuple[int, int]:
    """From that address, and altogether. What is older is forgotten."""
    await connection.execute(delete(visitor_sendings).where(visitor_sendings.c.at < since))
    there = func.count().filter(visitor_sendings.c.address_key == address_key)
    counting = select(there, func.count()).select_from(visitor_sendings)
    from_there, altogether = (await connection.execute(counting)).one()
    return int(from_there), int(altogether)


async def note_sending(
    connection: AsyncConnection, message_id: UUID, address_key: str, at: datetime
) -> None:
    row = {"message_id": message_id, "address_key": address_key, "at": at}
    await connection.execute(insert(visitor_sendings).values(row))


async def is_known(connection: AsyncConnection, message_id: UUID) -> bool:
    found = select(messages.c.message_id).where(messages.c.message_id == message_id)
    return (await connection.execute(found)).scalar_one_or_none() is not None
