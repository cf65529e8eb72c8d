"""The cash office's day and the treasury: journal, closing, deposits, bank files, exports."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from billing import treasury
from billing.bank_files import read_bank_file
from billing.settings import settings_of
from billing.store import bank, exports, payments, runs, verifying
from billing.store.invoices import id_of_number
from billing.use_cases.close_day import close_day, make_deposit
from billing.use_cases.issue_credit_note import UnknownInvoice
from billing.use_cases.issue_run import UnknownRun
from billing.use_cases.match_bank_line import match_bank_line
from billing.use_cases.print_papers import deposit_html, journal_html
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf
from chassis.spreadsheets import csv_table, ods_table

from .files import CSV, ODS, PDF, XML, file
from .payment_schemas import (
    Closing,
    ClosingBody,
    DepositBody,
    Journal,
    JournalLine,
    MatchBody,
    Offices,
    OfficeView,
    PaymentView,
    Suggestions,
    SuggestionView,
    VerdictView,
    Verified,
)
from .run_schemas import OfficeCode

router = APIRouter(prefix="/v1/staff")

Cashier = Annotated[Principal, allow(Audience.CASH_OFFICE)]
Reader = allow(Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)
Form = Annotated[Literal["csv", "ods", "xml"], Query()]


@router.get("/cash-journal", dependencies=[Reader])
async def journal(
    first: date, last: date, runtime: RuntimeOf, cash_office: OfficeCode = ""
) -> Journal:
    """What came in and went out, in the order of the receipts."""
    office = settings_of(runtime).cash_office(cash_office).code
    async with runtime.database.reading() as connection:
        found = await payments.journal(connection, office, first, last)
        closed = await payments.last_closing(connection, office)
    items = [JournalLine.model_validate(line) for line in found]
    totals = payments.totals_of(found)
    return Journal(items=items, totals=totals, closed_until=closed, total=len(items))


@router.get("/cash-journal/document", dependencies=[Reader])
async def journal_paper(
    first: date, last: date, runtime: RuntimeOf, cash_office: OfficeCode = ""
) -> Response:
    """The same for the folder of the cash office."""
    office = settings_of(runtime).cash_office(cash_office)
    async with runtime.database.reading() as connection:
        html = await journal_html(connection, runtime, office, (first, last))
    return file(await runtime.documents.render(html), PDF, f"journal-{office.code}-{first}.pdf")


@router.get("/cash-offices", dependencies=[Reader])
async def cash_offices(runtime: RuntimeOf) -> Offices:
    offices = settings_of(runtime).cash_offices
    items = [OfficeView.model_validate(office) for office in offices]
    return Offices(items=items, total=len(items))


@router.post("/cash-closings", status_code=201)
async def close(body: ClosingBody, principal: Cashier, runtime: RuntimeOf) -> Closing:
    """Nothing is received on that day any more, for ever."""
    async with runtime.database.transaction() as transaction:
        closing = await close_day(
            transaction,
            settings_of(runtime).cash_office(body.cash_office).code,
            body.day,
            principal.name,
            runtime.clock.now(),
        )
    return Closing(**closing)


@router.post("/deposits", status_code=201)
async def deposit(body: DepositBody, principal: Cashier, runtime: RuntimeOf) -> DepositBody:
    """A slip of everything of that method that waits; its paper is `…/document`."""
    async with runtime.database.transaction() as transaction:
        await make_deposit(
            transaction,
            body.deposit_id,
            settings_of(runtime).cash_office(body.cash_office).code,
            body.method,
            principal.name,
            runtime.clock.now(),
        )
    return body


@router.get("/deposits/{deposit_id}/document", dependencies=[Reader])
async def slip(deposit_id: UUID, runtime: RuntimeOf) -> Response:
    async with runtime.database.reading() as connection:
        html = await deposit_html(connection, runtime, deposit_id)
    return file(await runtime.documents.render(html), PDF, "bordereau.pdf")


@router.post("/bank-files", dependencies=[allow(Audience.CASH_OFFICE)])
async def import_bank_file(request: Request, runtime: RuntimeOf) -> Suggestions:
    """The file itself as the body, CSV or camt.053; lines known already are passed over."""
    lines = read_bank_file(await request.body())
    added = 0
    async with runtime.database.transaction() as transaction:
        for line in lines:
            row = {
                "fingerprint": line.fingerprint,
                "booked_on": line.booked_on,
                "amount_cents": line.amount_cents,
                "label": f"{line.label} {line.reference}".strip(),
            }
            added += await bank.add_bank_line(transaction.connection, row, runtime.clock.now())
    return await _suggestions(runtime, added, len(lines) - added)


@router.get("/bank-lines", dependencies=[Reader])
async def bank_lines(runtime: RuntimeOf) -> Suggestions:
    """Lines that wait, each with the invoice it most likely pays."""
    return await _suggestions(runtime)


@router.post("/bank-lines/{bank_line_id}/match")
async def match(
    bank_line_id: UUID, body: MatchBody, principal: Cashier, runtime: RuntimeOf
) -> PaymentView:
    async with runtime.database.transaction() as transaction:
        invoice_id = body.invoice_id or await id_of_number(transaction.connection, body.number)
        if invoice_id is None:
            raise UnknownInvoice(f"Aucune facture ne porte le numéro « {body.number} ».")
        payment = await match_bank_line(
            transaction,
            bank_line_id,
            invoice_id,
            settings_of(runtime).cash_offices[0].code,
            principal.name,
            runtime.clock.now(),
        )
    return PaymentView.model_validate(payment)


async def _suggestions(runtime: Runtime, imported: int = 0, known: int = 0) -> Suggestions:
    async with runtime.database.reading() as connection:
        found = await bank.waiting_lines(connection)
    items = [SuggestionView.model_validate(line) for line in found]
    return Suggestions(imported=imported, known_already=known, items=items, total=len(items))


@router.get("/runs/{run_id}/export", dependencies=[Reader])
async def export_run(run_id: UUID, runtime: RuntimeOf, form: Form = "csv") -> Response:
    """An issued run for the treasury; the XML is a roll of ours, not PES V2."""
    async with runtime.database.reading() as connection:
        run = await runs.find_run(connection, run_id)
        if run is None or run.state != "issued":
            raise UnknownRun("Ce lancement n’est pas émis.")
        rows = await exports.run_rows(connection, run_id)
    name = f"role-{run.cash_office}-{run.period}.{form}"
    if form == "xml":
        label = settings_of(runtime).cash_office(run.cash_office).label
        return file(treasury.roll(run.cash_office, label, run.period, rows), XML, name)
    table = treasury.run_table(rows)
    if form == "ods":
        return file(ods_table(run.period, treasury.RUN_HEADINGS, table), ODS, name)
    return file(csv_table(treasury.RUN_HEADINGS, table), CSV, name)


@router.get("/ledger/export", dependencies=[Reader])
async def export_ledger(
    first: date,
    last: date,
    runtime: RuntimeOf,
    form: Annotated[Literal["csv", "ods"], Query()] = "csv",
) -> Response:
    async with runtime.database.reading() as connection:
        table = treasury.ledger_table(await exports.ledger_rows(connection, first, last))
    name = f"grand-livre-{first}-{last}.{form}"
    if form == "ods":
        return file(ods_table("grand-livre", treasury.LEDGER_HEADINGS, table), ODS, name)
    return file(csv_table(treasury.LEDGER_HEADINGS, table), CSV, name)


@router.get("/billing-verification", dependencies=[allow(Audience.ADMIN, Audience.AUDITOR)])
async def verification(runtime: RuntimeOf) -> Verified:
    """What must hold of the records; anything broken is named."""
    async with runtime.database.reading() as connection:
        found = await verifying.verify(connection)
    items = [VerdictView.model_validate({**vars(v), "broken": list(v.broken)}) for v in found]
    return Verified(sound=not any(v.broken for v in found), items=items)
