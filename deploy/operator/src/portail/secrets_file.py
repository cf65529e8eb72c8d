"""Passwords and keys of one local instance: made once, kept in a private file."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from portail.private_files import write_private

CONTEXTS = ("accounts", "enrolment", "billing", "messaging")
GATEWAY = "gateway"
SERVICES = (*CONTEXTS, GATEWAY)


@dataclass(frozen=True)
class Secrets:
    """Everything that two processes of the instance have to agree on in secret."""

    owner_passwords: dict[str, str]
    runtime_passwords: dict[str, str]
    broker_passwords: dict[str, str]
    service_secrets: dict[str, str]
    accounts_master_key: str
    gateway_session_key: str
    admin_password: str


def word() -> str:
    """A random word that needs no quoting."""
    # Hexadecimal: needs no quoting in a URL, in SQL or in a shell.
    return secrets.token_hex(20)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def generate() -> Secrets:
    """New secrets for a new instance."""
    return Secrets(
        owner_passwords={context: word() for context in CONTEXTS},
        runtime_passwords={context: word() for context in CONTEXTS},
        broker_passwords={name: word() for name in (*CONTEXTS, "operator")},
        service_secrets={service: word() for service in SERVICES},
        accounts_master_key=_key(),
        gateway_session_key=_key(),
        # Typed by people, so shorter, and still 60 bits; a letter and a digit, as the policy asks.
        admin_password=f"a{secrets.token_hex(8)[:15]}7",
    )


def load(file: Path) -> Secrets:
    """The secrets kept in `file`."""
    kept = json.loads(file.read_text(encoding="utf-8"))
    return Secrets(**{field.name: kept[field.name] for field in fields(Secrets)})


def load_or_generate(file: Path) -> Secrets:
    """The secrets kept in `file` (mode 0600), made at the first call."""
    if file.exists():
        return load(file)
    made = generate()
    write_private(file, json.dumps(asdict(made), indent=2) + "\n")
    return made
