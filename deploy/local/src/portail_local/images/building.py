"""Building the images with buildah, from Debian's packages and the locked libraries."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from portail.errors import OperatorError
from portail_local.images.layout import lay_out, lay_out_base
from portail_local.images.rooms import BASE, IMAGES, ROOMS, SERVERS

CONFIGURATION = IMAGES / "containers.conf"
DEBIAN = "localhost/portail-debian"
SUITE = "bookworm"
PREFIX = "localhost/portail-"
NEEDED = ("buildah", "podman", "runc")
MEGABYTE = 1_000_000


def image(name: str) -> str:
    """The full name of one of our images."""
    return f"{PREFIX}{name}:latest"


def environment() -> dict[str, str]:
    """How podman and buildah are called: with the settings of this repository."""
    return {**os.environ, "CONTAINERS_CONF": str(CONFIGURATION)}


def cannot() -> str | None:
    """Why no image can be built here; None when one can."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        return f"il manque {', '.join(missing)}"
    if os.geteuid() != 0:
        return "il faut être root pour préparer la base Debian"
    return None


def build_all() -> None:
    """Base, servers, and every room; raises OperatorError with what the builder said."""
    debian = os.environ.get("PORTAIL_DEBIAN_IMAGE") or _debian()
    _build(BASE, lay_out_base(), f"DEBIAN={debian}")
    for room in ROOMS:
        _build(room.name, lay_out(room), f"BASE={image(BASE)}", f"PACKAGES={room.packages}")
    for name in SERVERS:
        _build(name, IMAGES / name, f"DEBIAN={debian}")


def _debian() -> str:
    """A minimal Debian made from its own packages, once: no image is pulled from anywhere."""
    if _quiet("podman", "image", "exists", DEBIAN).returncode == 0:
        return DEBIAN
    if shutil.which("mmdebstrap") is None:
        raise OperatorError("Il manque mmdebstrap : installez-le, ou donnez PORTAIL_DEBIAN_IMAGE.")
    with tempfile.TemporaryDirectory() as folder:
        archive = str(Path(folder) / "debian.tar")
        _run("mmdebstrap", "--quiet", "--variant=minbase", SUITE, archive)
        _run("podman", "import", "--quiet", archive, DEBIAN)
    return DEBIAN


def _build(name: str, folder: Path, *arguments: str) -> None:
    given = [word for argument in arguments for word in ("--build-arg", argument)]
    _run(
        *("buildah", "bud", "--isolation", "chroot", "--layers", "--quiet"),
        *(*given, "--tag", image(name), str(folder)),
    )
    print(f"  {name:12} {size_of(name) / MEGABYTE:6.0f} Mo", flush=True)


def size_of(name: str) -> int:
    """Bytes of the image with all its layers, of which most are the base's, kept once."""
    return int(_run("podman", "image", "inspect", "--format", "{{.Size}}", image(name)))


def _quiet(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)


def _run(*command: str) -> str:
    answer = _quiet(*command)
    if answer.returncode != 0:
        said = (answer.stderr or answer.stdout).strip()[-800:]
        raise OperatorError(f"« {' '.join(command[:2])} » a échoué : {said}")
    return answer.stdout
