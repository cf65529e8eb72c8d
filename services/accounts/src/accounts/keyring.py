"""The signing keys in memory: signs tokens, publishes the public halves (RFC 7517, RFC 8037)."""

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.auth import Principal
from chassis.clock import Clock
from chassis.database import Database
from chassis.identifiers import new_id
from chassis.tokens import ALGORITHM, LIFETIME, claims_for
from portail_contracts.catalogue import Context

from .domain.signing import Plan, current, published
from .sealing import MasterKeys, Sealed
from .store.signing_keys import StoredKey, all_keys
from .use_cases.rotate_keys import rotate_keys

KEPT = timedelta(seconds=30)
"""How long the keys read from the database are used; less than a rotation's shortest notice."""

RECEIVERS = tuple(Context)


@dataclass(frozen=True)
class AccessToken:
    """A signed token and the instant it expires."""

    token: str
    expires_at: datetime


class Keyring:
    """One process's view of the keys; every replica reads the same table."""

    def __init__(self, database: Database, master_keys: MasterKeys, clock: Clock) -> None:
        self._database = database
        self._master_keys = master_keys
        self._clock = clock
        self._keys: Sequence[StoredKey] = ()
        self._read_at: datetime | None = None
        self._reading = asyncio.Lock()
        self._private: dict[str, Ed25519PrivateKey] = {}

    async def published(self) -> Mapping[str, Any]:
        """The key set: former keys still needed, the current one, and the next before its use."""
        now = self._clock.now()
        keys = {key.kid: key for key in await self._fresh()}
        live = published([key.times for key in keys.values()], now)
        return {"keys": [_jwk(keys[times.kid]) for times in live]}

    async def token_for(self, principal: Principal) -> AccessToken:
        """Raises SealedWithAnotherKey when this process has the wrong master key."""
        now = self._clock.now()
        key = await self._signing_key(now)
        claims = claims_for(principal, RECEIVERS, now, new_id())
        token = jwt.encode(claims, self._opened(key), algorithm=ALGORITHM, headers={"kid": key.kid})
        return AccessToken(token, now + LIFETIME)

    async def rotate(self, *, forced: bool = False) -> Plan:
        """One round of the schedule; what changed is seen here at once."""
        async with self._database.transaction() as transaction:
            done = await rotate_keys(
                transaction, self._master_keys.current, self._clock.now(), forced=forced
            )
        self._read_at = None
        return done

    async def _signing_key(self, now: datetime) -> StoredKey:
        signing = await self._current(now)
        if signing is None:
            # The very first request of a new installation may come before the daily round.
            await self.rotate()
            # It was made after `now`, or by a replica whose clock is ahead: nothing else can sign.
            keys = await self._fresh()
            first = min(keys, key=lambda key: key.signs_from)
            signing = await self._current(max(now, first.signs_from))
        if signing is None:
            raise RuntimeError("no signing key right after a rotation")
        return signing

    async def _current(self, now: datetime) -> StoredKey | None:
        keys = {key.kid: key for key in await self._fresh()}
        signing = current([key.times for key in keys.values()], now)
        return None if signing is None else keys[signing.kid]

    async def _fresh(self) -> Sequence[StoredKey]:
        async with self._reading:
            now = self._clock.now()
            if self._read_at is None or now - self._read_at >= KEPT:
                async with self._database.reading() as connection:
                    self._keys = await all_keys(connection)
                self._read_at = now if self._keys else None
            return self._keys

    def _opened(self, key: StoredKey) -> Ed25519PrivateKey:
        if key.kid not in self._private:
            sealed = Sealed(key.master_key_id, key.sealed_private_key)
            raw = self._master_keys.open(key.kid, sealed)
            # Only the key in use stays open in memory.
            self._private = {key.kid: Ed25519PrivateKey.from_private_bytes(raw)}
        return self._private[key.kid]


def _jwk(key: StoredKey) -> dict[str, str]:
    x = base64.urlsafe_b64encode(key.public_key).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "alg": ALGORITHM, "use": "sig", "kid": key.kid, "x": x}
