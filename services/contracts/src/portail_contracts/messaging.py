"""Facts published by messaging: word has reached the inbox."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from .event import FamilyEvent, Reach


class MessagePosted(FamilyEvent):
    """A message stands in the family's inbox; its words stay in messaging."""

    type: ClassVar[str] = "messaging.message.posted.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    message_id: UUID = Field(description="The message.")
    posted_at: datetime = Field(description="When it reached the inbox.")

    @property
    def aggregate_id(self) -> UUID:
        return self.message_id


class EmailDelivered(FamilyEvent):
    """The authority's mail server took an e-mail for the family."""

    type: ClassVar[str] = "messaging.email.delivered.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    delivery_id: UUID = Field(description="The e-mail to one address; the address is not here.")
    category: str = Field(description="Why it was sent, such as `decision`.")
    delivered_at: datetime = Field(description="When the mail server took it.")

    @property
    def aggregate_id(self) -> UUID:
        return self.delivery_id


class EmailFailed(FamilyEvent):
    """An e-mail was given up on; `permanent` when the mailbox itself refused it."""

    type: ClassVar[str] = "messaging.email.failed.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    delivery_id: UUID = Field(description="The e-mail to one address; the address is not here.")
    category: str = Field(description="Why it was sent, such as `decision`.")
    permanent: bool = Field(description="The mailbox itself refused it: do not try again.")
    failed_at: datetime = Field(description="When it was given up on.")

    @property
    def aggregate_id(self) -> UUID:
        return self.delivery_id


class MessagingErasureCompleted(FamilyEvent):
    """Messaging has forgotten the family."""

    type: ClassVar[str] = "messaging.erasure.completed.v1"
    reach: ClassVar[Reach] = Reach.INTERNAL

    erasure_id: UUID
    kept: tuple[str, ...] = Field(default=(), description="What the law keeps, and which law.")

    @property
    def aggregate_id(self) -> UUID:
        return self.erasure_id
