"""The cash office receives money, gives it back, or learns that it was not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from billing.domain.payments import (
    Method,
    Part,
    allocate,
    allocate_chosen,
    bounced,
    received,
    refunded,
    settle_credit,
)
from billing.store import issuing, ledger
from billing.store import payments as store
from billing.store.payments import Payment
from chassis.clock import local_date
from chassis.database import Transaction
from portail_contracts.billing import PaymentRecorded

from .tell_balance import tell_balance


class DayClosed(Exception):
    """The cash office closed that day."""


class UnknownPayment(LookupError):
    """There is no such payment."""


class NotEnoughCredit(ValueError):
    """More would be given back than the family has in its favour."""


@dataclass(frozen=True)
class Money:
    """What was received or given back; the id is the caller's, so that twice is once."""

    payment_id: UUID
    family_id: UUID
    payer_id: UUID | None
    cash_office: str
    method: Method
    amount_cents: int
    received_on: date
    reference: str
    by: str
    chosen: Sequence[tuple[UUID, int]] | None = None
    """What the payer named, invoice by invoice; None: the oldest first."""
    first: UUID | None = None
    """An invoice to pay before the oldest."""


async def record_payment(transaction: Transaction, money: Money, now: datetime) -> Payment:
    """Raises DayClosed, BadAllocation; the same id twice is one payment."""
    version = await ledger.lock_account(transaction.connection, money.family_id)
    known = await store.find_payment(transaction.connection, money.payment_id)
    if known is not None:
        return known
    payment = await _numbered(transaction, money, "payment", now)
    posting = received(money.method, await _parts(transaction, money))
    await ledger.post(transaction.connection, _about(payment), [posting], now)
    _tell(transaction, payment, payment.amount_cents)
    await tell_balance(transaction, money.family_id, version + 1)
    return payment


async def _parts(transaction: Transaction, money: Money) -> list[Part]:
    dues = await store.dues_of(transaction.connection, money.family_id, money.payer_id)
    if money.chosen is None:
        ordered = sorted(dues, key=lambda due: due.invoice_id != money.first)
        return allocate(money.amount_cents, ordered)
    return allocate_chosen(money.amount_cents, money.chosen, dues)


async def record_refund(transaction: Transaction, money: Money, now: datetime) -> Payment:
    """Raises DayClosed, NotEnoughCredit."""
    connection = transaction.connection
    version = await ledger.lock_account(connection, money.family_id)
    known = await store.find_payment(connection, money.payment_id)
    if known is not None:
        return known
    await use_credit(transaction, money.family_id, money.payer_id, now)
    if money.amount_cents > await store.credit_of(connection, money.family_id, money.payer_id):
        raise NotEnoughCredit("Le remboursement dépasse ce que la famille a en sa faveur.")
    payment = await _numbered(transaction, money, "refund", now)
    posting = refunded(money.method, money.amount_cents)
    await ledger.post(connection, _about(payment), [posting], now)
    await tell_balance(transaction, money.family_id, version + 1)
    return payment


async def record_bounce(
    transaction: Transaction, payment_id: UUID, on: date, reason: str, by: str, now: datetime
) -> Payment:
    """The bank took the money back: the debts are there again. Raises UnknownPayment, DayClosed."""
    connection = transaction.connection
    payment = await store.find_payment(connection, payment_id)
    if payment is None or payment.kind != "payment":
        raise UnknownPayment("Ce règlement n’existe pas.")
    version = await ledger.lock_account(connection, payment.family_id)
    if await store.has_bounced(connection, payment_id):
        return payment
    await store.add_bounce(connection, payment_id, on, reason, by, now)
    posting = bounced(await store.entries_of(connection, payment_id, "payment"))
    about = ledger.About(payment.family_id, payment_id, on, payment.payer_id)
    await ledger.post(connection, about, [posting], now)
    _tell(transaction, payment, -payment.amount_cents, version=2)
    await tell_balance(transaction, payment.family_id, version + 1)
    return payment


async def use_credit(
    transaction: Transaction, family_id: UUID, payer_id: UUID | None, now: datetime
) -> None:
    """What a debtor has in their favour pays what they owe; the account must be locked."""
    connection = transaction.connection
    credit = await store.credit_of(connection, family_id, payer_id)
    posting = settle_credit(credit, await store.dues_of(connection, family_id, payer_id))
    if posting is not None:
        about = ledger.About(family_id, family_id, local_date(now), payer_id)
        await ledger.post(connection, about, [posting], now)


async def _numbered(transaction: Transaction, money: Money, kind: str, now: datetime) -> Payment:
    """Entered with the next number of the cash office's receipts."""
    connection = transaction.connection
    closed = await store.last_closing(connection, money.cash_office)
    if closed is not None and money.received_on <= closed:
        raise DayClosed(f"La régie a clôturé la journée du {closed:%d/%m/%Y}.")
    series, year = f"Q-{money.cash_office}", money.received_on.year
    sequence = await issuing.lock_counter(connection, series, year) + 1
    await issuing.set_counter(connection, series, year, sequence)
    payment = Payment(
        payment_id=money.payment_id,
        number=f"{series}-{year}-{sequence:06d}",
        cash_office=money.cash_office,
        year=year,
        sequence=sequence,
        family_id=money.family_id,
        payer_id=money.payer_id,
        kind=kind,
        method=money.method,
        amount_cents=money.amount_cents,
        received_on=money.received_on,
        reference=money.reference,
        recorded_at=now,
        recorded_by=money.by,
    )
    await store.add_payment(connection, payment)
    return payment


def _about(payment: Payment) -> ledger.About:
    return ledger.About(
        payment.family_id, payment.payment_id, payment.received_on, payment.payer_id
    )


def _tell(transaction: Transaction, payment: Payment, cents: int, version: int = 1) -> None:
    transaction.record(
        PaymentRecorded(
            version=version,
            family_id=payment.family_id,
            payment_id=payment.payment_id,
            method=payment.method,
            amount_cents=cents,
            received_on=payment.received_on,
            payer_id=payment.payer_id,
        )
    )
