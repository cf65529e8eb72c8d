"""What was heard of children's days: bookings, absences, attendance. Newer news replace older."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.booking import AbsenceFacts, AttendanceFacts, BookingFacts, Subject

from .tables import absence_facts, attendance_facts, booking_facts


async def note_booking(connection: AsyncConnection, heard: BookingFacts) -> BookingFacts:
    """Raise the marks of a booking to what was heard, and lock it until the transaction ends.

    Only a newer confirmation changes the rate and the day. Returns what is now known.
    """
    row = asdict(heard)
    await connection.execute(upsert(booking_facts).values(row).on_conflict_do_nothing())
    chosen = (
        select(*(booking_facts.c[name] for name in row))
        .where(booking_facts.c.booking_id == heard.booking_id)
        .with_for_update()
    )
    known = BookingFacts(*(await connection.execute(chosen)).one())
    merged = known.merged_with(heard)
    if merged != known:
        await connection.execute(
            booking_facts.update()
            .where(booking_facts.c.booking_id == heard.booking_id)
            .values(asdict(merged))
        )
    return merged


async def note_absence(
    connection: AsyncConnection, family_id: UUID, subject: Subject, heard: AbsenceFacts
) -> None:
    row = {**asdict(heard), **asdict(subject), "family_id": family_id}
    await _keep_newest(connection, absence_facts, "absence_id", row)


async def note_attendance(
    connection: AsyncConnection,
    family_id: UUID,
    activity_id: UUID,
    subject: Subject,
    heard: AttendanceFacts,
) -> None:
    row = {**asdict(heard), **asdict(subject), "family_id": family_id, "activity_id": activity_id}
    await _keep_newest(connection, attendance_facts, "attendance_id", row)


async def _keep_newest(
    connection: AsyncConnection, table: Table, key: str, row: dict[str, Any]
) -> None:
    statement = upsert(table).values(row)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c[key]],
            set_={name: statement.excluded[name] for name in row if name != key},
            where=table.c.version < statement.excluded.version,
        )
    )


async def bookings_of(connection: AsyncConnection, subject: Subject) -> Sequence[BookingFacts]:
    return [
        BookingFacts(*row) for row in await _of(connection, booking_facts, BookingFacts, subject)
    ]


async def absences_of(connection: AsyncConnection, subject: Subject) -> Sequence[AbsenceFacts]:
    return [
        AbsenceFacts(*row) for row in await _of(connection, absence_facts, AbsenceFacts, subject)
    ]


async def attendances_of(
    connection: AsyncConnection, subject: Subject
) -> Sequence[AttendanceFacts]:
    rows = await _of(connection, attendance_facts, AttendanceFacts, subject)
    return [AttendanceFacts(*row) for row in rows]


async def _of(connection: AsyncConnection, table: Table, shape: Any, subject: Subject) -> Any:
    columns = (table.c[field.name] for field in fields(shape))
    chosen = select(*columns).where(
        (table.c.child_id == subject.child_id)
        & (table.c.slot_id == subject.slot_id)
        & (table.c.day == subject.day)
    )
    return (await connection.execute(chosen)).all()
