"""The master key: what it seals cannot be read from the database alone."""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12


class SealedWithAnotherKey(RuntimeError):
    """The database holds keys sealed with a master key that this process was not given."""


@dataclass(frozen=True)
class Sealed:
    """AES-256-GCM: the nonce comes first in `box`; `master_key_id` says which key opens it."""

    master_key_id: str
    box: bytes


@dataclass(frozen=True)
class MasterKey:
    """Made from base64; its id is a digest, so that a changed key is noticed and named."""

    _key: bytes = field(repr=False)

    @classmethod
    def from_base64(cls, text: str) -> "MasterKey":
        return cls(base64.b64decode(text, validate=True))

    @property
    def id(self) -> str:
        return self.digest("master-key-id", "").hex()[:16]

    def seal(self, label: str, secret: bytes) -> Sealed:
        """`label` is bound to the box: a box moved to another row does not open."""
        nonce = os.urandom(_NONCE_BYTES)
        return Sealed(self.id, nonce + AESGCM(self._key).encrypt(nonce, secret, label.encode()))

    def open(self, label: str, sealed: Sealed) -> bytes:
        """Raises SealedWithAnotherKey."""
        if sealed.master_key_id != self.id:
            raise SealedWithAnotherKey(
                f"sealed with master key {sealed.master_key_id}, this process has {self.id}"
            )
        nonce, body = sealed.box[:_NONCE_BYTES], sealed.box[_NONCE_BYTES:]
        return AESGCM(self._key).decrypt(nonce, body, label.encode())

    def digest(self, purpose: str, text: str) -> bytes:
        """A keyed digest, for what must be found again and never read (people type their
        password in the identifier's field)."""
        return hmac.digest(self._key, f"{purpose}:{text}".encode(), hashlib.sha256)
