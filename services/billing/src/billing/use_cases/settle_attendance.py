"""The team pointed a child: one who came is billed, with or without a booking."""

from datetime import datetime

from billing.accounts import AskFamily
from billing.domain.booking import AttendanceFacts, Subject
from billing.store.facts import note_attendance
from chassis.database import Transaction
from portail_contracts.enrolment import AttendanceRecorded, Presence

from .settle_day import Heard, settle_day


async def settle_attendance(
    transaction: Transaction, pointed: AttendanceRecorded, ask: AskFamily, now: datetime
) -> None:
    heard = AttendanceFacts(
        attendance_id=pointed.attendance_id,
        version=pointed.version,
        came=pointed.presence is not Presence.ABSENT,
        rate_code=pointed.rate_code,
    )
    subject = Subject(pointed.child_id, pointed.slot_id, pointed.day)
    connection = transaction.connection
    await note_attendance(connection, pointed.family_id, pointed.activity_id, subject, heard)
    day = Heard(pointed.family_id, pointed.activity_id, subject, pointed.recorded_at)
    await settle_day(transaction, day, ask, now)
