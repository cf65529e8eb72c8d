"""What goes into each image, laid out beside its Containerfile before anything is built.

Installed by the locked hashes on this side, so that no image has an installer, a compiler or a
way to a package index inside.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from portail.errors import OperatorError
from portail_local.images.cutting import cut, ours, third_party
from portail_local.images.rooms import BASE, CHASSIS, IMAGES, PROJECT, Room, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable

LAID_OUT = PROJECT / ".local" / "images"
PYTHON = (3, 11)
"""The base image's; what is compiled for another would not load."""


def lay_out_base() -> Path:
    """Debian's packages and what every room stands on: kept once for all images."""
    if sys.version_info[:2] != PYTHON:
        raise OperatorError(
            f"Les images ont Python {PYTHON[0]}.{PYTHON[1]} : lancez « make images PYTHON=python"
            f"{PYTHON[0]}.{PYTHON[1]} » après avoir supprimé .local/venv."
        )
    folder = _fresh(BASE, IMAGES / BASE)
    _install_locked(folder, third_party(CHASSIS))
    return folder


def lay_out(room: Room) -> Path:
    """What this room has beyond the base."""
    folder = _fresh(room.name, IMAGES / "service")
    wanted = set[str]().union(*map(third_party, room.distributions)) - third_party(CHASSIS)
    _install_locked(folder, wanted)
    house = set[str]().union(*map(ours, room.distributions))
    _uv("--no-deps", "--no-build-isolation", "--target", str(folder / "house"), *_sources(house))
    for note in (folder / "house").rglob("direct_url.json"):
        note.unlink()  # where it was built is nobody's business
    (folder / "service").write_text(f'#!/bin/sh\nexec python3 -m {room.module} "$@"\n')
    (folder / "service").chmod(0o755)
    return folder


def _fresh(name: str, model: Path) -> Path:
    folder = LAID_OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(model, folder)
    return folder


def _install_locked(folder: Path, names: set[str]) -> None:
    target = folder / "libraries"
    target.mkdir()
    requirements = folder / "requirements.txt"
    requirements.write_text(cut((PROJECT / "requirements.lock").read_text(), names))
    if names:
        _uv("--no-deps", "--require-hashes", "--target", str(target), "-r", str(requirements))
    for lock in target.glob(".lock"):
        lock.unlink()


def _sources(distributions: Iterable[str]) -> list[str]:
    return [str(folder_of(name)) for name in sorted(distributions)]


def _uv(*arguments: str) -> None:
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "install", "--quiet", "--python", sys.executable, "--no-config"]
    answer = subprocess.run(
        # Copies: a hard link would give the image what somebody later writes into the cache.
        [*command, "--link-mode", "copy", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0:
        raise OperatorError(f"« uv pip install » a échoué : {answer.stderr.strip()[-500:]}")
