"""Files in and out: inspected before they are kept, never run by a browser."""

import hashlib
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response

from messaging.domain.attachments import MOST_BYTES, check_size, safe_name
from messaging.inspection import inspected
from messaging.store.files import Attachment, StoredFile

LARGEST_UPLOAD = MOST_BYTES + 64 * 1024
"""What the door lets in, so that a file a little too large is refused with its own words."""

INERT = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


class UnknownFile(LookupError):
    """Nobody's file, or another's."""


async def uploaded(request: Request, attachment_id: UUID, claimed_name: str) -> StoredFile:
    """Raises FileRefused."""
    check_size(int(request.headers.get("content-length") or 1))
    content = await request.body()
    media_type = await inspected(content)
    name = safe_name(claimed_name, media_type)
    digest = hashlib.sha256(content).hexdigest()
    return StoredFile(Attachment(attachment_id, name, media_type, len(content), digest), content)


def download(file: StoredFile) -> Response:
    """To be saved, not shown: whatever it holds, no browser makes a page of it."""
    ascii_name = file.attachment.name.encode("ascii", "replace").decode().replace('"', "_")
    disposition = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(file.attachment.name)}"
    )
    headers = {**INERT, "Content-Disposition": disposition}
    return Response(file.content, headers=headers, media_type=file.attachment.media_type)
