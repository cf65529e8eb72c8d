"""Papers printed when asked for: statement, receipt, deposit slip, reminder, certificate."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.ledger import Account
from billing.paper import fill
from billing.settings import settings_of
from billing.store import cash, invoices, ledger, payments, reminders
from billing.store.certificates import care_of_year
from billing.store.families import households_of
from billing.store.statement import Wanted, movements
from chassis.clock import local_date
from chassis.runtime import Runtime

from .record_payment import UnknownPayment

MOST_MOVEMENTS = 2000


class NoSuchPaper(LookupError):
    """There is nothing to print under that id."""


@dataclass(frozen=True)
class Debtor:
    """To whom a letter goes."""

    name: str
    address: tuple[str, ...]
    reference: str


async def debtor_of(
    connection: AsyncConnection, family_id: UUID, payer_id: UUID | None = None
) -> Debtor:
    """The payer, or the paying guardians together, at the first address that is known."""
    household = (await households_of(connection, [family_id])).get(family_id)
    if household is None:
        return Debtor("", (), "")
    guardians = household.guardians
    named = [g for g in guardians if g.guardian_id == payer_id]
    named = named or [g for g in guardians if g.is_payer] or list(guardians)
    addresses = [g.address for g in (*named, *guardians) if g.address]
    name = " et ".join(guardian.name for guardian in named) or f"Famille {household.name}"
    return Debtor(name, addresses[0] if addresses else (), household.reference)


async def statement_html(connection: AsyncConnection, runtime: Runtime, wanted: Wanted) -> str:
    return fill(
        "statement.html",
        runtime.shared.authority,
        debtor=await debtor_of(connection, wanted.family_id),
        movements=await movements(connection, wanted, MOST_MOVEMENTS),
        balance_cents=await ledger.balance_of(connection, wanted.family_id),
        today=local_date(runtime.clock.now()),
        online_payment=settings_of(runtime).online_payment,
    )


async def receipt_html(
    connection: AsyncConnection, runtime: Runtime, payment_id: UUID, family_id: UUID | None = None
) -> str:
    """Raises UnknownPayment, also for another family's."""
    payment = await payments.find_payment(connection, payment_id)
    if payment is None or (family_id is not None and payment.family_id != family_id):
        raise UnknownPayment("Ce règlement n’existe pas.")
    numbers = {}
    entries = await payments.entries_of(connection, payment_id, payment.kind)
    parts = [entry for entry in entries if entry.account is Account.RECEIVABLE]
    for entry in parts:
        if entry.invoice_id is not None:
            invoice = await invoices.find_invoice(connection, entry.invoice_id)
            numbers[entry.invoice_id] = invoice.number if invoice else ""
    return fill(
        "receipt.html",
        runtime.shared.authority,
        payment=payment,
        parts=[
            (numbers.get(entry.invoice_id) if entry.invoice_id else None, -entry.amount_cents)
            for entry in parts
            if payment.kind == "payment"
        ],
        debtor=await debtor_of(connection, payment.family_id, payment.payer_id),
        bounced=await payments.has_bounced(connection, payment_id),
        cash_office=settings_of(runtime).cash_office(payment.cash_office).label,
    )


async def deposit_html(connection: AsyncConnection, runtime: Runtime, deposit_id: UUID) -> str:
    """Raises NoSuchPaper."""
    found = await cash.find_deposit(connection, deposit_id)
    if found is None:
        raise NoSuchPaper("Ce bordereau n’existe pas.")
    deposit, paid = found
    office = settings_of(runtime).cash_office(deposit["cash_office"]).label
    authority = runtime.shared.authority
    return fill("deposit.html", authority, deposit=deposit, payments=paid, cash_office=office)


async def reminder_html(connection: AsyncConnection, runtime: Runtime, reminder_id: UUID) -> str:
    """Raises NoSuchPaper."""
    reminder = await reminders.find_reminder(connection, reminder_id)
    invoice = None
    if reminder is not None:
        invoice = await invoices.find_invoice(connection, reminder.invoice_id)
    if reminder is None or invoice is None:
        raise NoSuchPaper("Cette relance n’existe pas.")
    settings = settings_of(runtime)
    office = settings.cash_offices[0]
    return fill(
        "reminder.html",
        runtime.shared.authority,
        reminder=reminder,
        invoice=invoice,
        debtor=await debtor_of(connection, invoice.family_id, invoice.payer_id),
        how_to_pay=settings.how_to_pay,
        cash_office=office.label,
    )


async def certificate_html(
    connection: AsyncConnection, runtime: Runtime, whose: tuple[UUID, UUID | None], year: int
) -> str:
    family_id, payer_id = whose
    return fill(
        "tax_certificate.html",
        runtime.shared.authority,
        year=year,
        children=await care_of_year(connection, family_id, payer_id, year),
        debtor=await debtor_of(connection, family_id, payer_id),
        today=local_date(runtime.clock.now()),
    )
