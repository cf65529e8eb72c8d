"""Papers printed when asked for: statement, receipt, slip, journal, reminder, certificate."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from billing.domain.ledger import Account
from billing.paper import fill
from billing.settings import CashOffice, settings_of
from billing.store import cash, invoices, ledger, payments, reminders
from billing.store.certificates import care_of_year
from billing.store.families import files_of, households_of
from billing.store.payments import Payment
from billing.store.plans import plans_of
from billing.store.sight import Sight
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


async def _reader(connection: AsyncConnection, sight: Sight) -> Debtor:
    """A payer who is billed apart is written to alone."""
    payer_id = await payer_among(connection, sight)
    return await debtor_of(connection, sight.family_id, payer_id)


async def payer_among(connection: AsyncConnection, sight: Sight) -> UUID | None:
    """The reader, when the family's payers are billed apart and the reader is one of them."""
    household = (await households_of(connection, [sight.family_id])).get(sight.family_id)
    apart = {payer["guardian_id"] for payer in household.payers} if household else set()
    return sight.guardian_id if str(sight.guardian_id) in apart else None


async def statement_html(connection: AsyncConnection, runtime: Runtime, wanted: Wanted) -> str:
    today = local_date(runtime.clock.now())
    return fill(
        "statement.html",
        runtime.shared.authority,
        debtor=await _reader(connection, wanted.sight),
        movements=await movements(connection, wanted, MOST_MOVEMENTS),
        balance_cents=await ledger.balance_of(connection, wanted.sight),
        plan=await plans_of(connection, wanted.sight, today),
        today=today,
        online_payment=settings_of(runtime).online_payment,
    )


async def receipt_html(
    connection: AsyncConnection, runtime: Runtime, payment_id: UUID, sight: Sight | None = None
) -> str:
    """Raises UnknownPayment, also for one that the reader may not see; None: for staff."""
    payment = await payments.find_payment(connection, payment_id)
    if payment is None or (sight is not None and not await _is_seen(connection, payment, sight)):
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


async def _is_seen(connection: AsyncConnection, payment: Payment, sight: Sight) -> bool:
    files = await files_of(connection, sight.family_id)
    return payment.family_id in files and sight.covers(payment.payer_id)


async def deposit_html(connection: AsyncConnection, runtime: Runtime, deposit_id: UUID) -> str:
    """Raises NoSuchPaper."""
    found = await cash.find_deposit(connection, deposit_id)
    if found is None:
        raise NoSuchPaper("Ce bordereau n’existe pas.")
    deposit, paid = found
    office = settings_of(runtime).cash_office(deposit["cash_office"]).label
    authority = runtime.shared.authority
    return fill("deposit.html", authority, deposit=deposit, payments=paid, cash_office=office)


async def journal_html(
    connection: AsyncConnection, runtime: Runtime, office: CashOffice, days: tuple[date, date]
) -> str:
    """What came in and went out from the first day to the last, and what is closed."""
    first, last = days
    lines = await payments.journal(connection, office.code, first, last)
    return fill(
        "journal.html",
        runtime.shared.authority,
        cash_office=office.label,
        first=first,
        last=last,
        lines=lines,
        totals=payments.totals_of(lines),
        closed=await payments.last_closing(connection, office.code),
        now=runtime.clock.now(),
    )


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
