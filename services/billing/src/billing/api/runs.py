"""The staff's door to runs: prepare, look through, issue, throw away; and the month's monitor."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection

from billing.settings import settings_of
from billing.store import monitor as monitoring
from billing.store import run_views, runs
from billing.store.unpriced import unpriced_in
from billing.use_cases.advance_run import advance_run
from billing.use_cases.draft_run import Order, begin_draft
from billing.use_cases.issue_run import UnknownRun, begin_issue, cancel_run
from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf

from .inputs import Month, PageNumber
from .paging import PAGE, days_of, pages_of
from .run_schemas import Drafts, Monitor, RunOrder, Runs, RunView

router = APIRouter(prefix="/v1/staff")

Cashier = Annotated[Principal, allow(Audience.CASH_OFFICE)]
Reader = allow(Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR)


@router.post("/runs", status_code=201)
async def prepare(body: RunOrder, principal: Cashier, runtime: RuntimeOf) -> RunView:
    """A draft of the month: nothing is issued, nothing is numbered, it can be thrown away.

    A large one is answered as `preparing`, and ends by itself.
    """
    order = Order(body.run_id, body.cash_office, body.period, body.issued_on, principal.name)
    async with runtime.database.transaction() as transaction:
        run = await begin_draft(transaction, order, settings_of(runtime), runtime.clock.now())
    return await _advanced(runtime, run.run_id)


@router.get("/runs", dependencies=[Reader])
async def list_runs(runtime: RuntimeOf, page: PageNumber = 1) -> Runs:
    async with runtime.database.reading() as connection:
        found, total = await runs.all_runs(connection, page, PAGE)
        items = [await _view(connection, run) for run in found]
    return Runs(items=items, page=page, pages=pages_of(total), total=total)


@router.get("/runs/{run_id}", dependencies=[Reader])
async def one_run(run_id: UUID, runtime: RuntimeOf) -> RunView:
    return await _fresh(runtime, run_id)


@router.get("/runs/{run_id}/invoices", dependencies=[Reader])
async def run_invoices(
    run_id: UUID, runtime: RuntimeOf, page: PageNumber = 1, warned: bool = False
) -> Drafts:
    async with runtime.database.reading() as connection:
        drafts, total = await run_views.draft_invoices(
            connection, run_id, warned_only=warned, page=page, size=PAGE
        )
    return Drafts.of(drafts, page, total)


@router.post("/runs/{run_id}/issue")
async def issue(run_id: UUID, principal: Cashier, runtime: RuntimeOf) -> RunView:
    """All invoices get their numbers, once; asking again answers the same.

    A large run is answered as `issuing`, and ends by itself.
    """
    async with runtime.database.transaction() as transaction:
        await begin_issue(transaction, run_id, principal.name, runtime.clock.now())
    return await _advanced(runtime, run_id)


@router.post("/runs/{run_id}/cancel", dependencies=[allow(Audience.CASH_OFFICE)])
async def cancel(run_id: UUID, runtime: RuntimeOf) -> RunView:
    """Throws a draft away; what is issued stays."""
    async with runtime.database.transaction() as transaction:
        run = await cancel_run(transaction, run_id)
    return await _fresh(runtime, run.run_id)


@router.get("/billing-monitor", dependencies=[Reader])
async def monitor(month: Month, runtime: RuntimeOf) -> Monitor:
    """What was billed of a month, what was not, and why."""
    async with runtime.database.reading() as connection:
        found = await monitoring.monitor(connection, month)
        waiting = await unpriced_in(connection, days_of(month))
    return Monitor.of(month, found, waiting)


async def _advanced(runtime: Runtime, run_id: UUID) -> RunView:
    await advance_run(runtime.database, run_id, settings_of(runtime), runtime.clock.now())
    return await _fresh(runtime, run_id)


async def _fresh(runtime: Runtime, run_id: UUID) -> RunView:
    async with runtime.database.reading() as connection:
        run = await runs.find_run(connection, run_id)
        if run is None:
            raise UnknownRun("Ce lancement n’existe pas.")
        return await _view(connection, run)


async def _view(connection: AsyncConnection, run: runs.Run) -> RunView:
    return RunView.of(run, await run_views.totals(connection, run))
