"""What a family may ask of messaging beside the counts: threads, drafts, files, wishes."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from portail_contracts.catalogue import Context

from .answers import Answer, Instant, Listed
from .gateway import GatewayOf
from .upstream import Upstream
from .visit import VisitOf

UPLOAD_SECONDS = 30.0
"""A file is read by a program of its own, a few at a time."""


class ThreadAbout(Answer):
    kind: str
    topic: str
    id: UUID | None = None
    request_id: UUID | None = None
    number: str | None = None


class Centre(Answer):
    centre_id: UUID
    name: str


class Centres(Answer):
    items: tuple[Centre, ...]


class File(Answer):
    attachment_id: UUID
    name: str
    media_type: str
    size: int


class Thread(Answer):
    thread_id: UUID
    subject: str
    about: ThreadAbout
    centre: Centre | None = None
    state: str = "open"
    only_me: bool = False
    last_posted_at: Instant
    excerpt: str = ""
    from_family: bool = False
    unread: int = 0
    archived: bool = False
    has_attachments: bool = False


class Threads(Listed):
    items: tuple[Thread, ...]


class Said(Answer):
    message_id: UUID
    from_family: bool
    author_name: str | None = None
    body: str
    posted_at: Instant
    read: bool = True
    seen_at: Instant | None = None
    attachments: tuple[File, ...] = ()


class Conversation(Listed):
    thread: Thread
    items: tuple[Said, ...]
    notice: str | None = None
    """What the service says of itself at the moment, such as that it is closed."""

    @property
    def unread(self) -> int:
        return sum(not one.read for one in self.items)


class Draft(Answer):
    draft_id: UUID
    thread_id: UUID | None = None
    subject: str = ""
    about: ThreadAbout
    centre: Centre | None = None
    only_me: bool = False
    body: str = ""
    updated_at: Instant
    attachments: tuple[File, ...] = ()


class Drafts(Answer):
    items: tuple[Draft, ...]

    def of_thread(self, thread_id: UUID) -> Draft | None:
        return next((one for one in self.items if one.thread_id == thread_id), None)


class Posted(Answer):
    thread_id: UUID
    message_id: UUID


class Wish(Answer):
    category: str
    label: str
    by_email: bool


class Wishes(Answer):
    items: tuple[Wish, ...]


@dataclass(frozen=True)
class Correspondence:
    """Every question raises PeerUnavailable or PeerRefused, see `Upstream`."""

    upstream: Upstream
    token: str

    async def threads(self, **wanted: str) -> Threads:
        return await self.upstream.get(
            Context.MESSAGING, "/v1/me/threads", Threads, token=self.token, **wanted
        )

    async def thread(self, thread_id: UUID, page: int = 1) -> Conversation:
        return await self.upstream.get(
            Context.MESSAGING,
            f"/v1/me/threads/{thread_id}",
            Conversation,
            token=self.token,
            page=str(page),
        )

    async def begin(self, body: dict[str, Any]) -> Posted:
        return await self.upstream.post(
            Context.MESSAGING, "/v1/me/threads", body, Posted, token=self.token
        )

    async def answer(self, thread_id: UUID, body: dict[str, Any]) -> Posted:
        path = f"/v1/me/threads/{thread_id}/messages"
        return await self.upstream.post(Context.MESSAGING, path, body, Posted, token=self.token)

    async def turn(self, thread_id: UUID, verb: str) -> None:
        """`read`, `unread`, `archive` or `unarchive`."""
        path = f"/v1/me/threads/{thread_id}/{verb}"
        await self.upstream.tell(Context.MESSAGING, path, token=self.token)

    async def drafts(self) -> Drafts:
        return await self.upstream.get(Context.MESSAGING, "/v1/me/drafts", Drafts, token=self.token)

    async def draft(self, draft_id: UUID) -> Draft:
        path = f"/v1/me/drafts/{draft_id}"
        return await self.upstream.get(Context.MESSAGING, path, Draft, token=self.token)

    async def keep(self, draft_id: UUID, body: dict[str, Any]) -> None:
        path = f"/v1/me/drafts/{draft_id}"
        await self.upstream.say("PUT", Context.MESSAGING, path, token=self.token, json=body)

    async def throw_away(self, draft_id: UUID) -> None:
        path = f"/v1/me/drafts/{draft_id}"
        await self.upstream.say("DELETE", Context.MESSAGING, path, token=self.token)

    async def attach(self, draft_id: UUID, attachment_id: UUID, name: str, content: bytes) -> None:
        await self.upstream.say(
            "PUT",
            Context.MESSAGING,
            f"/v1/me/drafts/{draft_id}/attachments/{attachment_id}",
            token=self.token,
            seconds=UPLOAD_SECONDS,
            params={"name": name},
            data=content,
        )

    async def detach(self, draft_id: UUID, attachment_id: UUID) -> None:
        path = f"/v1/me/drafts/{draft_id}/attachments/{attachment_id}"
        await self.upstream.say("DELETE", Context.MESSAGING, path, token=self.token)

    async def wishes(self) -> Wishes:
        return await self.upstream.get(
            Context.MESSAGING, "/v1/me/preferences", Wishes, token=self.token
        )

    async def wish(self, by_email: dict[str, bool]) -> None:
        body = {"by_email": by_email}
        await self.upstream.say(
            "PUT", Context.MESSAGING, "/v1/me/preferences", token=self.token, json=body
        )

    async def centres(self) -> Centres:
        return await self.upstream.get(
            Context.ENROLMENT, "/v1/me/centres", Centres, token=self.token
        )

    async def invoice_number(self, invoice_id: UUID) -> str:
        path = f"/v1/me/invoices/{invoice_id}"
        found = await self.upstream.get(Context.BILLING, path, _Numbered, token=self.token)
        return found.number


class _Numbered(Answer):
    number: str


async def _correspondence(gateway: GatewayOf, visit: VisitOf) -> Correspondence:
    return Correspondence(gateway.upstream, visit.token)


CorrespondenceOf = Annotated[Correspondence, Depends(_correspondence)]
