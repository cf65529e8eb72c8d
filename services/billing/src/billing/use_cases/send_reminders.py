"""The cash office reminds those who are late, one step further, never twice for the same step."""

from datetime import date, datetime, timedelta
from uuid import UUID

from billing.domain.payments import instalments
from billing.domain.reminding import Late, next_step
from billing.settings import Settings
from billing.store import ledger
from billing.store import reminders as store
from billing.store.reminders import Instalment, Overdue, Reminder
from billing.store.sight import Sight
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from portail_contracts.billing import ReminderSent


def due_step(invoice: Overdue, today: date, settings: Settings) -> int | None:
    """The step that may be sent today."""
    sent = invoice.last_sent_at
    late = Late(
        due_on=invoice.due_on,
        remaining_cents=invoice.remaining_cents,
        step=invoice.step,
        last_sent_on=None if sent is None else local_date(sent),
        has_plan=invoice.has_plan,
    )
    between = timedelta(days=settings.remind_after_days)
    return next_step(late, today, settings.carry_over_below_cents, between)


async def send_reminder(
    transaction: Transaction, invoice: Overdue, settings: Settings, by: str, now: datetime
) -> Reminder | None:
    """None when it is too soon or someone else has just sent that step."""
    step = due_step(invoice, local_date(now), settings)
    if step is None:
        return None
    await ledger.lock_account(transaction.connection, invoice.family_id)
    reminder = Reminder(
        reminder_id=new_id(),
        invoice_id=invoice.invoice_id,
        family_id=invoice.family_id,
        step=step,
        remaining_cents=invoice.remaining_cents,
        sent_at=now,
        sent_by=by,
    )
    if not await store.add_reminder(transaction.connection, reminder):
        return None
    transaction.record(
        ReminderSent(
            version=1,
            family_id=invoice.family_id,
            reminder_id=reminder.reminder_id,
            invoice_id=invoice.invoice_id,
            number=invoice.number,
            step=step,
            remaining_cents=invoice.remaining_cents,
            sent_at=now,
            payer_id=invoice.payer_id,
        )
    )
    return reminder


class NothingOwed(ValueError):
    """A plan is made of what is owed."""


async def agree_plan(
    transaction: Transaction,
    family_id: UUID,
    plan: tuple[UUID, int, date],
    by: str,
    now: datetime,
) -> list[Instalment]:
    """What is owed now, in so many monthly parts from a day on. Raises NothingOwed."""
    plan_id, count, first = plan
    connection = transaction.connection
    await ledger.lock_account(connection, family_id)
    known = await store.plan_of(connection, family_id)
    if known and known[0].plan_id == plan_id:
        return known
    owed = await ledger.balance_of(connection, Sight.of_staff(family_id))
    if owed < count:
        raise NothingOwed("Cette famille ne doit rien qui puisse être étalé.")
    parts = [
        Instalment(plan_id, rank, family_id, _months_later(first, rank), cents, now, by)
        for rank, cents in enumerate(instalments(owed, count))
    ]
    await store.add_plan(connection, parts)
    return parts


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
