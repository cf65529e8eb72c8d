"""What billing listens to: families from accounts, children's days from enrolment."""

from billing.accounts import asking
from billing.use_cases.charge_booking import charge_booking
from billing.use_cases.forget_family import forget_family
from billing.use_cases.merge_families import merge_families
from billing.use_cases.record_family import record_child, record_family
from billing.use_cases.reverse_booking import reverse_booking
from billing.use_cases.settle_absence import settle_absence
from billing.use_cases.settle_attendance import settle_attendance
from chassis.broker.consumer import Handlers
from chassis.database import Transaction
from chassis.runtime import Runtime
from portail_contracts.accounts import ChildRecorded, FamilyErased, FamilyMerged, FamilyRecorded
from portail_contracts.enrolment import (
    AbsenceAccepted,
    AbsenceRefused,
    AttendanceRecorded,
    BookingCancelled,
    BookingConfirmed,
)


def handlers(runtime: Runtime) -> Handlers:
    ask = asking(runtime.peers)

    async def confirmed(transaction: Transaction, event: BookingConfirmed) -> None:
        await charge_booking(transaction, event, ask, runtime.clock.now())

    async def cancelled(transaction: Transaction, event: BookingCancelled) -> None:
        await reverse_booking(transaction, event, ask, runtime.clock.now())

    async def absence(transaction: Transaction, event: AbsenceAccepted | AbsenceRefused) -> None:
        await settle_absence(transaction, event, ask, runtime.clock.now())

    async def attendance(transaction: Transaction, event: AttendanceRecorded) -> None:
        await settle_attendance(transaction, event, ask, runtime.clock.now())

    async def merged(transaction: Transaction, event: FamilyMerged) -> None:
        await merge_families(transaction, event, runtime.clock.now())

    return {
        FamilyRecorded: record_family,
        ChildRecorded: record_child,
        FamilyErased: forget_family,
        FamilyMerged: merged,
        BookingConfirmed: confirmed,
        BookingCancelled: cancelled,
        AbsenceAccepted: absence,
        AbsenceRefused: absence,
        AttendanceRecorded: attendance,
    }
