"""Bring a subject's charge lines in line with what is known of it, by adding lines only."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from billing.accounts import AskFamily
from billing.domain.booking import Owed, Subject, correction, owed
from billing.domain.pricing import price
from billing.store import charges, facts
from billing.store.families import kept_file
from billing.store.rates import grids_on
from billing.store.unpriced import forget_unpriced
from chassis.database import Transaction
from chassis.identifiers import new_id
from portail_contracts.billing import ChargeLineRecorded

from .know_family import Need, know_family


@dataclass(frozen=True)
class Heard:
    """Whose day it is, and when what was heard happened."""

    family_id: UUID
    activity_id: UUID
    subject: Subject
    happened_at: datetime


async def settle_day(transaction: Transaction, heard: Heard, ask: AskFamily, now: datetime) -> None:
    """Raises NoRate when no grid prices the day yet: the event waits for one."""
    connection, subject = transaction.connection, heard.subject
    line, revision = await charges.lock_subject(connection, subject)
    due = owed(
        await facts.bookings_of(connection, subject),
        await facts.absences_of(connection, subject),
        await facts.attendances_of(connection, subject),
    )
    change = correction(due, line)
    if change.reverse is not None:
        revision += 1
        await reverse_line(transaction, change.reverse, revision, now)
    if change.charge is not None:
        await _charge(transaction, heard, change.charge, revision + 1, ask, now)
    # Last: a day that cannot be priced is noted in a transaction apart, which must not wait for us.
    await forget_unpriced(connection, subject)


async def _charge(
    transaction: Transaction,
    heard: Heard,
    due: Owed,
    revision: int,
    ask: AskFamily,
    now: datetime,
) -> None:
    day = heard.subject.day
    need = Need(day, since=heard.happened_at)
    family_id = await kept_file(transaction.connection, heard.family_id)
    family = await know_family(transaction, family_id, ask, now, need)
    grids = await grids_on(transaction.connection, day, due.rate_code)
    applied = price(grids, family, due.rate_code, day)
    line = charges.ChargeLine(
        charge_line_id=new_id(),
        family_id=family_id,
        booking_id=due.source_id,
        booking_version=due.source_version,
        child_id=heard.subject.child_id,
        activity_id=heard.activity_id,
        slot_id=heard.subject.slot_id,
        day=day,
        price=applied,
        amount_cents=applied.unit_cents,
        basis=due.basis,
        revision=revision,
        reverses=None,
        recorded_at=now,
    )
    await add_line(transaction, line)


async def reverse_line(
    transaction: Transaction, charge_line_id: UUID, revision: int, now: datetime
) -> None:
    """The same amount the other way round, at the price that was applied then."""
    line = await charges.charge_line(transaction.connection, charge_line_id)
    reversal = replace(
        line,
        charge_line_id=new_id(),
        amount_cents=-line.amount_cents,
        revision=revision,
        reverses=line.charge_line_id,
        recorded_at=now,
    )
    await add_line(transaction, reversal)


async def add_line(transaction: Transaction, line: charges.ChargeLine) -> None:
    """The subject must be locked."""
    await charges.add_line(transaction.connection, line)
    await charges.set_open_line(transaction.connection, line)
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
