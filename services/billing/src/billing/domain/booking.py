"""What a (child, slot, day) must be billed, whatever the order in which its facts were heard.

Each kind of fact is merged by rules that are commutative, associative and idempotent, so that facts
heard twice, late or out of order end in the same state; what is owed is a function of that state.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True)
class Subject:
    """What can be billed once: a child, in a slot, on a day."""

    child_id: UUID
    slot_id: UUID
    day: date


@dataclass(frozen=True)
class BookingFacts:
    """The newest confirmation and cancellations of a booking, by the booking's version.

    A cancellation out of notice is billed all the same: it is remembered only to say why.
    """

    booking_id: UUID
    family_id: UUID
    child_id: UUID
    day: date
    rate_code: str | None
    confirmed_version: int
    released_version: int
    activity_id: UUID
    slot_id: UUID
    late_version: int = 0

    @property
    def subject(self) -> Subject:
        return Subject(self.child_id, self.slot_id, self.day)

    @property
    def owed_rate_code(self) -> str | None:
        """The rate to bill, or None when nothing is owed for this booking."""
        return self.rate_code if self.confirmed_version > self.released_version else None

    def merged_with(self, heard: "BookingFacts") -> "BookingFacts":
        """All marks at their highest; the day and the rate of the newest confirmation."""
        newest = max(self, heard, key=lambda facts: facts.confirmed_version)
        return replace(
            newest,
            released_version=max(self.released_version, heard.released_version),
            late_version=max(self.late_version, heard.late_version),
        )


@dataclass(frozen=True)
class AbsenceFacts:
    """The newest decision about one declared absence."""

    absence_id: UUID
    version: int
    booking_id: UUID
    accepted: bool
    billable: bool
    justified: bool
    waiting_day: bool
    decided_at: datetime

    @property
    def frees(self) -> bool:
        """The day is not billed, or credited if it was."""
        return self.accepted and not self.billable


@dataclass(frozen=True)
class AttendanceFacts:
    """What the team pointed last."""

    attendance_id: UUID
    version: int
    came: bool
    rate_code: str


class Basis(StrEnum):
    """Why a day is billed."""

    BOOKED = "booked"
    LATE_CANCELLATION = "late_cancellation"
    UNJUSTIFIED_ABSENCE = "unjustified_absence"
    WAITING_DAY = "waiting_day"
    UNBOOKED_ATTENDANCE = "unbooked_attendance"


@dataclass(frozen=True)
class Owed:
    """The rate to bill, and the fact that it rests on."""

    rate_code: str
    source_id: UUID
    source_version: int
    basis: Basis


def owed(
    bookings: Iterable[BookingFacts],
    absences: Iterable[AbsenceFacts],
    attendances: Iterable[AttendanceFacts],
) -> Owed | None:
    """What the facts of one subject come to. None: nothing is billed.

    A child who came is billed, whatever was declared before; a booking that was rebooked after an
    absence counts anew; several active bookings of one place are billed once.
    """
    active = sorted(
        (b for b in bookings if b.owed_rate_code is not None), key=lambda b: b.booking_id
    )
    came = max((a for a in attendances if a.came), key=lambda a: a.attendance_id, default=None)
    by_booking = _newest(absences)
    billed = [b for b in active if came or not _freed(by_booking.get(b.booking_id))]
    if billed:
        return _of_booking(billed[-1], None if came else by_booking.get(billed[-1].booking_id))
    if came is None:
        return None
    return Owed(came.rate_code, came.attendance_id, came.version, Basis.UNBOOKED_ATTENDANCE)


def _newest(absences: Iterable[AbsenceFacts]) -> dict[UUID, AbsenceFacts]:
    """The last accepted absence of each booking; what was refused changes nothing."""
    ordered = sorted(
        (a for a in absences if a.accepted), key=lambda a: (a.decided_at, a.absence_id)
    )
    return {absence.booking_id: absence for absence in ordered}


def _freed(absence: AbsenceFacts | None) -> bool:
    return absence is not None and absence.frees


def _of_booking(booking: BookingFacts, absence: AbsenceFacts | None) -> Owed:
    basis = Basis.BOOKED
    if absence is not None:
        basis = Basis.WAITING_DAY if absence.waiting_day else Basis.UNJUSTIFIED_ABSENCE
    elif booking.late_version > booking.confirmed_version:
        basis = Basis.LATE_CANCELLATION
    return Owed(booking.rate_code or "", booking.booking_id, booking.confirmed_version, basis)


@dataclass(frozen=True)
class OpenLine:
    """A charge line that no reversal has undone."""

    charge_line_id: UUID
    rate_code: str


@dataclass(frozen=True)
class Correction:
    """What to append so that the lines say what is owed; never a change of a line."""

    reverse: UUID | None = None
    charge: Owed | None = None


def correction(due: Owed | None, line: OpenLine | None) -> Correction:
    """Nothing when the open line already says what is owed."""
    if line is None:
        return Correction(charge=due)
    if due is not None and due.rate_code == line.rate_code:
        return Correction()
    return Correction(reverse=line.charge_line_id, charge=due)
