"""What a file really is, found by reading it in a process of its own.

Files come from strangers and their readers have had faults: the process that reads one may use
little memory and little time, and nothing of the service is within its reach. As a program it
reads the file from its standard input and prints the verdict.
"""

import asyncio
import io
import json
import resource
import sys
from contextlib import suppress

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from messaging.domain.attachments import MOST_PAGES, MOST_PIXELS, FileRefused, check_size

SECONDS = 20
MEMORY = 1024 * 1024 * 1024
AT_ONCE = 2
_places = asyncio.Semaphore(AT_ONCE)

UNREADABLE = "Ce fichier n’est pas un PDF, un JPEG ou un PNG lisible."
TOO_HEAVY_TO_READ = "Ce fichier est trop complexe pour être vérifié."
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png"}


async def inspected(content: bytes) -> str:
    """The media type that the content has, whatever its name says. Raises FileRefused."""
    check_size(len(content))
    async with _places:
        verdict = await _verdict(content)
    if "refused" in verdict:
        raise FileRefused(verdict["refused"])
    return verdict["media_type"]


async def _verdict(content: bytes) -> dict[str, str]:
    reading = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
    )
    try:
        async with asyncio.timeout(SECONDS):
            printed, _ = await reading.communicate(content)
        verdict: dict[str, str] = json.loads(printed)
    except (TimeoutError, ValueError):
        return {"refused": TOO_HEAVY_TO_READ}
    finally:
        if reading.returncode is None:
            reading.kill()
            await reading.wait()
    return verdict


def media_type_of(content: bytes) -> str:
    """By what the file begins with, then by reading it whole. Raises FileRefused."""
    if content.startswith(b"%PDF-"):
        return _document(content)
    return _picture(content)


def _document(content: bytes) -> str:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise FileRefused("Ce PDF est protégé par un mot de passe.")
        pages = len(reader.pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FileRefused(UNREADABLE) from None
    if not 0 < pages <= MOST_PAGES:
        raise FileRefused(f"Ce PDF a {pages} pages\u00a0: {MOST_PAGES} au plus.")
    return "application/pdf"


def _picture(content: bytes) -> str:
    try:
        with Image.open(io.BytesIO(content), formats=list(PICTURES)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise FileRefused("Cette image est trop grande.")
            picture.load()
            return PICTURES[str(picture.format)]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise FileRefused(UNREADABLE) from None


def main() -> None:
    with suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        verdict = {"media_type": media_type_of(sys.stdin.buffer.read())}
    except FileRefused as refused:
        verdict = {"refused": str(refused)}
    except MemoryError:
        verdict = {"refused": TOO_HEAVY_TO_READ}
    json.dump(verdict, sys.stdout)


if __name__ == "__main__":
    main()
