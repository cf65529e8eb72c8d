"""The part of the lock that one room needs: its dependencies and theirs, with their hashes."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = "portail-"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==")


def needed(distribution: str) -> set[str]:
    """Every distribution that this one stands on, itself included, on this kind of machine."""
    todo, seen = [Requirement(distribution)], set[tuple[str, frozenset[str]]]()
    while todo:
        wanted = todo.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        todo += [each for each in _required(name) if _applies(each, extras)]
    return {name for name, _ in seen}


@cache
def _required(name: str) -> tuple[Requirement, ...]:
    try:
        return tuple(map(Requirement, requires(name) or ()))
    except PackageNotFoundError:
        raise LookupError(f"{name} is needed, and not installed here") from None


def _applies(wanted: Requirement, extras: frozenset[str]) -> bool:
    if wanted.marker is None:
        return True
    return any(wanted.marker.evaluate({"extra": extra}) for extra in extras or {""})


def third_party(distribution: str) -> set[str]:
    return {name for name in needed(distribution) if not name.startswith(OURS)}


def ours(distribution: str) -> set[str]:
    return {name for name in needed(distribution) if name.startswith(OURS)}


def cut(lock: str, names: set[str]) -> str:
    """The lines of the lock about these; raises LookupError when one is not locked."""
    kept: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in lock.splitlines():
        if found := _PIN.match(line):
            name = canonicalize_name(found[1])
            current = kept.setdefault(name, []) if name in names else None
        if current is not None:
            current.append(line)
    if missing := names - set(kept):
        raise LookupError(f"not locked: {', '.join(sorted(missing))}")
    return "".join(f"{line}\n" for name in sorted(kept) for line in kept[name])
