"""The authority's mark: one picture at most, known by the fingerprint of its bytes."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import authority_logo


async def logo_fingerprint(connection: AsyncConnection) -> str:
    """Empty when there is none."""
    found = await connection.execute(select(authority_logo.c.fingerprint))
    return found.scalar_one_or_none() or ""


async def find_logo(connection: AsyncConnection, fingerprint: str) -> bytes | None:
    """The PNG of that fingerprint, while it is the one that stands."""
    wanted = select(authority_logo.c.content).where(authority_logo.c.fingerprint == fingerprint)
    return (await connection.execute(wanted)).scalar_one_or_none()


async def keep_logo(connection: AsyncConnection, content: bytes, by: str, now: datetime) -> str:
    """In the place of the one before; returns its fingerprint."""
    fingerprint = sha256(content).hexdigest()
    values = {
        "fingerprint": fingerprint,
        "content": content,
        "changed_at": now,
        "changed_by": by,
    }
    await connection.execute(
        insert(authority_logo)
        .values(values)
        .on_conflict_do_update(index_elements=[authority_logo.c.singleton], set_=values)
    )
    return fingerprint


async def remove_logo(connection: AsyncConnection) -> None:
    await connection.execute(delete(authority_logo))
