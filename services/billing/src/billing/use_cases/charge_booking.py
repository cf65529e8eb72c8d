"""A child has a place: the day is priced."""

from datetime import datetime

from billing.accounts import AskFamily
from billing.domain.booking import BookingFacts
from chassis.database import Transaction
from portail_contracts.enrolment import BookingConfirmed

from .settle_booking import settle_booking


async def charge_booking(
    transaction: Transaction, confirmed: BookingConfirmed, ask: AskFamily, now: datetime
) -> None:
    """One line per confirmed booking; raises NoRate, UnknownFamily or PeerUnavailable."""
    heard = BookingFacts(
        booking_id=confirmed.booking_id,
        family_id=confirmed.family_id,
        child_id=confirmed.child_id,
        day=confirmed.day,
        rate_code=confirmed.rate_code,
        confirmed_version=confirmed.version,
        released_version=0,
    )
    await settle_booking(transaction, heard, ask, confirmed.confirmed_at, now)
