"""Which images there are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from portail.secrets_file import CONTEXTS, GATEWAY

PROJECT = Path(__file__).resolve().parents[5]
IMAGES = PROJECT / "deploy" / "images"
BASE = "base"
CHASSIS = "portail-chassis"


@dataclass(frozen=True)
class Room:
    """One image of ours: `python -m <module>` and everything that it stands on."""

    name: str
    module: str
    distributions: tuple[str, ...]
    packages: str = ""
    """Of Debian, beyond the base's."""


SERVICES = tuple(Room(name, name, (f"portail-{name}",)) for name in (*CONTEXTS, GATEWAY))
OPERATOR = Room(
    # It asks each service's own program, with that service's own settings.
    "operator",
    "portail",
    ("portail-operator", *(f"portail-{name}" for name in (*CONTEXTS, GATEWAY))),
    packages="postgresql-client-15",
)
ROOMS = (*SERVICES, OPERATOR)
SERVERS = ("database", "broker", "proxy")
"""What a town may replace by servers of its own."""


def folder_of(distribution: str) -> Path:
    """Where one of our distributions is made from."""
    name = distribution.removeprefix("portail-")
    known = {GATEWAY: PROJECT / GATEWAY, "operator": PROJECT / "deploy" / "operator"}
    return known.get(name, PROJECT / "services" / name)
