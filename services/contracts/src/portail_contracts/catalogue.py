"""Every event there is: its class, who produces it, which of our services listen."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from . import accounts, billing, enrolment, messaging
from .event import Event, Reach


class Context(StrEnum):
    """The bounded contexts; the same word names folder, database, role, queue and settings."""

    ACCOUNTS = "accounts"
    ENROLMENT = "enrolment"
    BILLING = "billing"
    MESSAGING = "messaging"


@dataclass(frozen=True)
class Entry:
    """An event and its place in the house."""

    event: type[Event]
    producer: Context
    consumers: tuple[Context, ...] = ()

    @property
    def type(self) -> str:
        return self.event.type

    @property
    def reach(self) -> Reach:
        return self.event.reach


_A, _E, _B, _M = Context.ACCOUNTS, Context.ENROLMENT, Context.BILLING, Context.MESSAGING

CATALOGUE: tuple[Entry, ...] = (
    Entry(accounts.FamilyRecorded, _A, (_E, _B, _M)),
    Entry(accounts.ChildRecorded, _A, (_E, _B)),
    Entry(accounts.StaffMemberRecorded, _A, (_E,)),
    Entry(accounts.ChangeProposed, _A, (_E,)),
    Entry(accounts.ChangeApplied, _A, (_E,)),
    Entry(accounts.ChangeRejected, _A, (_E,)),
    Entry(accounts.FamilyErased, _A, (_E, _B, _M)),
    Entry(accounts.FamilyMerged, _A, (_E, _B, _M)),
    Entry(accounts.AccessLinkRequested, _A, (_M,)),
    Entry(accounts.PasswordChanged, _A, (_M,)),
    Entry(accounts.DocumentReminded, _A, (_M,)),
    Entry(enrolment.RequestSubmitted, _E, (_M,)),
    Entry(enrolment.RequestAccepted, _E, (_A,)),
    Entry(enrolment.RequestRefused, _E, (_A,)),
    Entry(enrolment.RequestWithdrawn, _E, (_A, _M)),
    Entry(enrolment.RequestApplied, _E),
    Entry(enrolment.BookingConfirmed, _E, (_B,)),
    Entry(enrolment.BookingCancelled, _E, (_B,)),
    Entry(enrolment.DecisionAnnounced, _E, (_M,)),
    Entry(enrolment.EnrolmentOpened, _E),
    Entry(enrolment.EnrolmentEnded, _E),
    Entry(enrolment.PlaceWaitlisted, _E),
    Entry(enrolment.PlaceOffered, _E),
    Entry(enrolment.OfferAnnounced, _E, (_M,)),
    Entry(enrolment.ClosureAnnounced, _E, (_M,)),
    Entry(enrolment.ReopeningAnnounced, _E, (_M,)),
    Entry(enrolment.AbsenceDeclared, _E),
    Entry(enrolment.AbsenceAccepted, _E, (_B,)),
    Entry(enrolment.AbsenceRefused, _E, (_B,)),
    Entry(enrolment.AbsenceWithdrawn, _E),
    Entry(enrolment.AbsenceReversed, _E, (_B,)),
    Entry(enrolment.ReversalAnnounced, _E, (_M,)),
    Entry(enrolment.AttendanceRecorded, _E, (_B,)),
    Entry(enrolment.EnrolmentErasureCompleted, _E, (_A,)),
    Entry(billing.ChargeLineRecorded, _B),
    Entry(billing.BalanceChanged, _B),
    Entry(billing.InvoiceIssued, _B, (_M,)),
    Entry(billing.CreditNoteIssued, _B, (_M,)),
    Entry(billing.PaymentRecorded, _B, (_M,)),
    Entry(billing.ReminderSent, _B, (_M,)),
    Entry(billing.BillingErasureCompleted, _B, (_A,)),
    Entry(messaging.MessagePosted, _M),
    Entry(messaging.EmailDelivered, _M),
    Entry(messaging.EmailFailed, _M),
    Entry(messaging.MessagingErasureCompleted, _M, (_A,)),
)

BY_TYPE: dict[str, Entry] = {entry.type: entry for entry in CATALOGUE}


def consumed_by(context: Context) -> Iterator[Entry]:
    """The events that a service's queue is bound to."""
    return (entry for entry in CATALOGUE if context in entry.consumers)
