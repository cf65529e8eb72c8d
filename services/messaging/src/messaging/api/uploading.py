"""Files in and out: inspected before they are kept, never run by a browser."""

import hashlib
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from fastapi import Request, Response

from chassis.runtime import Runtime
from messaging.domain.attachments import MOST_BYTES, check_size, safe_name
from messaging.inspection import inspected
from messaging.store import drafts
from messaging.store.files import Attachment, StoredFile
from messaging.use_cases.keep_draft import UnknownDraft, attach_file

from .schemas import AttachmentView

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


@dataclass(frozen=True)
class Target:
    """Whose draft a file is for, and the id that its sender gave it."""

    owner_id: UUID
    draft_id: UUID
    attachment_id: UUID


async def hang(runtime: Runtime, target: Target, name: str, request: Request) -> AttachmentView:
    """The body is the file. Raises UnknownDraft before it is looked into, and FileRefused."""
    async with runtime.database.reading() as connection:
        if await drafts.find_draft(connection, target.owner_id, target.draft_id) is None:
            raise UnknownDraft("Ce brouillon n’existe pas.")
    file = await uploaded(request, target.attachment_id, name)
    now = runtime.clock.now()
    async with runtime.database.transaction() as transaction:
        await attach_file(transaction, target.owner_id, target.draft_id, file, now)
    return AttachmentView.model_validate(file.attachment)


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
