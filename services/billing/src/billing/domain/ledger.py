"""The ledger: every posting is two sides that cancel out, and a balance is a sum.

Amounts are integer euro cents, positive for a debit and negative for a credit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Account(StrEnum):
    """The accounts that postings move."""

    RECEIVABLE = "receivable"
    """What families owe."""

    CARE = "care"
    """Revenue: childcare."""

    FOOD = "food"
    """Revenue: meals."""

    CASH = "cash"
    CHEQUES = "cheques"
    BANK = "bank"
    VOUCHERS = "vouchers"
    """Where money is until the treasury has it."""

    TAKEOVER = "takeover"
    """The other side of what was taken over from the former software."""


class PostingKind(StrEnum):
    """Why a posting was made."""

    INVOICE_IMPORTED = "invoice_imported"
    PAYMENT_IMPORTED = "payment_imported"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    PAYMENT = "payment"
    REFUND = "refund"
    BOUNCE = "bounce"
    CREDIT_USED = "credit_used"
    MERGE = "merge"


class Unbalanced(ValueError):
    """The two sides of a posting differ."""


@dataclass(frozen=True)
class Entry:
    """One side of a posting."""

    account: Account
    amount_cents: int
    invoice_id: UUID | None = None
    """The invoice that a receivable belongs to; None: a credit that is not yet used."""


@dataclass(frozen=True)
class Posting:
    """Entries that stand or fall together; raises Unbalanced."""

    kind: PostingKind
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        if sum(entry.amount_cents for entry in self.entries) != 0:
            raise Unbalanced(self.kind)


def take_over(
    total_cents: int, paid_cents: int, invoice_id: UUID | None = None
) -> tuple[Posting, ...]:
    """The postings of an invoice of the former software and of what was already paid on it."""
    amounts = (
        (PostingKind.INVOICE_IMPORTED, total_cents),
        (PostingKind.PAYMENT_IMPORTED, -paid_cents),
    )
    return tuple(
        Posting(
            kind,
            (
                Entry(Account.RECEIVABLE, amount, invoice_id),
                Entry(Account.TAKEOVER, -amount, invoice_id),
            ),
        )
        for kind, amount in amounts
        if amount != 0
    )


def credit_note(invoice_id: UUID, care_cents: int, food_cents: int) -> Posting:
    """What is taken back of an invoice: the debt falls, and so do the revenues."""
    return Posting(
        PostingKind.CREDIT_NOTE,
        (
            Entry(Account.RECEIVABLE, -care_cents - food_cents, invoice_id),
            Entry(Account.CARE, care_cents, invoice_id),
            Entry(Account.FOOD, food_cents, invoice_id),
        ),
    )


def balance(entries: Iterable[Entry]) -> int:
    """What the family owes, in cents; negative is a credit in its favour."""
    return sum(entry.amount_cents for entry in entries if entry.account is Account.RECEIVABLE)
