"""`deploy/compose.yaml` as data."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = DEPLOY / "compose.yaml"
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*))?[^}]*\}")
MUST_BE_GIVEN = {
    "PORTAIL_HOST": "portail.example",
    "PORTAIL_URL": "https://portail.example",
    "PORTAIL_TLS": "internal",
}


@cache
def composed() -> dict[str, Any]:
    """With its variables as they are when only those that must be given are given."""
    text = VARIABLE.sub(
        lambda found: MUST_BE_GIVEN.get(found[1]) or found[2] or "", COMPOSE.read_text()
    )
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def room_of(service: dict[str, Any]) -> str:
    """`accounts` of `localhost/portail-accounts:latest`."""
    return str(service["image"]).rpartition("/portail-")[2].partition(":")[0]
