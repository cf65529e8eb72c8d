"""Sealed values that a browser keeps for us: it can neither read them nor change them."""

import base64
import binascii
import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
LARGEST = 4000
"""Browsers keep at least 4096 bytes of a cookie, its name and attributes included."""


class TooLarge(ValueError):
    """The sealed value would not fit in a cookie."""


class Seal:
    """AES-256-GCM. The purpose is authenticated: a value sealed for one use opens for no other."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._first = _key_id(keys[0])

    def close(self, purpose: str, content: dict[str, Any], *, largest: int = LARGEST) -> str:
        """Raises TooLarge rather than lose a session in silence."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        plain = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        hidden = self._ciphers[self._first].encrypt(nonce, plain, _bound(purpose, self._first))
        sealed = f"{self._first}.{base64.urlsafe_b64encode(nonce + hidden).decode().rstrip('=')}"
        if len(sealed) > largest:
            raise TooLarge(f"{purpose}: {len(sealed)} bytes")
        return sealed

    def open(self, purpose: str, sealed: str) -> dict[str, Any] | None:
        """The content, or None for anything that we did not seal for this purpose."""
        key_id, _, body = sealed.partition(".")
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            return None
        try:
            raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
            plain = cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(purpose, key_id))
        except (binascii.Error, InvalidTag, ValueError):
            return None
        content: dict[str, Any] = json.loads(plain)
        return content


def _key_id(key: bytes) -> str:
    """Says which key, and nothing about it."""
    return hashlib.sha256(b"portail.key-id:" + key).hexdigest()[:8]


def _bound(purpose: str, key_id: str) -> bytes:
    return f"{purpose}:{key_id}".encode()
