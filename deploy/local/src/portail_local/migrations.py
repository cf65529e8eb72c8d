"""Migrating the four databases, and knowing when there is nothing to migrate."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from pathlib import Path

# The services' first revisions create the tables of the chassis as well.
_CHASSIS = "chassis"


class MigrationStamps:
    """Remembers with which migration files each database was brought up to date.

    Starting Python four times to find that nothing changed would cost two
    seconds of every start. A service whose database is behind all the same
    says so: it is not ready.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def needed(self, service: str) -> bool:
        """Whether the service's migrations may have something to do."""
        digest = _digest(service)
        return digest is None or self._kept().get(service) != digest

    def done(self, service: str) -> None:
        """Note that the service's database is up to date."""
        digest = _digest(service)
        if digest is not None:
            self._file.write_text(json.dumps({**self._kept(), service: digest}))

    def _kept(self) -> dict[str, str]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}


def _package(name: str) -> Path | None:
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _digest(service: str) -> str | None:
    """A digest of all migration files; None when there are none to be seen."""
    own, chassis = _package(service), _package(_CHASSIS)
    files = sorted(own.rglob("migrations/**/*.py")) if own else []
    if not files:
        return None
    files += sorted(chassis.rglob("*.py")) if chassis else []
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
