"""Facts published by messaging: word has reached the inbox."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from .event import FamilyEvent, Reach


class MessagePosted(FamilyEvent):
    """A message stands in the family's inbox; its words stay in messaging."""

    type: ClassVar[str] = "messaging.message.posted.v1"
    reach: ClassVar[Reach] = Reach.PUBLIC

    message_id: UUID
    posted_at: datetime

    @property
    def aggregate_id(self) -> UUID:
        return self.message_id
