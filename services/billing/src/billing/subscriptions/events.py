"""What billing listens to: families from accounts, children's days from enrolment."""

from billing.accounts import AskFamily, asking
from billing.domain.booking import Subject
from billing.domain.pricing import NoRate
from billing.store.unpriced import note_unpriced
from billing.use_cases.charge_booking import charge_booking
from billing.use_cases.forget_family import forget_family
from billing.use_cases.merge_families import merge_families
from billing.use_cases.record_family import record_child, record_family
from billing.use_cases.reverse_booking import reverse_booking
from billing.use_cases.settle_absence import settle_absence
from billing.use_cases.settle_attendance import settle_attendance
from chassis.broker.consumer import Handler, Handlers
from chassis.database import Transaction
from chassis.runtime import Runtime
from portail_contracts.accounts import ChildRecorded, FamilyErased, FamilyMerged, FamilyRecorded
from portail_contracts.enrolment import (
    AbsenceAccepted,
    AbsenceRefused,
    AbsenceReversed,
    AttendanceRecorded,
    BookingCancelled,
    BookingConfirmed,
)

OfDay = BookingConfirmed | BookingCancelled | AbsenceAccepted | AbsenceRefused | AttendanceRecorded


def _noting_unpriced(runtime: Runtime, handle: Handler) -> Handler:
    """An event that waits for a rate leaves nothing behind: the monitor must know of it all the
    same, so it is noted in a transaction of its own."""

    async def noting(transaction: Transaction, event: OfDay) -> None:
        try:
            await handle(transaction, event)
        except NoRate as missing:
            now = runtime.clock.now()
            subject = Subject(event.child_id, event.slot_id, event.day)
            async with runtime.database.transaction() as apart:
                await note_unpriced(
                    apart.connection, subject, event.family_id, missing.rate_code, now
                )
            raise

    return noting


def handlers(runtime: Runtime) -> Handlers:
    ask = asking(runtime.peers)
    of_days: Handlers = {
        event: _noting_unpriced(runtime, handle) for event, handle in _days(runtime, ask).items()
    }

    async def merged(transaction: Transaction, event: FamilyMerged) -> None:
        await merge_families(transaction, event, runtime.clock.now())

    return {
        FamilyRecorded: record_family,
        ChildRecorded: record_child,
        FamilyErased: forget_family,
        FamilyMerged: merged,
        **of_days,
    }


def _days(runtime: Runtime, ask: AskFamily) -> Handlers:

    async def confirmed(transaction: Transaction, event: BookingConfirmed) -> None:
        await charge_booking(transaction, event, ask, runtime.clock.now())

    async def cancelled(transaction: Transaction, event: BookingCancelled) -> None:
        await reverse_booking(transaction, event, ask, runtime.clock.now())

    async def absence(
        transaction: Transaction, event: AbsenceAccepted | AbsenceRefused | AbsenceReversed
    ) -> None:
        await settle_absence(transaction, event, ask, runtime.clock.now())

    async def attendance(transaction: Transaction, event: AttendanceRecorded) -> None:
        await settle_attendance(transaction, event, ask, runtime.clock.now())

    return {
        BookingConfirmed: confirmed,
        BookingCancelled: cancelled,
        AbsenceAccepted: absence,
        AbsenceRefused: absence,
        AbsenceReversed: absence,
        AttendanceRecorded: attendance,
    }
