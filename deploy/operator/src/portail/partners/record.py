"""The record of partners, asked of messaging's own process with messaging's own settings."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.broker.partners import Partner
from portail.telling import Refused

WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Kept:
    """A partner that stands."""

    partner: Partner
    password_hash: str
    added_at: str
    rotated_at: str | None


def standing() -> list[Kept]:
    """By name."""
    return [
        Kept(
            Partner(row["name"], tuple(row["patterns"]), tuple(map(UUID, row["centres"]))),
            row["password_hash"],
            row["added_at"],
            row["rotated_at"],
        )
        for row in _ask("list", {})
    ]


def add(partner: Partner, password_hash: str) -> bool:
    """False when one of that name stands already."""
    centres = [str(centre) for centre in partner.centres]
    asked = {"name": partner.name, "patterns": partner.patterns, "centres": centres}
    return bool(_ask("add", {**asked, "password_hash": password_hash}))


def rotate(name: str, password_hash: str) -> bool:
    """False when no such partner stands."""
    return bool(_ask("rotate", {"name": name, "password_hash": password_hash}))


def revoke(name: str) -> bool:
    """False when no such partner stands."""
    return bool(_ask("revoke", {"name": name}))


def _ask(verb: str, asked: dict[str, Any]) -> Any:
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "messaging.partners", verb],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=WITHIN_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Refused(f"messaging n’a pas répondu : {last}")
    return json.loads(done.stdout.strip().splitlines()[-1])
