"""What staff are told of the days of an absence."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from enrolment.domain.booking import AbsenceState


class DocumentOut(BaseModel):
    days: int


class AbsenceOut(BaseModel):
    """One day of a declared absence; its reason is read in the console."""

    absence_id: UUID
    booking_id: UUID
    child_id: UUID
    day: date
    state: AbsenceState
    billable: bool | None
