"""Where private servers live, and under which account.

PostgreSQL refuses to run as root, so as root both servers run under an
unprivileged account. That account may be unable to enter the project's folder
(a clone under a private home): then the data lives in a stable folder under
`/var/tmp`, and the operator is told.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from portail import private_files
from portail.errors import OperatorError, explain
from portail_local.processes import Account, confined

PROJECT = Path(__file__).resolve().parents[5]
COPIED_BINARIES = "postgresql"
_REFUGES = Path("/var/tmp")  # noqa: S108 - its owner is checked before use


@dataclass(frozen=True)
class Place:
    """A folder for one server, the account that owns it, and what to say about it."""

    home: Path
    account: Account | None
    notice: str | None = None


def server_account() -> Account | None:
    """The account for servers: None (ourselves) unless we are root.

    `initdb` wants a uid with a name, so a bare number is no choice; `nobody`
    exists everywhere, `postgres` where the system's package is installed.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise OperatorError(
        "Aucun compte sans privilège pour PostgreSQL : créez le compte « nobody », "
        "ou lancez la commande avec un utilisateur ordinaire."
    )


def can_enter(path: Path, account: Account | None) -> bool:
    """Whether the account can traverse or execute `path`; tried, not deduced."""
    attempt = confined(["test", "-x", str(path)], account)
    return subprocess.run(attempt, cwd="/", check=False).returncode == 0


def refuge() -> Path:
    """The stable folder outside the project, one per project path."""
    digest = hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]
    return _REFUGES / f"portail-familles-{digest}"


def refuge_of(wanted: Path) -> Path:
    """Where `wanted` goes when the servers' account cannot enter it."""
    wanted = wanted.absolute()
    if wanted.is_relative_to(PROJECT):
        return refuge() / wanted.relative_to(PROJECT)
    return refuge() / hashlib.sha256(str(wanted).encode()).hexdigest()[:12]


def settle(wanted: Path) -> Place:
    """Make the folder of one server, here or in the refuge.

    Raises `OperatorError` when no folder can be made.
    """
    wanted = wanted.absolute()
    account = server_account()
    try:
        if can_enter(_nearest(wanted), account):
            wanted.parent.mkdir(parents=True, exist_ok=True)
            return Place(_owned(wanted, account), account)
        open_refuge()
        home = refuge_of(wanted)
        _make_traversable(home.parent)
        return Place(_owned(home, account), account, _moved(wanted, home, account))
    except OSError as error:
        raise explain(error) from error


def _moved(wanted: Path, home: Path, account: Account | None) -> str:
    who = account.name if account else "l'utilisateur"
    return (
        f"Le compte « {who} » ne peut pas entrer dans {wanted.parent} : "
        f"les données sont dans {home} (« make demo-reset » les efface)."
    )


def _nearest(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def open_refuge() -> Path:
    """Make the refuge, refusing one that somebody else has put there before us."""
    folder = refuge()
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise OperatorError(
            f"Le dossier {folder} appartient à un autre utilisateur : supprimez-le, puis relancez."
        )
    return folder


def _make_traversable(folder: Path) -> None:
    missing = [p for p in (folder, *folder.parents) if p.is_relative_to(refuge())]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        each.chmod(0o711)


def _owned(home: Path, account: Account | None) -> Path:
    home.mkdir(mode=0o700, exist_ok=True)
    give(home, account)
    return home


def give(path: Path, account: Account | None) -> None:
    """Hand a file or folder to the servers' account."""
    if account is not None:
        os.chown(path, account.uid, account.gid)


def write_private(path: Path, text: str, account: Account | None) -> Path:
    """Write a file that only the servers' account can read."""
    private_files.write_private(path, text)
    give(path, account)
    return path


def kept_secret(path: Path, account: Account | None) -> str:
    """A random word, made once and kept in a private file."""
    if not path.exists():
        write_private(path, secrets.token_hex(20), account)
    return path.read_text(encoding="utf-8")


def forget(wanted: Path) -> None:
    """Remove a server's folder, and its refuge if it was moved there."""
    shutil.rmtree(wanted, ignore_errors=True)
    moved = refuge_of(wanted)
    if not refuge().exists() or refuge().is_symlink():
        return
    shutil.rmtree(moved, ignore_errors=True)
    with suppress(OSError):  # stops at the first folder that another instance lives in
        for folder in moved.parents:
            folder.rmdir()
            if folder == refuge():
                break


def forget_refuge() -> None:
    """Remove the refuge, unless another instance still lives there."""
    if refuge().exists() and [each.name for each in refuge().iterdir()] == [COPIED_BINARIES]:
        shutil.rmtree(refuge(), ignore_errors=True)


def claimant(path: Path) -> int | None:
    """The pid of the runner that holds the claim on `path`; None when nobody does."""
    if not path.exists():
        return None
    with path.open("r") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0)
    return None


class Claim:
    """One runner at a time per folder; the kernel drops the claim when it dies."""

    def __init__(self, path: Path, refusal: str) -> None:
        self._path = path
        self._refusal = refusal
        self._handle: int | None = None

    def take(self) -> None:
        """Raise `OperatorError` with the refusal when another runner has it."""
        if self._handle is not None:
            return
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise OperatorError(self._refusal) from error
        os.truncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
        self._handle = handle

    def drop(self) -> None:
        """Let the next runner have it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
