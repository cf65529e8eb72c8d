"""What billing listens to: families from accounts, bookings from enrolment."""

from billing.accounts import asking
from billing.use_cases.charge_booking import charge_booking
from billing.use_cases.record_family import record_family
from billing.use_cases.reverse_booking import reverse_booking
from chassis.broker.consumer import Handlers
from chassis.database import Transaction
from chassis.runtime import Runtime
from portail_contracts.accounts import FamilyRecorded
from portail_contracts.enrolment import BookingCancelled, BookingConfirmed


def handlers(runtime: Runtime) -> Handlers:
    ask = asking(runtime.peers)

    async def confirmed(transaction: Transaction, event: BookingConfirmed) -> None:
        await charge_booking(transaction, event, ask, runtime.clock.now())

    async def cancelled(transaction: Transaction, event: BookingCancelled) -> None:
        await reverse_booking(transaction, event, ask, runtime.clock.now())

    return {
        FamilyRecorded: record_family,
        BookingConfirmed: confirmed,
        BookingCancelled: cancelled,
    }
