"""Runs beside the API: ends the runs that were begun, then prints and archives what was issued, as
many at a time as there are printing processes."""

import asyncio
from uuid import UUID

from billing.settings import settings_of
from billing.store import runs
from billing.store.invoices import credit_notes_to_archive, next_to_archive, note_attempt
from billing.use_cases.advance_run import advance_run
from billing.use_cases.archive_credit_note import credit_note_pdf
from billing.use_cases.archive_invoice import invoice_pdf
from chassis.runtime import Runtime
from chassis.telemetry import logger

log = logger(__name__)

REST = 3.0
"""Seconds between two looks when nothing waits."""


async def archive_for_ever(runtime: Runtime) -> None:
    while not runtime.stopping.is_set():
        try:
            await end_runs(runtime)
            done = await archive_some(runtime)
        except Exception as error:  # the database away: the list is still there afterwards
            log.warning("archivist.failed", error=type(error).__name__)
            done = 0
        if not done:
            await asyncio.sleep(REST)


async def end_runs(runtime: Runtime) -> None:
    """Those that nobody waits for any more, or whose process was killed."""
    async with runtime.database.reading() as connection:
        begun = await runs.unfinished(connection)
    for run_id in begun:
        settings, now = settings_of(runtime), runtime.clock.now()
        await advance_run(runtime.database, run_id, settings, now, patience=None)


async def archive_some(runtime: Runtime) -> int:
    """How many of the next few were archived."""
    async with runtime.database.reading() as connection:
        waiting = await next_to_archive(connection, 4 * runtime.documents.workers)
        notes = await credit_notes_to_archive(connection, 4 * runtime.documents.workers)
    done = await asyncio.gather(*(_one(runtime, invoice_id) for invoice_id in waiting))
    printed = await asyncio.gather(*(_note(runtime, note_id) for note_id in notes))
    return sum(done) + sum(printed)


async def _note(runtime: Runtime, credit_note_id: UUID) -> bool:
    try:
        await credit_note_pdf(runtime, credit_note_id)
    except Exception as error:
        log.warning(
            "archivist.not_printed", credit_note=str(credit_note_id), error=type(error).__name__
        )
        return False
    return True


async def _one(runtime: Runtime, invoice_id: UUID) -> bool:
    """One that cannot be printed is tried again after all the others."""
    try:
        await invoice_pdf(runtime, invoice_id)
    except Exception as error:
        log.warning("archivist.not_printed", invoice=str(invoice_id), error=type(error).__name__)
        async with runtime.database.transaction() as transaction:
            await note_attempt(transaction.connection, invoice_id)
        return False
    return True
