"""Staff issue a draft: its invoices get their numbers, once, in one gapless series."""

from datetime import datetime
from uuid import UUID

from billing.store import issuing, runs
from chassis.database import Transaction

SLICE = 500
"""Invoices in one transaction: about a second's work, in which their families' accounts wait."""


class UnknownRun(LookupError):
    """There is no such run."""


class RunCancelled(Exception):
    """The draft was thrown away."""


class NotReady(Exception):
    """The draft is not complete yet."""


async def begin_issue(transaction: Transaction, run_id: UUID, by: str, now: datetime) -> runs.Run:
    """From here on it cannot be thrown away. Raises UnknownRun, RunCancelled, NotReady."""
    run = await _locked(transaction, run_id)
    if run.state == "cancelled":
        raise RunCancelled("Ce lancement a été annulé.")
    if run.state == "preparing":
        raise NotReady("Ce lancement est encore en préparation : réessayez dans un instant.")
    if run.state == "draft":
        await runs.mark(transaction.connection, run_id, "issuing", issued_at=now, issued_by=by)
    return await _locked(transaction, run_id)


async def issue_slice(transaction: Transaction, run: runs.Run, now: datetime) -> bool:
    """Number the next invoices of a run that is locked; whether some are left.

    A slice's numbers, lines and entries are one transaction: killed half-way, the slice was not
    issued, the series has no gap, and the run goes on where it was. PDFs follow, with the events,
    one invoice at a time (`archive_invoice`).
    """
    connection = transaction.connection
    chosen = await issuing.next_invoices(connection, run.run_id, SLICE)
    if chosen:
        await issuing.lock_debtors(connection, chosen)
        year = run.issued_on.year
        last = await issuing.lock_counter(connection, run.cash_office, year)
        await issuing.issue(connection, chosen, run, (year, last), now)
        await issuing.set_counter(connection, run.cash_office, year, last + len(chosen))
    left = len(chosen) == SLICE
    if not left:
        await issuing.forget_lines(connection, run)
        await runs.mark(connection, run.run_id, "issued")
    return left


async def cancel_run(transaction: Transaction, run_id: UUID) -> runs.Run:
    """Throw a draft away: its lines wait for the next one. Raises UnknownRun."""
    connection = transaction.connection
    run = await _locked(transaction, run_id)
    if run.state in ("preparing", "draft"):
        await runs.empty_draft(connection, run_id)
        await runs.mark(connection, run_id, "cancelled")
    return await _locked(transaction, run_id)


async def _locked(transaction: Transaction, run_id: UUID) -> runs.Run:
    run = await runs.find_run(transaction.connection, run_id, lock=True)
    if run is None:
        raise UnknownRun("Ce lancement n’existe pas.")
    return run
