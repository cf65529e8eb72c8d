"""A child has a place: the day is priced."""

from datetime import datetime

from billing.accounts import AskFamily
from billing.domain.booking import BookingFacts
from billing.store.facts import note_booking
from chassis.database import Transaction
from portail_contracts.enrolment import BookingConfirmed

from .settle_day import Heard, settle_day


async def charge_booking(
    transaction: Transaction, confirmed: BookingConfirmed, ask: AskFamily, now: datetime
) -> None:
    """One line per confirmed place; raises NoRate, UnknownFamily or PeerUnavailable."""
    heard = BookingFacts(
        booking_id=confirmed.booking_id,
        family_id=confirmed.family_id,
        child_id=confirmed.child_id,
        day=confirmed.day,
        rate_code=confirmed.rate_code,
        confirmed_version=confirmed.version,
        released_version=0,
        activity_id=confirmed.activity_id,
        slot_id=confirmed.slot_id,
    )
    await settle_booking(transaction, heard, ask, confirmed.confirmed_at, now)


async def settle_booking(
    transaction: Transaction,
    heard: BookingFacts,
    ask: AskFamily,
    happened_at: datetime,
    now: datetime,
) -> None:
    booking = await note_booking(transaction.connection, heard)
    day = Heard(booking.family_id, booking.activity_id, booking.subject, happened_at)
    await settle_day(transaction, day, ask, now)
