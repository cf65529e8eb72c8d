"""Staff issue a draft: its invoices get their numbers, all of them or none, and once."""

from datetime import datetime
from uuid import UUID

from billing.store import issuing, runs
from chassis import crash_points
from chassis.database import Transaction


class UnknownRun(LookupError):
    """There is no such run."""


class RunCancelled(Exception):
    """The draft was thrown away."""


async def issue_run(transaction: Transaction, run_id: UUID, by: str, now: datetime) -> runs.Run:
    """Raises UnknownRun or RunCancelled; a run that is issued already is answered as it is.

    One transaction of a few set-based statements: killed half-way, nothing was issued and the
    series has no gap. PDFs follow, with the events, one invoice at a time (`archive_invoice`).
    """
    connection = transaction.connection
    run = await runs.find_run(connection, run_id, lock=True)
    if run is None:
        raise UnknownRun("Ce lancement n’existe pas.")
    if run.state == "cancelled":
        raise RunCancelled("Ce lancement a été annulé.")
    if run.state == "draft":
        await issuing.lock_debtors(connection, run_id)
        year = run.issued_on.year
        last = await issuing.lock_counter(connection, run.cash_office, year)
        issued = await issuing.issue(connection, run, year, last, now)
        await issuing.set_counter(connection, run.cash_office, year, last + issued)
        crash_points.reach(crash_points.BEFORE_COMMIT)
        await runs.mark(connection, run_id, "issued", issued_at=now, issued_by=by)
    return await _known(transaction, run_id)


async def cancel_run(transaction: Transaction, run_id: UUID) -> runs.Run:
    """Throw a draft away: its lines wait for the next one. Raises UnknownRun."""
    connection = transaction.connection
    run = await runs.find_run(connection, run_id, lock=True)
    if run is None:
        raise UnknownRun("Ce lancement n’existe pas.")
    if run.state == "draft":
        await runs.empty_draft(connection, run_id)
        await runs.mark(connection, run_id, "cancelled")
    return await _known(transaction, run_id)


async def _known(transaction: Transaction, run_id: UUID) -> runs.Run:
    run = await runs.find_run(transaction.connection, run_id)
    if run is None:
        raise UnknownRun("Ce lancement n’existe pas.")
    return run
