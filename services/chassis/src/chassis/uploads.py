"""Forms that carry a file, read into memory up to the limit of their path and never to a disk.

The framework's own reading writes larger files to the temporary folder: a certificate about a
child's health must not lie there in clear.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from .problems import Problem

MOST_FIELDS = 40
MOST_FIELD_BYTES = 64 * 1024


class _InMemory(MultiPartParser):
    # The body's limit (app.BodyLimit) stands in front and is lower.
    spool_max_size = 64 * 1024 * 1024
    most_file_bytes: int | None = None
    _taken = 0

    def on_part_begin(self) -> None:
        super().on_part_begin()
        self._taken = 0

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._current_part.file is not None and self.most_file_bytes is not None:
            end = min(end, start + self.most_file_bytes - self._taken)
        self._taken += end - start
        super().on_part_data(data, start, end)


@dataclass(frozen=True)
class Limits:
    """How much a form may hold. Of a file nothing is kept beyond `file_bytes`: with one byte
    more than may be taken, it is refused in words, and the rest of the form is still there."""

    files: int = 1
    fields: int = MOST_FIELDS
    file_bytes: int | None = None


async def read_form(request: Request, most_files: int = 1) -> FormData:
    """The fields and files of a multipart form; raises Problem 422 for anything else."""
    return await read_within(request, Limits(files=most_files))


async def read_within(request: Request, limits: Limits) -> FormData:
    """The same, with limits of its own."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise not_a_form()
    try:
        return await _parsed(request.headers, request.stream(), limits)
    except (MultiPartException, UnicodeDecodeError):
        raise not_a_form() from None


async def _parsed(
    headers: Headers, stream: AsyncGenerator[bytes, None], limits: Limits
) -> FormData:
    parser = _InMemory(
        headers,
        stream,
        max_files=limits.files,
        max_fields=limits.fields,
        max_part_size=MOST_FIELD_BYTES,
    )
    parser.most_file_bytes = limits.file_bytes
    return await parser.parse()


async def file_in(form: FormData, name: str) -> tuple[str, bytes]:
    """What the file was called, and its bytes; both empty when none was chosen."""
    found = form.get(name)
    if not isinstance(found, UploadFile):
        return "", b""
    return found.filename or "", await found.read()


async def files_in(form: FormData, name: str) -> list[tuple[str, bytes]]:
    """Of a field that takes several files, those that were chosen: (what it was called, bytes)."""
    chosen = [one for one in form.getlist(name) if isinstance(one, UploadFile)]
    files = [(one.filename or "", await one.read()) for one in chosen]
    return [(called, content) for called, content in files if called or content]


def texts_in(form: FormData) -> dict[str, str]:
    """The fields that are no files; of a repeated one the last counts."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def not_a_form() -> Problem:
    return Problem(
        422, "portail.invalid-input", "Envoi incomplet", "Renvoyez le formulaire et son fichier."
    )
