"""Ports of one instance: found at the first start, the same at the next ones."""

from __future__ import annotations

import json
from pathlib import Path

from portail.secrets_file import GATEWAY, SERVICES
from portail_local.servers.ports import free_port, is_free, require_free

NAMES = (*SERVICES, "postgres", "rabbitmq", "supervision", "smtp", "mail")


def allocate(file: Path, portal: int | None) -> dict[str, int]:
    """A port for each server and process.

    A remembered port that somebody took meanwhile is replaced; the portal's,
    when it was asked for, is not: `OperatorError`.
    """
    kept: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    ports = {name: _still_free(kept.get(name)) for name in NAMES}
    if portal is not None:
        require_free(portal, "portail")
        ports[GATEWAY] = portal
    file.write_text(json.dumps(ports, indent=2) + "\n")
    return ports


def _still_free(port: int | None) -> int:
    return port if port is not None and is_free(port) else free_port()
