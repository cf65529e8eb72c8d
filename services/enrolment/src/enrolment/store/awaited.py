"""Supporting documents that absences wait for."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.booking import AbsenceState

from .tables import absence_reasons, absences, bookings, children, requests, slots

PER_PAGE = 50
_STANDING = (AbsenceState.DECLARED, AbsenceState.ACCEPTED)


@dataclass(frozen=True)
class Awaited:
    """One day of an absence whose document has not been noted as received."""

    absence_id: UUID
    request_id: UUID
    request_number: str
    child_name: str
    slot_label: str
    day: date
    reason_label: str
    state: AbsenceState
    due_at: datetime


async def awaited_documents(
    connection: AsyncConnection, seen: ColumnElement[bool], page: int
) -> tuple[list[Awaited], bool]:
    """The longest awaited first, a page at a time; whether there are more.

    `seen` is which requests the reader sees.
    """
    rows = await connection.execute(
        select(
            absences,
            requests.c.number,
            children.c.given_name,
            children.c.family_name,
            slots.c.label.label("slot_label"),
            absence_reasons.c.label.label("reason_label"),
        )
        .join(requests, requests.c.request_id == absences.c.request_id)
        .join(bookings, bookings.c.booking_id == absences.c.booking_id)
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .join(children, children.c.child_id == absences.c.child_id)
        .join(absence_reasons, absence_reasons.c.code == absences.c.reason_code)
        .where(
            absences.c.state.in_(_STANDING),
            absences.c.document_due_at.is_not(None),
            absences.c.document_received_at.is_(None),
            seen,
        )
        .order_by(absences.c.document_due_at, absences.c.absence_id)
        .limit(PER_PAGE + 1)
        .offset((page - 1) * PER_PAGE)
    )
    found = [
        Awaited(
            row.absence_id,
            row.request_id,
            row.number,
            f"{row.family_name} {row.given_name}",
            row.slot_label,
            row.day,
            row.reason_label,
            AbsenceState(row.state),
            row.document_due_at,
        )
        for row in rows
    ]
    return found[:PER_PAGE], len(found) > PER_PAGE
