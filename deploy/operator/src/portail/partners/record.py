"""The record of partners, asked of messaging's own process with messaging's own settings."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.broker.partners import Partner
from portail.telling import Refused

WITHIN_SECONDS = 60


@dataclass(frozen=True)
class Kept:
    """A partner that stands."""

    partner: Partner
    password_hash: str | None
    """None when it is not at the broker."""

    keys: int
    url: str | None
    """Where its events are sent to."""

    added_at: str
    rotated_at: str | None

    @property
    def by_http(self) -> str:
        """How it is given its events without the broker."""
        return ", ".join(
            [*([f"{self.keys} clé(s)"] if self.keys else []), *filter(None, [self.url])]
        )


def standing() -> list[Kept]:
    """By name."""
    return [
        Kept(
            Partner(row["name"], tuple(row["patterns"]), tuple(map(UUID, row["centres"]))),
            row["password_hash"],
            row["keys"],
            row["webhook"],
            row["added_at"],
            row["rotated_at"],
        )
        for row in _ask("list", {})
    ]


def add(partner: Partner, ways: dict[str, Any]) -> bool:
    """`ways`: its `password_hash`, `key_digest`, `webhook`. False when one of that name stands."""
    centres = [str(centre) for centre in partner.centres]
    asked = {"name": partner.name, "patterns": partner.patterns, "centres": centres}
    return bool(_ask("add", {**asked, **ways}))


def rotate(name: str, password_hash: str) -> bool:
    """False when no such partner stands."""
    return bool(_ask("rotate", {"name": name, "password_hash": password_hash}))


def give_key(name: str, key_digest: str, overlap: timedelta) -> bool:
    """Former keys end after `overlap`. False when no such partner stands."""
    asked = {"name": name, "key_digest": key_digest, "overlap_seconds": overlap.total_seconds()}
    return bool(_ask("key", asked))


def set_address(name: str, webhook: dict[str, Any]) -> bool:
    """Whether it had none, and its secret is the one given; raises Refused for an unknown name."""
    return bool(_ask("address", {"name": name, "webhook": webhook}))


def change_secret(name: str, secret: str, overlap: timedelta) -> None:
    """Raises Refused when nothing is sent to such a partner; so do all those below."""
    seconds = overlap.total_seconds()
    _ask("secret", {"name": name, "secret": secret, "overlap_seconds": seconds})


def tell(verb: str, name: str) -> None:
    """`pause` or `resume`."""
    _ask(verb, {"name": name})


def send_again(name: str, since: str | None, patterns: Sequence[str]) -> int:
    """Since an instant, or else what was given up; how many."""
    return int(_ask("again", {"name": name, "since": since, "patterns": patterns}))


def deliveries(name: str, *, failed: bool, most: int) -> dict[str, Any]:
    found: dict[str, Any] = _ask("deliveries", {"name": name, "failed": failed, "most": most})
    return found


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
    told = json.loads(done.stdout.strip().splitlines()[-1])
    if isinstance(told, dict) and "refused" in told:
        raise Refused(told["refused"])
    return told
