"""Absences and their reasons; a reason never leaves this service."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.absence import AbsenceReason, Billing, Effect, Proof
from enrolment.domain.booking import AbsenceState

from .tables import absence_reasons, absences, bookings, slots


@dataclass(frozen=True)
class Absence:
    """One day on which a child does not come."""

    absence_id: UUID
    request_id: UUID
    booking_id: UUID
    family_id: UUID
    child_id: UUID
    activity_id: UUID
    slot_id: UUID
    rate_code: str
    day: date
    state: AbsenceState
    version: int
    reason_code: str
    reason_text: str | None
    in_notice: bool
    effect: Effect
    justified: bool | None = None
    billable: bool | None = None
    document_due_at: datetime | None = None
    document_received_at: datetime | None = None

    @property
    def awaits_document(self) -> bool:
        return self.document_due_at is not None and self.document_received_at is None


async def all_reasons(connection: AsyncConnection) -> list[AbsenceReason]:
    rows = await connection.execute(
        select(absence_reasons).order_by(absence_reasons.c.position, absence_reasons.c.code)
    )
    return [_reason(row) for row in rows]


async def find_reason(connection: AsyncConnection, code: str) -> AbsenceReason | None:
    rows = await connection.execute(select(absence_reasons).where(absence_reasons.c.code == code))
    row = rows.first()
    return _reason(row) if row else None


async def write_reason(connection: AsyncConnection, reason: AbsenceReason) -> None:
    """Added, or written over the one of that code."""
    statement = insert_or(absence_reasons).values(
        **{**vars(reason), "proof": str(reason.proof), "billing": str(reason.billing)}
    )
    fields = {name: statement.excluded[name] for name in vars(reason) if name != "code"}
    await connection.execute(
        statement.on_conflict_do_update(index_elements=[absence_reasons.c.code], set_=fields)
    )


async def add_absences(
    connection: AsyncConnection, declared: Sequence[Absence], at: datetime
) -> None:
    await connection.execute(
        insert(absences),
        [
            {
                "absence_id": one.absence_id,
                "request_id": one.request_id,
                "booking_id": one.booking_id,
                "family_id": one.family_id,
                "child_id": one.child_id,
                "day": one.day,
                "state": str(one.state),
                "version": one.version,
                "reason_code": one.reason_code,
                "reason_text": one.reason_text,
                "in_notice": one.in_notice,
                "effect": str(one.effect),
                "waiting_day": one.effect is Effect.WAITING_DAY,
                "document_due_at": one.document_due_at,
                "declared_at": at,
            }
            for one in declared
        ],
    )


async def absences_of_request(connection: AsyncConnection, request_id: UUID) -> list[Absence]:
    """In the order of the days; lock the family before to decide about them."""
    rows = await connection.execute(
        select(absences, bookings.c.activity_id, bookings.c.slot_id, slots.c.rate_code)
        .join(bookings, bookings.c.booking_id == absences.c.booking_id)
        .join(slots, slots.c.slot_id == bookings.c.slot_id)
        .where(absences.c.request_id == request_id)
        .order_by(absences.c.day, absences.c.child_id, absences.c.absence_id)
    )
    return [_absence(row) for row in rows]


async def settle_absence(
    connection: AsyncConnection,
    absence_id: UUID,
    state: AbsenceState,
    at: datetime,
    *,
    justified: bool | None = None,
    billable: bool | None = None,
) -> None:
    await connection.execute(
        update(absences)
        .where(absences.c.absence_id == absence_id)
        .values(
            state=str(state),
            version=absences.c.version + 1,
            decided_at=at,
            justified=justified,
            billable=billable,
        )
    )


async def live_absence_days(
    connection: AsyncConnection, child_ids: Iterable[UUID], reason_code: str
) -> dict[UUID, list[date]]:
    """Days on which these children are already absent for that reason."""
    rows = await connection.execute(
        select(absences.c.child_id, absences.c.day)
        .where(
            absences.c.child_id.in_(sorted(set(child_ids))),
            absences.c.reason_code == reason_code,
            absences.c.state.in_((AbsenceState.DECLARED, AbsenceState.ACCEPTED)),
        )
        .distinct()
    )
    found: dict[UUID, list[date]] = {}
    for row in rows:
        found.setdefault(row.child_id, []).append(row.day)
    return found


async def note_document(connection: AsyncConnection, request_id: UUID, at: datetime) -> int:
    """The supporting document of a declared absence has come; returns how many days it covers."""
    noted = await connection.execute(
        update(absences)
        .where(
            absences.c.request_id == request_id,
            absences.c.document_due_at.is_not(None),
            absences.c.document_received_at.is_(None),
        )
        .values(document_received_at=at)
        .returning(absences.c.absence_id)
    )
    return len(noted.all())


def _reason(row: Any) -> AbsenceReason:
    return AbsenceReason(
        code=row.code,
        label=row.label,
        proof=Proof(row.proof),
        proof_hours=row.proof_hours,
        billing=Billing(row.billing),
        waiting_days=row.waiting_days,
        needs_text=row.needs_text,
        staff_only=row.staff_only,
        active=row.active,
        position=row.position,
    )


def _absence(row: Any) -> Absence:
    return Absence(
        absence_id=row.absence_id,
        request_id=row.request_id,
        booking_id=row.booking_id,
        family_id=row.family_id,
        child_id=row.child_id,
        activity_id=row.activity_id,
        slot_id=row.slot_id,
        rate_code=row.rate_code,
        day=row.day,
        state=AbsenceState(row.state),
        version=row.version,
        reason_code=row.reason_code,
        reason_text=row.reason_text,
        in_notice=row.in_notice,
        effect=Effect(row.effect),
        justified=row.justified,
        billable=row.billable,
        document_due_at=row.document_due_at,
        document_received_at=row.document_received_at,
    )
