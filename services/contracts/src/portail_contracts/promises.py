"""What other systems are promised about each public event: when it is said, and for how long.

The pages of `docs/events/` are made from this; a test refuses a public event without its promise.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from . import accounts, billing, enrolment, messaging
from .event import Event

NOTICE = timedelta(days=365)
"""The least time between the announcement that an event will end and its last day."""


class Privacy(StrEnum):
    """What an event tells about people. All are personal data: identifiers are pseudonyms."""

    FILE = "file"
    """That a family, a request or an enrolment exists, and what became of it."""

    DAYS = "days"
    """Where a child is, was or will be on a day."""

    MONEY = "money"
    """What a family owes or paid."""

    WORD = "word"
    """That something was written or sent to a family, never what."""


@dataclass(frozen=True)
class Deprecation:
    """An event that will no longer be published after `ends_on`."""

    announced_on: date
    ends_on: date
    successor: type[Event]
    """Published beside it for the whole time."""

    def __post_init__(self) -> None:
        if self.ends_on - self.announced_on < NOTICE:
            raise ValueError(f"other systems have {NOTICE.days} days to follow")


@dataclass(frozen=True)
class Promise:
    """`when` finishes the sentence « Published… »."""

    when: str
    privacy: Privacy
    deprecation: Deprecation | None = None


_FILE, _DAYS, _MONEY, _WORD = Privacy.FILE, Privacy.DAYS, Privacy.MONEY, Privacy.WORD

PROMISES: Mapping[type[Event], Promise] = {
    accounts.FamilyErased: Promise(
        "when an erasure was granted: forget what you hold of the family and its children", _FILE
    ),
    accounts.FamilyMerged: Promise(
        "when staff joined two files: move what you hold of the absorbed one", _FILE
    ),
    enrolment.RequestSubmitted: Promise("when the family has its numbered receipt", _FILE),
    enrolment.RequestAccepted: Promise("when staff, or a rule of theirs, said yes", _FILE),
    enrolment.RequestRefused: Promise("when staff said no", _FILE),
    enrolment.RequestWithdrawn: Promise("when the family took it back undecided", _FILE),
    enrolment.RequestApplied: Promise(
        "when what was accepted is in the record; for days, with one event a booking", _FILE
    ),
    enrolment.BookingConfirmed: Promise("when a place became the child's", _DAYS),
    enrolment.BookingCancelled: Promise("when a confirmed place was given back", _DAYS),
    enrolment.EnrolmentOpened: Promise("when an enrolment was accepted", _FILE),
    enrolment.EnrolmentEnded: Promise("when an enrolment was ended", _FILE),
    enrolment.PlaceWaitlisted: Promise("when a day was asked for and no place was left", _DAYS),
    enrolment.PlaceOffered: Promise("when a place was freed for the first in line", _DAYS),
    enrolment.AbsenceDeclared: Promise("when the family said it, before any decision", _DAYS),
    enrolment.AbsenceAccepted: Promise("when staff, or a rule of theirs, took note", _DAYS),
    enrolment.AbsenceRefused: Promise("when staff refused it: the booking stands", _DAYS),
    enrolment.AbsenceWithdrawn: Promise("when the family took it back undecided", _DAYS),
    enrolment.AbsenceReversed: Promise("when staff took back an absence they had accepted", _DAYS),
    enrolment.AttendanceRecorded: Promise("at each pointing, and at each correction of one", _DAYS),
    billing.ChargeLineRecorded: Promise("when a day was priced, or a price was undone", _MONEY),
    billing.BalanceChanged: Promise("after each entry in the family's ledger", _MONEY),
    billing.InvoiceIssued: Promise("once for each invoice of a run, when it is issued", _MONEY),
    billing.CreditNoteIssued: Promise("when a credit note was issued", _MONEY),
    billing.PaymentRecorded: Promise("when a payment was entered, or taken back", _MONEY),
    billing.ReminderSent: Promise("when a reminder of an unpaid invoice was sent", _MONEY),
    messaging.MessagePosted: Promise("when a message stands in the family's inbox", _WORD),
    messaging.EmailDelivered: Promise("when the mail server took an e-mail", _WORD),
    messaging.EmailFailed: Promise("when an e-mail was given up on", _WORD),
}
