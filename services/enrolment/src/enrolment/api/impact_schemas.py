"""Whom a change of the catalogue would hurt, as its doors say it."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from enrolment.domain.impact import Harm


class HurtOut(BaseModel):
    """A booking that the change would hurt, and how."""

    booking_id: UUID
    family_id: UUID
    child_id: UUID
    child_name: str
    slot_label: str
    day: date
    harm: Harm


class OverfullOut(BaseModel):
    day: date
    age_group: str
    capacity: int
    children: int


class OverLicenceOut(BaseModel):
    """Places offered at the same hours of a weekday, beyond those of the centre's agrément."""

    weekday: int
    age_group: str
    offered: int
    licensed: int


class ImpactOut(BaseModel):
    """Whom a change would hurt; at most a hundred bookings are named, `total` counts them all."""

    families: int
    total: int
    hurt: list[HurtOut]
    overfull: list[OverfullOut]
    over_licence: list[OverLicenceOut] = []
