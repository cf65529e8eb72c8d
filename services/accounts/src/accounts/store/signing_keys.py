"""Reading signing keys, private parts still sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.signing import KeyTimes

from .tables import signing_keys


@dataclass(frozen=True)
class StoredKey:
    """One Ed25519 key: 32 public bytes as they are, the private ones sealed."""

    kid: str
    public_key: bytes
    sealed_private_key: bytes
    master_key_id: str
    signs_from: datetime

    @property
    def times(self) -> KeyTimes:
        return KeyTimes(self.kid, self.signs_from)


async def all_keys(connection: AsyncConnection) -> Sequence[StoredKey]:
    rows = await connection.execute(select(signing_keys).order_by(signing_keys.c.signs_from))
    return [
        StoredKey(
            row.kid, row.public_key, row.sealed_private_key, row.master_key_id, row.signs_from
        )
        for row in rows
    ]
