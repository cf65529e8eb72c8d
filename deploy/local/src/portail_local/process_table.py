"""Reading the kernel's process table, to find and end what is ours and nothing else.

Linux only, like the rest of the local runner: `/proc` answers without any
further dependency, also for processes that an earlier runner left behind.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def _pids() -> Iterator[int]:
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            yield int(entry.name)


def name_of(pid: int) -> str | None:
    """The kernel's name of a process, or None when it is gone."""
    with suppress(OSError):
        return (_PROC / str(pid) / "comm").read_text().strip()
    return None


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie that waits for its parent does not."""
    with suppress(OSError, IndexError):
        stat = (_PROC / str(pid) / "stat").read_text()
        return stat.rpartition(")")[2].split()[0] not in ("Z", "X")
    return False


def working_in(folder: Path, names: Collection[str]) -> list[int]:
    """Processes of the given names whose working directory is in `folder`.

    The working directory is the mark because it survives everything: a
    PostgreSQL backend overwrites its environment and its arguments, and an
    orphan has lost its parent. The names spare a shell that was left there.
    """
    root = os.path.realpath(folder)
    found = []
    for pid in _pids():
        with suppress(OSError):
            where = str((_PROC / str(pid) / "cwd").readlink()).removesuffix(" (deleted)")
            inside = where == root or where.startswith(root + "/")
            if inside and name_of(pid) in names and is_alive(pid):
                found.append(pid)
    return found


def marked(variable: str, value: str) -> list[int]:
    """Processes that were started with `variable=value` in their environment."""
    needle = f"{variable}={value}".encode()
    found = []
    for pid in _pids():
        with suppress(OSError):
            environment = (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
            if needle in environment and pid != os.getpid() and is_alive(pid):
                found.append(pid)
    return found


def send(pids: Collection[int], which: signal.Signals) -> None:
    """Signal each process; one that has gone in the meantime is no error."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, which)


async def end_all(
    find: Callable[[], list[int]], first: signal.Signals | None, patience: float
) -> list[int]:
    """End every process that `find` finds; politely for `patience` seconds.

    `find` is asked again each time, because servers fork while they stop.
    Returns the processes that were found at first.
    """
    seen = found = find()
    if found and first is not None:
        send(found, first)
        found = await _gone(find, patience)
    while found:
        send(found, signal.SIGKILL)
        found = await _gone(find, 1.0)
    return seen


async def _gone(find: Callable[[], list[int]], patience: float) -> list[int]:
    deadline = time.monotonic() + patience
    while (found := find()) and time.monotonic() < deadline:  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.05)
    return found
