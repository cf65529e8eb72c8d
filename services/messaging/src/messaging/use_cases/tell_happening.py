"""Something happened beside decisions: word of it goes to the inbox, once."""

from datetime import datetime

from chassis.database import Transaction
from messaging.domain import happenings
from messaging.domain.french import PARIS
from messaging.domain.letters import Category
from messaging.domain.notices import Contact
from messaging.domain.threads import About, Topic
from portail_contracts.accounts import DocumentReminded, PasswordChanged
from portail_contracts.billing import CreditNoteIssued, InvoiceIssued, PaymentRecorded, ReminderSent
from portail_contracts.enrolment import (
    ClosureAnnounced,
    OfferAnnounced,
    ReopeningAnnounced,
    ReversalAnnounced,
)

from .post_notice import Posting, post_notice


async def tell_offer(
    transaction: Transaction, event: OfferAnnounced, contact: Contact, now: datetime
) -> None:
    offer = happenings.Offer(
        event.child_name, event.slot_label, event.centre_name, event.day, event.expires_at
    )
    posting = Posting(
        family_id=event.family_id,
        # The same place may be offered again, later.
        key=f"offer:{event.booking_id}:{event.expires_at.isoformat()}",
        category=Category.OFFER,
        about=About(Topic.PLACE, event.booking_id),
        notice=happenings.offer_notice(offer, contact),
    )
    await post_notice(transaction, posting, now)


async def tell_closure(
    transaction: Transaction, event: ClosureAnnounced, contact: Contact, now: datetime
) -> None:
    days = [
        happenings.ClosedDay(line.child_name, line.slot_label, line.day) for line in event.lines
    ]
    posting = Posting(
        family_id=event.family_id,
        # A closure that is given more days is told again.
        key=f"closure:{event.closure_id}" + (f":{event.version}" if event.version > 1 else ""),
        category=Category.CLOSURE,
        about=About(Topic.CLOSURE, event.closure_id),
        notice=happenings.closure_notice(event.label, days, contact),
    )
    await post_notice(transaction, posting, now)


async def tell_reopening(
    transaction: Transaction, event: ReopeningAnnounced, contact: Contact, now: datetime
) -> None:
    """In the thread of the closure that it lifts."""
    days = [
        happenings.ReopenedDay(line.child_name, line.slot_label, line.day, str(line.became))
        for line in event.lines
    ]
    posting = Posting(
        family_id=event.family_id,
        key=f"reopening:{event.closure_id}:{event.version}",
        category=Category.CLOSURE,
        about=About(Topic.CLOSURE, event.closure_id),
        notice=happenings.reopening_notice(event.label, days, contact),
    )
    await post_notice(transaction, posting, now)


async def tell_reversal(
    transaction: Transaction, event: ReversalAnnounced, contact: Contact, now: datetime
) -> None:
    """In the thread of the request in which the absence was declared."""
    taken_back = happenings.TakenBack(
        event.number, event.child_name, event.slot_label, event.day, event.reason
    )
    posting = Posting(
        family_id=event.family_id,
        key=f"reversal:{event.absence_id}",
        category=Category.DECISION,
        about=About("absence.declare", event.request_id, event.number),
        notice=happenings.reversal_notice(taken_back, contact),
    )
    await post_notice(transaction, posting, now)


async def tell_invoice(
    transaction: Transaction, event: InvoiceIssued, contact: Contact, now: datetime
) -> None:
    invoice = happenings.Invoice(event.number, event.period, event.total_cents, event.due_on)
    posting = Posting(
        family_id=event.family_id,
        key=f"invoice:{event.invoice_id}",
        category=Category.INVOICE,
        about=About(Topic.INVOICE, event.invoice_id, event.number),
        notice=happenings.invoice_notice(invoice, contact),
        audience=event.payer_id,
    )
    await post_notice(transaction, posting, now)


async def tell_credit_note(
    transaction: Transaction, event: CreditNoteIssued, contact: Contact, now: datetime
) -> None:
    """In the thread of the invoice that it corrects."""
    note = happenings.CreditNote(event.number, event.total_cents)
    posting = Posting(
        family_id=event.family_id,
        key=f"credit-note:{event.credit_note_id}",
        category=Category.INVOICE,
        about=About(Topic.INVOICE, event.invoice_id, event.number),
        notice=happenings.credit_note_notice(note, contact),
        audience=event.payer_id,
    )
    await post_notice(transaction, posting, now)


async def tell_payment(
    transaction: Transaction, event: PaymentRecorded, contact: Contact, now: datetime
) -> None:
    """A payment and its later rejection are two facts of one payment."""
    payment = happenings.Payment(event.method, event.amount_cents, event.received_on)
    sign = "rejected" if event.amount_cents < 0 else "received"
    posting = Posting(
        family_id=event.family_id,
        key=f"payment:{event.payment_id}:{sign}",
        category=Category.PAYMENT,
        about=About(Topic.PAYMENT, event.payment_id),
        notice=happenings.payment_notice(payment, contact),
        audience=event.payer_id,
    )
    await post_notice(transaction, posting, now)


async def tell_reminder(
    transaction: Transaction, event: ReminderSent, contact: Contact, now: datetime
) -> None:
    """In the thread of the invoice that it is about."""
    reminder = happenings.Reminder(event.number, event.step, event.remaining_cents)
    posting = Posting(
        family_id=event.family_id,
        key=f"reminder:{event.reminder_id}",
        category=Category.REMINDER,
        about=About(Topic.INVOICE, event.invoice_id, event.number),
        notice=happenings.reminder_notice(reminder, contact),
        audience=event.payer_id,
    )
    await post_notice(transaction, posting, now)


async def tell_document(
    transaction: Transaction, event: DocumentReminded, contact: Contact, now: datetime
) -> None:
    """A document may be spoken of more than once: before it expires, and when it has."""
    document = happenings.Document(event.label, event.child_name, event.expires_on)
    today = now.astimezone(PARIS).date()
    posting = Posting(
        family_id=event.family_id,
        key=f"document:{event.document_id}:{event.version}",
        category=Category.DOCUMENT,
        about=About(Topic.DOCUMENT, event.document_id),
        notice=happenings.document_notice(document, today, contact),
    )
    await post_notice(transaction, posting, now)


async def tell_password(
    transaction: Transaction, event: PasswordChanged, contact: Contact, now: datetime
) -> None:
    """For the access whose password it was, and for no other guardian's."""
    posting = Posting(
        family_id=event.family_id,
        key=f"password:{event.account_id}:{event.changed_at.isoformat()}",
        category=Category.PASSWORD,
        about=About(Topic.ACCESS, event.account_id),
        notice=happenings.password_notice(event.changed_at, contact),
        audience=event.guardian_id,
        account_id=event.account_id,
        facts={"changed_at": event.changed_at.isoformat()},
    )
    await post_notice(transaction, posting, now)
