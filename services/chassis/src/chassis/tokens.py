"""Access tokens: short EdDSA JWTs, signed by accounts, verified by everyone with published keys."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from .auth import Audience, Principal, unauthenticated
from .clock import Clock

ISSUER = "portail.accounts"
ALGORITHM = "EdDSA"
LIFETIME = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)
REFRESH_AT_MOST_EVERY = timedelta(seconds=5)
REMEMBERED = 5000
"""Tokens whose signature need not be verified again, by a digest: more than live at once."""

FetchKeys = Callable[[], Awaitable[Mapping[str, Any]]]
"""Asks for the published key set (RFC 7517)."""


def claims_for(
    principal: Principal, receivers: Iterable[str], issued_at: datetime, token_id: UUID
) -> dict[str, Any]:
    """What a token says: who, for which services, until when."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": principal.id,
        "aud": sorted(receivers),
        "iat": int(issued_at.timestamp()),
        "exp": int((issued_at + LIFETIME).timestamp()),
        "jti": str(token_id),
        "name": principal.name,
        "audiences": sorted(principal.audiences),
    }
    if principal.family_id is not None:
        claims["family_id"] = str(principal.family_id)
    if principal.guardian_id is not None:
        claims["guardian_id"] = str(principal.guardian_id)
    if principal.session_id is not None:
        claims["sid"] = principal.session_id
    return claims


@dataclass(frozen=True)
class _Known:
    """A token whose signature was found good."""

    kid: str
    expires_at: float
    principal: Principal


class TokenVerifier:
    """Verifies tokens for one receiver; keeps the keys it knows while accounts is away."""

    def __init__(self, receiver: str, fetch_keys: FetchKeys, clock: Clock) -> None:
        self._receiver = receiver
        self._fetch_keys = fetch_keys
        self._clock = clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: datetime | None = None
        self._fetching = asyncio.Lock()
        self._known: dict[bytes, _Known] = {}

    async def authenticate(self, token: str) -> Principal:
        """Who the token speaks for; raises Problem 401 for anything but a good token for us."""
        digest = hashlib.blake2b(token.encode(), digest_size=32).digest()
        known = self._known.get(digest)
        # A key that was withdrawn takes its tokens with it, however well they were signed.
        if known is None or known.kid not in self._keys:
            known = await self._verified(token)
            self._remember(digest, known)
        if known.expires_at < (self._clock.now() - LEEWAY).timestamp():
            raise unauthenticated()
        return known.principal

    def _remember(self, digest: bytes, known: "_Known") -> None:
        """A signature is verified once: its token comes back with every question of a page."""
        while len(self._known) >= REMEMBERED:
            self._known.pop(next(iter(self._known)))
        self._known[digest] = known

    async def _verified(self, token: str) -> "_Known":
        try:
            kid = jwt.get_unverified_header(token).get("kid", "")
            key = await self._key(str(kid))
            if key is None:
                raise unauthenticated()
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._receiver,
                issuer=ISSUER,
                # Our clock decides, not the library's: rehearsals run at another date.
                options={"verify_exp": False, "verify_iat": False, "verify_nbf": False},
            )
        except jwt.InvalidTokenError:
            raise unauthenticated() from None
        return _Known(str(kid), float(claims["exp"]), _principal(claims))

    async def _key(self, kid: str) -> jwt.PyJWK | None:
        if kid not in self._keys:
            async with self._fetching:
                if kid not in self._keys and self._may_fetch():
                    await self._refresh()
        return self._keys.get(kid)

    def _may_fetch(self) -> bool:
        """A stranger's token must not become a storm of questions to accounts."""
        now = self._clock.now()
        return self._fetched_at is None or now - self._fetched_at > REFRESH_AT_MOST_EVERY

    async def _refresh(self) -> None:
        published = await self._fetch_keys()
        self._fetched_at = self._clock.now()
        self._keys = {key["kid"]: jwt.PyJWK(key) for key in published["keys"]}


def _principal(claims: Mapping[str, Any]) -> Principal:
    family, guardian = claims.get("family_id"), claims.get("guardian_id")
    return Principal(
        id=claims["sub"],
        name=claims["name"],
        audiences=frozenset(Audience(item) for item in claims["audiences"]),
        family_id=UUID(family) if family else None,
        session_id=claims.get("sid"),
        guardian_id=UUID(guardian) if guardian else None,
    )
