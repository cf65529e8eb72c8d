"""The keys that the house cannot be started without, in a box that a passphrase opens.

The databases hold sealed data and wrapped keys; without the master key a backup of them has no
health data and no documents. With the key beside it in clear, the seal would protect nothing.
"""

import base64
import json
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from portail.telling import Unusable

NAMES = (
    *("ACCOUNTS_MASTER_KEY", "ACCOUNTS_OTHER_MASTER_KEYS", "ACCOUNTS_SERVICE_SECRETS"),
    "GATEWAY_SESSION_KEYS",
)
SHORTEST = 12
_COST = {"n": 2**15, "r": 8, "p": 1}
_LABEL = b"portail backup keys 1"


def present(settings: Mapping[str, str]) -> dict[str, str]:
    """The keys that this command was given."""
    return {name: settings[name] for name in NAMES if settings.get(name)}


def seal(keys: Mapping[str, str], passphrase: str) -> bytes:
    """Raises Unusable when the passphrase is too short to protect anything."""
    if len(passphrase) < SHORTEST:
        raise Unusable(f"la phrase de passe a moins de {SHORTEST} caractères.")
    salt, nonce = os.urandom(16), os.urandom(12)
    box = AESGCM(_stretched(passphrase, salt, _COST)).encrypt(
        nonce, json.dumps(dict(keys)).encode(), _LABEL
    )
    return json.dumps({"scrypt": _COST, "salt": _text(salt), "box": _text(nonce + box)}).encode()


def opened(sealed: bytes, passphrase: str) -> dict[str, str]:
    """Raises Unusable when the passphrase is not the one, or the box was changed."""
    found = json.loads(sealed)
    salt, box = base64.b64decode(found["salt"]), base64.b64decode(found["box"])
    key = _stretched(passphrase, salt, found["scrypt"])
    try:
        return dict(json.loads(AESGCM(key).decrypt(box[:12], box[12:], _LABEL)))
    except InvalidTag:
        raise Unusable("la phrase de passe n’ouvre pas les clés de cette sauvegarde.") from None


def _stretched(passphrase: str, salt: bytes, cost: Mapping[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, **cost).derive(passphrase.encode())


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
