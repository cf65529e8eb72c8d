"""The browser's session: what the sealed cookie holds, and the cookie itself.

Nothing is kept on our side: any gateway process with the keys opens any session.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from chassis.auth import Audience, Principal

from .sealing import Seal

COOKIE = "__Host-portail"
ANONYMOUS_COOKIE = "__Host-portail-anonyme"
ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"
IDLE_AT_MOST = timedelta(hours=12)
"""A cookie that was not renewed for longer is forgotten, whatever accounts would say."""
REFRESH_BEFORE = timedelta(seconds=60)
ANONYMOUS_LIFETIME = timedelta(hours=1)


class Door(StrEnum):
    """Families and staff sign in at different doors; a session opens one of them only."""

    FAMILY = "family"
    STAFF = "staff"


@dataclass(frozen=True)
class Grant:
    """What accounts gives at sign-in and at each refresh."""

    token: str
    expires_at: datetime
    principal: Principal


@dataclass(frozen=True)
class Session:
    """Someone signed in. `secret` proves the session to accounts and is never shown to anyone."""

    secret: str
    grant: Grant
    door: Door
    csrf: str
    renewed_at: datetime

    @property
    def principal(self) -> Principal:
        return self.grant.principal

    @property
    def form_token(self) -> str:
        return form_token(self.csrf)

    def renewed(self, grant: Grant, at: datetime) -> "Session":
        return replace(self, grant=grant, renewed_at=at)

    def needs_refresh(self, now: datetime) -> bool:
        return self.grant.expires_at - now < REFRESH_BEFORE

    def is_usable(self, now: datetime) -> bool:
        return self.grant.expires_at > now


@dataclass(frozen=True)
class Anonymous:
    """Someone not signed in who was shown a form: binds the form to the browser."""

    csrf: str
    expires_at: datetime

    @property
    def form_token(self) -> str:
        return form_token(self.csrf)


def form_token(csrf: str) -> str:
    """What a form carries: derived, so that a page never holds the secret itself."""
    digest = hmac.new(csrf.encode(), b"portail.form-token", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def same_token(expected: str, given: str | None) -> bool:
    return given is not None and hmac.compare_digest(expected.encode(), given.encode())


def new_session(secret: str, grant: Grant, door: Door, now: datetime) -> Session:
    return Session(secret, grant, door, secrets.token_urlsafe(24), now)


def new_anonymous(now: datetime) -> Anonymous:
    return Anonymous(secrets.token_urlsafe(24), now + ANONYMOUS_LIFETIME)


class Cookies:
    """Writes and reads both cookies; what cannot be opened is as if it had not been sent."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def session(self, session: Session) -> str:
        return _header(COOKIE, self._seal.close(COOKIE, _packed(session)))

    def anonymous(self, anonymous: Anonymous) -> str:
        content = {**asdict(anonymous), "expires_at": anonymous.expires_at.timestamp()}
        return _header(
            ANONYMOUS_COOKIE,
            self._seal.close(ANONYMOUS_COOKIE, content),
            int(ANONYMOUS_LIFETIME.total_seconds()),
        )

    def read_session(self, cookies: Mapping[str, str], now: datetime) -> Session | None:
        content = self._seal.open(COOKIE, cookies.get(COOKIE, ""))
        session = _unpacked(content) if content else None
        if session is None or now - session.renewed_at > IDLE_AT_MOST:
            return None
        return session

    def read_former(self, cookies: Mapping[str, str]) -> Session | None:
        """Whose session it was, however long ago: it opens nothing any more."""
        content = self._seal.open(COOKIE, cookies.get(COOKIE, ""))
        return _unpacked(content) if content else None

    def read_anonymous(self, cookies: Mapping[str, str], now: datetime) -> Anonymous | None:
        content = self._seal.open(ANONYMOUS_COOKIE, cookies.get(ANONYMOUS_COOKIE, ""))
        if content is None:
            return None
        anonymous = Anonymous(content["csrf"], _instant(content["expires_at"]))
        return anonymous if anonymous.expires_at > now else None


def forgotten(name: str) -> str:
    return _header(name, "", 0)


def _header(name: str, value: str, max_age: int | None = None) -> str:
    # Without an age the browser forgets it when closed: many families share a computer.
    age = "" if max_age is None else f"; Max-Age={max_age}"
    return f"{name}={value}; {ATTRIBUTES}{age}"


def _packed(session: Session) -> dict[str, Any]:
    """Short names: every byte travels with every request."""
    principal = session.principal
    return {
        "s": session.secret,
        "t": session.grant.token,
        "e": session.grant.expires_at.timestamp(),
        "i": principal.id,
        "n": principal.name,
        "a": sorted(principal.audiences),
        "f": str(principal.family_id) if principal.family_id else None,
        "g": str(principal.guardian_id) if principal.guardian_id else None,
        "d": session.door,
        "c": session.csrf,
        "r": session.renewed_at.timestamp(),
    }


def _unpacked(content: Mapping[str, Any]) -> Session | None:
    try:
        principal = Principal(
            id=content["i"],
            name=content["n"],
            audiences=frozenset(Audience(item) for item in content["a"]),
            family_id=UUID(content["f"]) if content["f"] else None,
            guardian_id=UUID(content["g"]) if content["g"] else None,
        )
        return Session(
            secret=content["s"],
            grant=Grant(content["t"], _instant(content["e"]), principal),
            door=Door(content["d"]),
            csrf=content["c"],
            renewed_at=_instant(content["r"]),
        )
    except (KeyError, ValueError):
        # Sealed by another version of ours: signing in again puts it right.
        return None


def _instant(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
