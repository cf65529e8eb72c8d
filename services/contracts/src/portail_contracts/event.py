"""What every event is: an immutable fact about one aggregate, at one version."""

from abc import abstractmethod
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class Reach(StrEnum):
    """How far an event may travel."""

    INTERNAL = "internal"
    """Our services only; may carry names."""

    PUBLIC = "public"
    """Other systems too; identifiers and facts, never a name or a reason."""


class Event(BaseModel):
    """A fact that has happened.

    `version` is the version of the aggregate after the fact: consumers keep
    the highest they have seen and ignore an older one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    reach: ClassVar[Reach]

    version: int = Field(ge=1, description="Version of the aggregate after this fact.")

    @property
    @abstractmethod
    def aggregate_id(self) -> UUID:
        """Identifier of the aggregate that the fact is about (CloudEvents `subject`)."""

    @property
    def ordering_key(self) -> UUID:
        """Facts with the same key reach every consumer in the order they were committed."""
        return self.aggregate_id


class FamilyEvent(Event):
    """A fact that belongs to one family, and is ordered with that family's other facts."""

    family_id: UUID = Field(description="The family that the fact belongs to.")

    @property
    def ordering_key(self) -> UUID:
        return self.family_id
