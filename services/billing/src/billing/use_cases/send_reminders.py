"""The cash office reminds those who are late, one step further, never twice for the same step."""

from datetime import date, datetime, timedelta

from billing.domain.reminding import Late, next_step
from billing.settings import Settings
from billing.store import ledger
from billing.store import reminders as store
from billing.store.reminders import Overdue, Reminder
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
