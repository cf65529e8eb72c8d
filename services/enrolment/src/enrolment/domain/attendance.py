"""Attendance: a child was there, was not, or has left; and what may still be pointed."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

CORRECTED_FOR: Final = timedelta(days=92)
"""So long after the day its attendance may be corrected: invoices of three months at most."""


class Presence(StrEnum):
    """What the team points."""

    PRESENT = "present"
    ABSENT = "absent"
    LEFT = "left"


class NotPointable(ValueError):
    """The day is to come, or too long ago; the text is a French sentence."""


@dataclass(frozen=True)
class Attendance:
    """What is pointed of one child, slot and day; `booking_id` None: the child came unbooked."""

    attendance_id: UUID
    booking_id: UUID | None
    family_id: UUID
    child_id: UUID
    activity_id: UUID
    slot_id: UUID
    day: date
    presence: Presence
    version: int = 1


def must_be_pointable(day: date, today: date) -> None:
    """Raises NotPointable."""
    if day > today:
        raise NotPointable("Ce jour n’est pas encore venu\u00a0: rien ne peut y être pointé.")
    if today - day > CORRECTED_FOR:
        raise NotPointable("Ce jour est trop ancien pour être corrigé.")
