"""Codes of a second factor: by time (RFC 6238) from a telephone, and some on paper."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

import pyotp

CODE_DIGITS = 6
STEP_SECONDS = 30
DRIFT = 1
"""Steps before and after the present one that are taken: telephones' clocks differ."""
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
"""Eighty bits, written as sixteen letters: too many to be guessed, so a plain digest is enough."""


def new_secret() -> str:
    return pyotp.random_base32()


def enrolment_address(secret: str, identifier: str, issuer: str) -> str:
    """What the telephone reads from the drawing (`otpauth://…`)."""
    return pyotp.TOTP(secret).provisioning_uri(name=identifier, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step that the code belongs to; None when it is wrong or was taken already.

    Every step is compared, so that the time taken tells nothing.
    """
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(present - DRIFT, present + DRIFT + 1):
        expected = totp.generate_otp(step)
        if hmac.compare_digest(expected.encode(), code.encode()) and step > last_step:
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Shown once: `ABCD-EFGH-IJKL-MNOP`."""
    return [_written(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def recovery_digest(account_id: str, typed: str) -> bytes:
    letters = "".join(typed.split()).replace("-", "").upper()
    return hashlib.sha256(f"{account_id}:{letters}".encode()).digest()


def _written(raw: bytes) -> str:
    letters = base64.b32encode(raw).decode()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
