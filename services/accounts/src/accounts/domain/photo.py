"""A child's photo: staff recognise the child by it at the gate."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class PhotoState(StrEnum):
    """A photo that was refused or replaced is deleted: it has no state."""

    PENDING = "pending"
    CURRENT = "current"


@dataclass(frozen=True)
class Photo:
    """A photo without its picture."""

    photo_id: UUID
    child_id: UUID
    state: PhotoState
    submitted_at: datetime
    submitted_by: str


class UnknownPhoto(Exception):
    """There is no such photo, or it is not the caller's to see."""
