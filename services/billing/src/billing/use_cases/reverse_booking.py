"""A place was given back: in notice, what was charged in vain is reversed."""

from datetime import datetime

from billing.accounts import AskFamily
from billing.domain.booking import BookingFacts
from chassis.database import Transaction
from portail_contracts.enrolment import BookingCancelled

from .charge_booking import settle_booking


async def reverse_booking(
    transaction: Transaction, cancelled: BookingCancelled, ask: AskFamily, now: datetime
) -> None:
    """Out of notice the day stays billed, and it is remembered why."""
    heard = BookingFacts(
        booking_id=cancelled.booking_id,
        family_id=cancelled.family_id,
        child_id=cancelled.child_id,
        day=cancelled.day,
        rate_code=None,
        confirmed_version=0,
        released_version=cancelled.version if cancelled.in_notice else 0,
        activity_id=cancelled.activity_id,
        slot_id=cancelled.slot_id,
        late_version=0 if cancelled.in_notice else cancelled.version,
    )
    await settle_booking(transaction, heard, ask, cancelled.cancelled_at, now)
