"""What messaging's HTTP doors give."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from messaging.domain.notices import excerpt
from messaging.store.inbox import PAGE, Message

PageNumber = Annotated[int, Field(ge=1, le=100_000)]


class AboutView(BaseModel):
    """The request that a message is about."""

    model_config = ConfigDict(from_attributes=True)

    kind: str
    request_id: UUID
    number: str


class MessageItem(BaseModel):
    """A message in the list."""

    message_id: UUID
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
        "subject": message.subject,
        "excerpt": excerpt(message.body),
        "posted_at": message.posted_at,
        "read": message.read,
        "about": AboutView.model_validate(message.about),
    }


class Messages(BaseModel):
    """One page of the inbox, newest first."""

    items: list[MessageItem]
    page: int
    pages: int
    total: int

    @classmethod
    def of(cls, messages: Sequence[Message], page: int, total: int) -> Self:
        items = [MessageItem.of(message) for message in messages]
        return cls(items=items, page=page, pages=max(1, -(-total // PAGE)), total=total)


class Counts(BaseModel):
    """What the navigation shows."""

    unread: int
