"""The team points a child: present, absent or left; a later pointing corrects an earlier one."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from enrolment.domain.attendance import Attendance, Presence, must_be_pointable
from enrolment.domain.request import Actor
from enrolment.domain.submission import NotFound
from enrolment.store.attendance import expected_booking, find_attendance, keep_attendance
from enrolment.store.catalogue import catalogue_of_slots
from enrolment.store.families import family_of_child, lock_family
from portail_contracts.enrolment import AttendanceRecorded
from portail_contracts.enrolment import Presence as ToldPresence


@dataclass(frozen=True)
class Pointing:
    """Who was seen, or not, where and when."""

    child_id: UUID
    slot_id: UUID
    day: date
    presence: Presence
    actor: Actor


async def point_attendance(
    transaction: Transaction, pointing: Pointing, *, now: datetime
) -> Attendance:
    """The same presence again changes nothing. Raises NotFound, NotPointable.

    A child without a booking is pointed too: children who are there are counted.
    """
    connection, today = transaction.connection, local_date(now)
    must_be_pointable(pointing.day, today)
    catalogue = await catalogue_of_slots(connection, [pointing.slot_id])
    slot = catalogue.slots.get(pointing.slot_id)
    family_id = await family_of_child(connection, pointing.child_id)
    if slot is None or family_id is None:
        raise NotFound
    await lock_family(connection, family_id)
    earlier = await find_attendance(connection, pointing.child_id, slot.slot_id, pointing.day)
    if earlier is not None and earlier.presence is pointing.presence:
        return earlier
    attendance = (
        replace(earlier, presence=pointing.presence, version=earlier.version + 1)
        if earlier
        else Attendance(
            new_id(),
            await expected_booking(connection, pointing.child_id, slot.slot_id, pointing.day),
            family_id,
            pointing.child_id,
            slot.activity_id,
            slot.slot_id,
            pointing.day,
            pointing.presence,
        )
    )
    late = pointing.day < today
    await keep_attendance(connection, attendance, pointing.actor, now, late=late)
    transaction.record(_told(attendance, slot.rate_code, now))
    return attendance


def _told(attendance: Attendance, rate_code: str, now: datetime) -> AttendanceRecorded:
    return AttendanceRecorded(
        version=attendance.version,
        family_id=attendance.family_id,
        attendance_id=attendance.attendance_id,
        booking_id=attendance.booking_id,
        child_id=attendance.child_id,
        activity_id=attendance.activity_id,
        slot_id=attendance.slot_id,
        day=attendance.day,
        presence=ToldPresence(attendance.presence),
        rate_code=rate_code,
        recorded_at=now,
    )
