"""What messaging's doors for families take and give."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from messaging.domain.notices import excerpt
from messaging.domain.threads import BEGUN_BY_FAMILIES, BODY_MAX, About, Centre, Topic
from messaging.store.drafts import Draft
from messaging.store.files import Attachment
from messaging.store.messages import PAGE, Message
from messaging.store.threads import Listed, Thread

PageNumber = Annotated[int, Field(ge=1, le=100_000)]
Label = Annotated[str, Field(max_length=120)]


class AboutView(BaseModel):
    """What a thread is about; `request_id` when that is a request."""

    kind: str
    topic: Topic
    id: UUID | None
    request_id: UUID | None
    number: str | None

    @classmethod
    def of(cls, about: About) -> Self:
        of_request = about.topic is Topic.REQUEST
        return cls(
            kind=about.kind,
            topic=about.topic,
            id=about.id,
            request_id=about.id if of_request else None,
            number=about.number,
        )


class CentreView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    centre_id: UUID
    name: Label


class AttachmentView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    attachment_id: UUID
    name: str
    media_type: str
    size: int


class MessageItem(BaseModel):
    """A message in the list."""

    message_id: UUID
    thread_id: UUID
    subject: str
    excerpt: str
    posted_at: datetime
    read: bool
    about: AboutView

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls.model_validate(_fields(message))


class MessageView(MessageItem):
    """A whole message; paragraphs of plain text, an empty line between them."""

    body: str

    @classmethod
    def of(cls, message: Message) -> Self:
        return cls.model_validate(_fields(message) | {"body": message.body})


def _fields(message: Message) -> dict[str, object]:
    return {
        "message_id": message.message_id,
        "thread_id": message.thread_id,
        "subject": message.subject,
        "excerpt": excerpt(message.body),
        "posted_at": message.posted_at,
        "read": message.read,
        "about": AboutView.of(message.about),
    }


class Paged(BaseModel):
    page: int
    pages: int
    total: int


def paged(page: int, total: int) -> dict[str, int]:
    return {"page": page, "pages": max(1, -(-total // PAGE)), "total": total}


class Messages(Paged):
    """One page of what the authority sent, newest first."""

    items: list[MessageItem]

    @classmethod
    def of(cls, messages: Sequence[Message], page: int, total: int) -> Self:
        return cls(items=[MessageItem.of(one) for one in messages], **paged(page, total))


class ThreadView(BaseModel):
    """A thread; `only_me` when it is for this guardian alone."""

    thread_id: UUID
    subject: str
    about: AboutView
    centre: CentreView | None
    state: str
    only_me: bool
    last_posted_at: datetime

    @classmethod
    def of(cls, thread: Thread) -> Self:
        return cls.model_validate(_thread_fields(thread))


class ThreadItem(ThreadView):
    """A thread in the list."""

    excerpt: str
    from_family: bool = Field(description="The last word is the family's own.")
    unread: int
    archived: bool
    has_attachments: bool

    @classmethod
    def of_listed(cls, listed: Listed) -> Self:
        return cls.model_validate(
            _thread_fields(listed.thread)
            | {
                "excerpt": excerpt(listed.last_body),
                "from_family": listed.last_direction == "to_authority",
                "unread": listed.unread,
                "archived": listed.archived,
                "has_attachments": listed.has_attachments,
            }
        )


def _thread_fields(thread: Thread) -> dict[str, object]:
    return {
        "thread_id": thread.thread_id,
        "subject": thread.subject,
        "about": AboutView.of(thread.about),
        "centre": thread.centre and CentreView.model_validate(thread.centre),
        "state": thread.state,
        "only_me": thread.audience is not None,
        "last_posted_at": thread.last_posted_at,
    }


class Threads(Paged):
    """One page of threads, the latest word first."""

    items: list[ThreadItem]

    @classmethod
    def of(cls, found: Sequence[Listed], page: int, total: int) -> Self:
        return cls(items=[ThreadItem.of_listed(one) for one in found], **paged(page, total))


class ThreadMessage(BaseModel):
    """A message in its thread; `seen_at` is when the authority first opened it."""

    message_id: UUID
    from_family: bool
    author_name: str | None
    body: str
    posted_at: datetime
    read: bool
    seen_at: datetime | None
    attachments: list[AttachmentView]

    @classmethod
    def of(cls, message: Message, files: Sequence[Attachment]) -> Self:
        return cls(
            message_id=message.message_id,
            from_family=message.direction == "to_authority",
            author_name=message.author_name,
            body=message.body,
            posted_at=message.posted_at,
            read=message.read,
            seen_at=message.seen_by_authority_at,
            attachments=[AttachmentView.model_validate(one) for one in files],
        )


class ThreadMessages(Paged):
    """A thread and one page of its messages, newest first."""

    thread: ThreadView
    items: list[ThreadMessage]
    notice: str | None = Field(
        default=None,
        description="What the service says of itself today: that it is away.",
    )

    @classmethod
    def page_of(
        cls,
        thread: Thread,
        found: tuple[Sequence[Message], int],
        files: Mapping[UUID, Sequence[Attachment]],
        page: int,
        notice: str | None,
    ) -> Self:
        messages, total = found
        return cls(
            notice=notice,
            thread=ThreadView.of(thread),
            items=[ThreadMessage.of(one, files.get(one.message_id, ())) for one in messages],
            **paged(page, total),
        )


class AboutIn(BaseModel):
    """What a family's thread is about; the label is what the family saw it called."""

    kind: Topic = Topic.OTHER
    id: UUID | None = None
    number: Label | None = None

    def about(self) -> About:
        kind = self.kind if self.kind in BEGUN_BY_FAMILIES else Topic.OTHER
        return About(kind, self.id, self.number)


class BeginningIn(BaseModel):
    """A first message. Both ids are made by the client: sending it twice begins one thread."""

    thread_id: UUID
    message_id: UUID
    subject: Annotated[str, Field(max_length=1000)]
    about: AboutIn = AboutIn()
    centre: CentreView | None = None
    only_me: bool = False
    body: Annotated[str, Field(max_length=4 * BODY_MAX)]

    def of_centre(self) -> Centre | None:
        return Centre(self.centre.centre_id, self.centre.name) if self.centre else None


class AnswerIn(BaseModel):
    message_id: UUID
    body: Annotated[str, Field(max_length=4 * BODY_MAX)]


class Posted(BaseModel):
    """Where a message stands."""

    thread_id: UUID
    message_id: UUID


class DraftIn(BaseModel):
    """What is being written; without a thread it will begin one."""

    thread_id: UUID | None = None
    subject: Annotated[str, Field(max_length=1000)] = ""
    about: AboutIn = AboutIn()
    centre: CentreView | None = None
    only_me: bool = False
    body: Annotated[str, Field(max_length=4 * BODY_MAX)] = ""

    def of_centre(self) -> Centre | None:
        return Centre(self.centre.centre_id, self.centre.name) if self.centre else None


class DraftView(BaseModel):
    draft_id: UUID
    thread_id: UUID | None
    subject: str
    about: AboutView
    centre: CentreView | None
    only_me: bool
    body: str
    updated_at: datetime
    attachments: list[AttachmentView]

    @classmethod
    def of(cls, draft: Draft, files: Sequence[Attachment] = ()) -> Self:
        return cls(
            draft_id=draft.draft_id,
            thread_id=draft.thread_id,
            subject=draft.subject,
            about=AboutView.of(draft.about),
            centre=draft.centre and CentreView.model_validate(draft.centre),
            only_me=draft.only_me,
            body=draft.body,
            updated_at=draft.updated_at,
            attachments=[AttachmentView.model_validate(one) for one in files],
        )


class Drafts(BaseModel):
    """All of an access's drafts, the latest first."""

    items: list[DraftView]


class Counts(BaseModel):
    """What the navigation shows."""

    unread: int
