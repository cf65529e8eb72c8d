"""Has files from strangers examined by a program of its own, a few at a time."""

import asyncio
import json
import sys
from dataclasses import dataclass

from . import examining

MOST_BYTES = 8 * 1024 * 1024
AT_ONCE = 2
SECONDS = 20
"""Longer than the processor time that the program may take: it may have to wait for a core."""

LINE_SECONDS = 15
"""How long a file may wait for its turn."""

WORDS = {
    "empty": "Ce fichier est vide.",
    "too-large": f"Ce fichier est trop lourd : {MOST_BYTES // 1024 // 1024} Mo au plus.",
    "unreadable": "Ce fichier n’est pas un PDF, un JPEG ou un PNG lisible.",
    "encrypted": "Ce PDF est protégé par un mot de passe : envoyez-le sans protection.",
    "too-many-pages": f"Ce PDF est trop long : {examining.MOST_PAGES} pages au plus.",
    "too-many-pixels": "Cette image est trop grande : 50 millions de points au plus.",
    "too-small": f"Image trop petite : {examining.SMALLEST_SIDE} points de côté au moins.",
    "too-small-logo": f"Image trop petite : {examining.SMALLEST_LOGO} points de côté au moins.",
    "moving": "Les images animées ne sont pas acceptées.",
    "active": "Ce PDF contient un programme ou un autre fichier : imprimez-le en PDF simple.",
    "bomb": "Ce fichier est trop complexe pour être vérifié.",
}


class FileRefused(Exception):
    """The file is not taken; `code` for programs, the text in French."""

    def __init__(self, code: str) -> None:
        super().__init__(WORDS[code])
        self.code = code


class ExaminersBusy(Exception):
    """Too many files at once: better to say so than to answer nobody."""


@dataclass(frozen=True)
class Examined:
    """What a file is by its bytes, whatever its name says."""

    media_type: str
    pages: int
    content: bytes


class Examiner:
    """One program at a time for each of a few places; nothing is shared between two files."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = asyncio.Semaphore(at_once)

    async def document(self, content: bytes) -> Examined:
        """The same bytes, known to be a sound PDF, JPEG or PNG; raises FileRefused."""
        examined = await self._examined("document", content)
        return Examined(examined.media_type, examined.pages, content)

    async def photo(self, content: bytes) -> Examined:
        """The picture made anew; raises FileRefused."""
        return await self._examined("photo", content)

    async def logo(self, content: bytes) -> Examined:
        """A picture made anew as a PNG; also takes WebP. Raises FileRefused."""
        return await self._examined("logo", content)

    async def _examined(self, work: str, content: bytes) -> Examined:
        if not content:
            raise FileRefused("empty")
        if len(content) > MOST_BYTES:
            raise FileRefused("too-large")
        try:
            await asyncio.wait_for(self._places.acquire(), LINE_SECONDS)
        except TimeoutError:
            raise ExaminersBusy from None
        try:
            return await _run(work, content)
        finally:
            self._places.release()


async def _run(work: str, content: bytes) -> Examined:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        # Isolated: neither the service's environment nor the folder it stands in.
        *("-I", "-m", examining.__name__, work),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(SECONDS):
            printed, _ = await program.communicate(content)
    except TimeoutError:
        raise FileRefused("bomb") from None
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()
    return _verdict(printed)


def _verdict(printed: bytes) -> Examined:
    line, _, made = printed.partition(b"\n")
    if not line:
        # Killed by one of its limits.
        raise FileRefused("bomb")
    said = json.loads(line)
    if "refused" in said:
        raise FileRefused(said["refused"])
    return Examined(said["media_type"], said["pages"], made)
