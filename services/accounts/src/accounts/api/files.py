"""Files through the doors: read from forms, and given back so that no browser runs them."""

from typing import TypeVar
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from chassis.examination import MOST_BYTES, FileRefused
from chassis.problems import Problem
from chassis.uploads import file_in, read_form, texts_in

Shape = TypeVar("Shape", bound=BaseModel)

LARGEST_FORM = MOST_BYTES + 256 * 1024
"""What the door lets in, so that a file a little too large is refused in words about files."""

TAKES_FILES = {
    r"/v1/preregistrations/[^/]+/documents": LARGEST_FORM,
    r"/v1/me/documents": LARGEST_FORM,
    r"/v1/me/children/[^/]+/photo": LARGEST_FORM,
    r"/v1/staff/families/[^/]+/documents": LARGEST_FORM,
    r"/v1/staff/children/[^/]+/photo": LARGEST_FORM,
}

INERT = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


async def sent_file(request: Request) -> tuple[dict[str, str], str, bytes]:
    """The fields of the form, what its file was called, and the bytes."""
    form = await read_form(request)
    name, content = await file_in(form, "file")
    return texts_in(form), name, content


def checked_as(shape: type[Shape], fields: dict[str, str]) -> Shape:
    """Raises RequestValidationError, as for any body."""
    try:
        return shape.model_validate(fields)
    except ValidationError as error:
        places = [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]
        raise RequestValidationError(places) from None


def refused(error: FileRefused) -> Problem:
    """Beside the file's field, in words."""
    field = {"field": "file", "rule": error.code, "message": str(error)}
    return Problem(
        422, "accounts.file-refused", "Ce fichier ne convient pas", str(error), fields=[field]
    )


def to_save(content: bytes, name: str, media_type: str) -> Response:
    """To be saved, not shown: whatever it holds, no browser makes a page of it."""
    plain = name.encode("ascii", "replace").decode().replace('"', "_").replace("?", "_")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    headers = {**INERT, "Content-Disposition": disposition}
    return Response(content, headers=headers, media_type=media_type)


def picture(content: bytes, child_id: UUID) -> Response:
    """To be shown in a page of ours: it was made anew, by us."""
    headers = {**INERT, "Content-Disposition": f'inline; filename="photo-{child_id}.jpg"'}
    return Response(content, headers=headers, media_type="image/jpeg")
