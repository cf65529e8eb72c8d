"""Backups in a folder: one folder each, named by its instant, whole when its manifest is there."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from portail.telling import Unusable
from portail_contracts.catalogue import Context

STAMP = "%Y-%m-%dT%H%M%SZ"
MANIFEST = "manifest.json"
EVENTS = "events.jsonl"
BROKER = "broker.json"
KEYS = "keys.sealed"


@dataclass(frozen=True)
class Backup:
    """One backup; instants are of the machine's clock, which the broker's log is kept by."""

    folder: Path

    @property
    def made_at(self) -> datetime:
        return datetime.strptime(self.folder.name, STAMP).replace(tzinfo=UTC)

    @property
    def manifest(self) -> dict[str, Any]:
        """Raises Unusable when the backup is not whole."""
        file = self.folder / MANIFEST
        if not file.exists():
            raise Unusable(f"« {self.folder} » n’est pas une sauvegarde entière.")
        return dict(json.loads(file.read_text()))

    def dump(self, context: Context) -> Path:
        return self.folder / f"{context}.dump"

    def begin(self) -> None:
        """Readable by its owner alone: it holds what families told the town."""
        self.folder.mkdir(parents=True, mode=0o700)

    def complete(self, facts: dict[str, Any]) -> None:
        """The digests of what was written; without this file a backup does not count."""
        files = {}
        for file in sorted(self.folder.iterdir()):
            file.chmod(0o600)
            files[file.name] = {"bytes": file.stat().st_size, "sha256": _digest(file)}
        manifest = {"format": 1, "made_at": self.made_at.isoformat(), **facts, "files": files}
        file = self.folder / MANIFEST
        file.touch(mode=0o600)
        file.write_text(json.dumps(manifest, indent=2) + "\n")

    def check(self) -> None:
        """Raises Unusable when a file is missing or is not what was written."""
        for name, fact in self.manifest["files"].items():
            file = self.folder / name
            if not file.exists() or _digest(file) != fact["sha256"]:
                raise Unusable(f"« {file} » a changé depuis la sauvegarde : ne la rétablissez pas.")


def new(folder: Path) -> Backup:
    return Backup(folder / datetime.now(UTC).strftime(STAMP))


def newest(folder: Path) -> Backup | None:
    """The last whole one."""
    whole = [one for one in _backups(folder) if (one.folder / MANIFEST).exists()]
    return whole[-1] if whole else None


def _backups(folder: Path) -> list[Backup]:
    return sorted((Backup(one) for one in folder.iterdir() if _is_one(one)), key=_instant)


def forget_old(folder: Path, keep: timedelta) -> list[Backup]:
    """Those older than `keep` go, whole or half done; the newest whole one always stays."""
    limit, last = datetime.now(UTC) - keep, newest(folder)
    gone = [one for one in _backups(folder) if one.made_at < limit and one != last]
    for one in gone:
        shutil.rmtree(one.folder)
    return gone


def _instant(backup: Backup) -> datetime:
    return backup.made_at


def _is_one(folder: Path) -> bool:
    try:
        datetime.strptime(folder.name, STAMP)  # noqa: DTZ007 - only whether it is one
    except ValueError:
        return False
    return folder.is_dir()


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
