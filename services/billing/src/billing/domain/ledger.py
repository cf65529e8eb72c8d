"""The ledger: every posting is two sides that cancel out, and a balance is a sum.

Amounts are integer euro cents, positive for a debit and negative for a credit.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """The accounts that postings move."""

    RECEIVABLE = "receivable"
    """What families owe."""

    TAKEOVER = "takeover"
    """The other side of what was taken over from the former software."""


class PostingKind(StrEnum):
    """Why a posting was made."""

    INVOICE_IMPORTED = "invoice_imported"
    PAYMENT_IMPORTED = "payment_imported"


class Unbalanced(ValueError):
    """The two sides of a posting differ."""


@dataclass(frozen=True)
class Entry:
    """One side of a posting."""

    account: Account
    amount_cents: int


@dataclass(frozen=True)
class Posting:
    """Entries that stand or fall together; raises Unbalanced."""

    kind: PostingKind
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        if sum(entry.amount_cents for entry in self.entries) != 0:
            raise Unbalanced(self.kind)


def take_over(total_cents: int, paid_cents: int) -> tuple[Posting, ...]:
    """The postings of an invoice of the former software and of what was already paid on it."""
    amounts = (
        (PostingKind.INVOICE_IMPORTED, total_cents),
        (PostingKind.PAYMENT_IMPORTED, -paid_cents),
    )
    return tuple(
        Posting(kind, (Entry(Account.RECEIVABLE, amount), Entry(Account.TAKEOVER, -amount)))
        for kind, amount in amounts
        if amount != 0
    )


def balance(entries: Iterable[Entry]) -> int:
    """What the family owes, in cents; negative is a credit in its favour."""
    return sum(entry.amount_cents for entry in entries if entry.account is Account.RECEIVABLE)
