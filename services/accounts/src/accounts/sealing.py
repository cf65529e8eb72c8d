"""Master keys and data keys: what they seal cannot be read from the database alone.

A master key seals keys only. What people say is sealed with a data key of the child or family it
is about, and the data key lies in the database wrapped by a master key (decision 10).
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16


class SealedWithAnotherKey(RuntimeError):
    """The database holds keys sealed with a master key that this process was not given."""


class BrokenSeal(RuntimeError):
    """A box was changed, cut short, or stands where it was not sealed: nothing of it is shown."""


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
        return Sealed(self.id, _seal(self._key, label, secret))

    def open(self, label: str, sealed: Sealed) -> bytes:
        """Raises SealedWithAnotherKey or BrokenSeal."""
        if sealed.master_key_id != self.id:
            raise SealedWithAnotherKey(
                f"sealed with master key {sealed.master_key_id}, this process has {self.id}"
            )
        return _open(self._key, label, sealed.box)

    def digest(self, purpose: str, text: str) -> bytes:
        """A keyed digest, for what must be found again and never read (people type their
        password in the identifier's field)."""
        return hmac.digest(self._key, f"{purpose}:{text}".encode(), hashlib.sha256)


class MasterKeys:
    """The key that seals, and those that may still open while a rotation is under way."""

    def __init__(self, current: MasterKey, others: Iterable[MasterKey] = ()) -> None:
        self.current = current
        self._by_id = {key.id: key for key in (*others, current)}

    def open(self, label: str, sealed: Sealed) -> bytes:
        """Raises SealedWithAnotherKey or BrokenSeal."""
        key = self._by_id.get(sealed.master_key_id, self.current)
        return key.open(label, sealed)

    def sealed_again(self, label: str, sealed: Sealed) -> Sealed:
        """The same secret under the current key; raises SealedWithAnotherKey or BrokenSeal."""
        return self.current.seal(label, self.open(label, sealed))


@dataclass(frozen=True)
class Place:
    """Where a value stands, and about whom: sealed for one place, it opens in no other."""

    table: str
    column: str
    owner_id: UUID
    row_id: UUID

    @property
    def label(self) -> str:
        return f"{self.table}.{self.column}/{self.owner_id}/{self.row_id}"


@dataclass(frozen=True)
class DataKey:
    """What everything said about one child, or one family, is sealed with."""

    _key: bytes = field(repr=False)

    @classmethod
    def new(cls) -> "DataKey":
        return cls(AESGCM.generate_key(8 * KEY_BYTES))

    def seal(self, place: Place, value: bytes) -> bytes:
        return _seal(self._key, place.label, value)

    def open(self, place: Place, box: bytes) -> bytes:
        """Raises BrokenSeal."""
        return _open(self._key, place.label, box)

    def digest(self, text: str) -> str:
        """Recognises the same words again; says nothing to whoever has not the key."""
        return hmac.digest(self._key, text.encode(), hashlib.sha256).hex()

    def wrapped(self, by: MasterKey, owner_id: UUID) -> Sealed:
        return by.seal(wrapping_label(owner_id), self._key)

    @classmethod
    def unwrapped(cls, by: MasterKeys, owner_id: UUID, sealed: Sealed) -> "DataKey":
        """Raises SealedWithAnotherKey or BrokenSeal."""
        return cls(by.open(wrapping_label(owner_id), sealed))


def wrapping_label(owner_id: UUID) -> str:
    """What a wrapped data key is bound to: whose it is."""
    return f"data-key/{owner_id}"


def _seal(key: bytes, label: str, secret: bytes) -> bytes:
    # Random nonces: one key seals some thousand values in its life, far from 2**32.
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, label.encode())


def _open(key: bytes, label: str, box: bytes) -> bytes:
    if len(box) < _NONCE_BYTES + _TAG_BYTES:
        raise BrokenSeal
    try:
        return AESGCM(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], label.encode())
    except InvalidTag:
        raise BrokenSeal from None
