"""Money received: where it goes, and what it leaves. Amounts are integer euro cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from .ledger import Account, Entry, Posting, PostingKind


class Method(StrEnum):
    """How a family pays."""

    CHEQUE = "cheque"
    CASH = "cash"
    TRANSFER = "transfer"
    CESU = "cesu"
    HOLIDAY_VOUCHERS = "holiday_vouchers"
    DIRECT_DEBIT = "direct_debit"
    CARD = "card"
    OTHER = "other"


ACCOUNTS = {
    Method.CHEQUE: Account.CHEQUES,
    Method.CASH: Account.CASH,
    Method.TRANSFER: Account.BANK,
    Method.CESU: Account.VOUCHERS,
    Method.HOLIDAY_VOUCHERS: Account.VOUCHERS,
    Method.DIRECT_DEBIT: Account.BANK,
    Method.CARD: Account.BANK,
    Method.OTHER: Account.BANK,
}


@dataclass(frozen=True)
class Due:
    """What remains of an invoice; negative when more was paid or credited than was owed."""

    invoice_id: UUID
    remaining_cents: int


@dataclass(frozen=True)
class Part:
    """What of a payment goes to an invoice; None: kept as a credit."""

    invoice_id: UUID | None
    cents: int


class BadAllocation(ValueError):
    """The parts that were chosen do not fit the payment or the invoices; the text is French."""


def allocate(amount_cents: int, dues: Sequence[Due]) -> list[Part]:
    """Oldest first, as `dues` come; what is left is a credit. The parts add up to the amount."""
    parts, left = [], amount_cents
    for due in dues:
        taken = min(left, max(0, due.remaining_cents))
        if taken:
            parts.append(Part(due.invoice_id, taken))
            left -= taken
    return [*parts, Part(None, left)] if left else parts


def allocate_chosen(
    amount_cents: int, chosen: Sequence[tuple[UUID, int]], dues: Sequence[Due]
) -> list[Part]:
    """The parts that the payer named; what they left open is a credit. Raises BadAllocation."""
    remaining = {due.invoice_id: due.remaining_cents for due in dues}
    for invoice_id, cents in chosen:
        if cents > remaining.get(invoice_id, 0):
            raise BadAllocation("Une part dépasse ce qui reste à payer de sa facture.")
        remaining[invoice_id] -= cents
    left = amount_cents - sum(cents for _, cents in chosen)
    if left < 0:
        raise BadAllocation("Les parts dépassent le montant reçu.")
    parts = [Part(invoice_id, cents) for invoice_id, cents in chosen]
    return [*parts, Part(None, left)] if left else parts


def received(method: Method, parts: Sequence[Part]) -> Posting:
    """Money comes in, debts fall."""
    total = sum(part.cents for part in parts)
    owed = tuple(Entry(Account.RECEIVABLE, -part.cents, part.invoice_id) for part in parts)
    return Posting(PostingKind.PAYMENT, (Entry(ACCOUNTS[method], total), *owed))


def refunded(method: Method, cents: int) -> Posting:
    """A credit is paid back to the family."""
    return Posting(
        PostingKind.REFUND,
        (Entry(Account.RECEIVABLE, cents), Entry(ACCOUNTS[method], -cents)),
    )


def bounced(entries: Sequence[Entry]) -> Posting:
    """Everything that the payment did, the other way round: the debts are there again."""
    return Posting(
        PostingKind.BOUNCE,
        tuple(Entry(e.account, -e.amount_cents, e.invoice_id) for e in entries),
    )


def settle_credit(credit_cents: int, dues: Sequence[Due]) -> Posting | None:
    """Use what the family has in its favour for what it owes, oldest first.

    `credit_cents` is what is not yet used, positive; invoices with less than nothing remaining
    add to it. None when nothing moves. The balance stays the same.
    """
    back = [Due(due.invoice_id, due.remaining_cents) for due in dues if due.remaining_cents < 0]
    pool = credit_cents - sum(due.remaining_cents for due in back)
    used = [part for part in allocate(max(0, pool), dues) if part.invoice_id is not None]
    entries = [Entry(Account.RECEIVABLE, -due.remaining_cents, due.invoice_id) for due in back]
    entries += [Entry(Account.RECEIVABLE, -part.cents, part.invoice_id) for part in used]
    moved = sum(entry.amount_cents for entry in entries)
    if moved:
        entries.append(Entry(Account.RECEIVABLE, -moved))
    return Posting(PostingKind.CREDIT_USED, tuple(entries)) if entries else None


def instalments(total_cents: int, count: int) -> list[int]:
    """Equal parts; the cents that do not divide are asked first."""
    part, more = divmod(total_cents, count)
    return [part + (n < more) for n in range(count)]
