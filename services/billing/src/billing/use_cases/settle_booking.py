"""Bring a booking's charge lines in line with what is known of it, by adding lines only."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from billing.accounts import AskFamily
from billing.domain.booking import BookingFacts, correction
from billing.domain.pricing import price
from billing.store import charges
from billing.store.rates import grids_on
from chassis.database import Transaction
from chassis.identifiers import new_id
from portail_contracts.billing import ChargeLineRecorded

from .know_family import Need, know_family


async def settle_booking(
    transaction: Transaction,
    heard: BookingFacts,
    ask: AskFamily,
    happened_at: datetime,
    now: datetime,
) -> None:
    """Raises NoRate when no grid prices the day yet: the event waits for one."""
    booking = await charges.note_booking(transaction.connection, heard)
    line = await charges.open_line(transaction.connection, booking.booking_id)
    due = correction(booking, line)
    if due.reverse is not None:
        await _reverse(transaction, due.reverse, now)
    if due.charge is not None:
        await _charge(transaction, booking, due.charge, ask, happened_at, now)


async def _charge(
    transaction: Transaction,
    booking: BookingFacts,
    rate_code: str,
    ask: AskFamily,
    happened_at: datetime,
    now: datetime,
) -> None:
    need = Need(booking.day, since=happened_at)
    family = await know_family(transaction, booking.family_id, ask, now, need)
    grids = await grids_on(transaction.connection, booking.day, rate_code)
    applied = price(grids, family, rate_code, booking.day)
    line = charges.ChargeLine(
        charge_line_id=new_id(),
        family_id=booking.family_id,
        booking_id=booking.booking_id,
        booking_version=booking.confirmed_version,
        child_id=booking.child_id,
        day=booking.day,
        price=applied,
        amount_cents=applied.unit_cents,
        reverses=None,
        recorded_at=now,
    )
    await _add(transaction, line)


async def _reverse(transaction: Transaction, charge_line_id: UUID, now: datetime) -> None:
    """The same amount the other way round, at the price that was applied then."""
    line = await charges.charge_line(transaction.connection, charge_line_id)
    reversal = replace(
        line,
        charge_line_id=new_id(),
        amount_cents=-line.amount_cents,
        reverses=line.charge_line_id,
        recorded_at=now,
    )
    await _add(transaction, reversal)


async def _add(transaction: Transaction, line: charges.ChargeLine) -> None:
    await charges.add_line(transaction.connection, line)
    transaction.record(
        ChargeLineRecorded(
            version=1,
            family_id=line.family_id,
            charge_line_id=line.charge_line_id,
            booking_id=line.booking_id,
            child_id=line.child_id,
            day=line.day,
            rate_code=line.price.rate_code,
            amount_cents=line.amount_cents,
        )
    )
