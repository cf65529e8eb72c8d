"""Links that let their holder choose a password, once."""

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

SECRET_CHARACTERS = 20
"""Five bits each: a hundred bits, and still short enough to be typed from a letter."""

_GROUP = 5
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_LOOK_ALIKE = str.maketrans("018", "OIB")


class LinkPurpose(StrEnum):
    """What the link is for; the page behind it says so."""

    ACTIVATION = "activation"
    RESET = "reset"


LIFETIMES = {
    # A letter takes days to arrive and to be opened.
    LinkPurpose.ACTIVATION: timedelta(days=15),
    LinkPurpose.RESET: timedelta(minutes=30),
}


class LinkOver(Exception):
    """Unknown, used, replaced or too old: nobody is told which."""


@dataclass(frozen=True)
class AccessLink:
    """A link as stored, with whose access it opens."""

    link_id: UUID
    account_id: UUID
    purpose: LinkPurpose
    secret_digest: bytes
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def is_usable(self, now: datetime) -> bool:
        return self.used_at is None and self.revoked_at is None and now < self.expires_at


def secret_from(digest: bytes) -> str:
    """The secret as a letter prints it, in groups: `ABCDE-FGHIJ-KLMNO-PQRST`."""
    letters = base64.b32encode(digest).decode()[:SECRET_CHARACTERS]
    return "-".join(
        letters[start : start + _GROUP] for start in range(0, SECRET_CHARACTERS, _GROUP)
    )


def plain_secret(typed: str) -> str | None:
    """What was typed, without what people add or mistake; None when it cannot be a secret.

    0, 1 and 8 are not in the alphabet: who reads them on paper means O, I and B.
    """
    letters = "".join(typed.split()).replace("-", "").upper().translate(_LOOK_ALIKE)
    if len(letters) != SECRET_CHARACTERS or any(letter not in _ALPHABET for letter in letters):
        return None
    return letters


def url_path(secret: str) -> str:
    """The portal's page where the password is chosen."""
    return f"/activation/{secret}"
