"""A run whose process is killed half-way: a real process, SIGKILL, and another that goes on."""

import asyncio
import os
import signal
import sys
from uuid import UUID

from billing.archivist import end_runs
from billing.store.verifying import verify
from chassis.identifiers import new_id

from .months import WEDNESDAYS, a_family

FAMILIES = 5

# One slice of two families is committed; the process dies before the second is.
VICTIM = """
import asyncio, os, sys
from datetime import UTC, date, datetime
from uuid import UUID
from billing.settings import Settings
from billing.use_cases import draft_run, issue_run
from billing.use_cases.advance_run import advance_run
from chassis import crash_points
from chassis.clock import SystemClock
from chassis.database import Database
from portail_contracts.catalogue import Context

async def main(work, run_id):
    database = Database(os.environ["BILLING_DATABASE_URL"], Context.BILLING, SystemClock())
    settings, now = Settings(), datetime(2026, 12, 1, 8, tzinfo=UTC)
    draft_run.SLICE = issue_run.SLICE = 2
    async with database.transaction() as transaction:
        if work == "draft":
            order = draft_run.Order(run_id, "RE", "2026-11", date(2026, 12, 1), "x")
            await draft_run.begin_draft(transaction, order, settings, now)
        else:
            await issue_run.begin_issue(transaction, run_id, "x", now)
    await advance_run(database, run_id, settings, now, patience=0)
    crash_points._armed = crash_points.BEFORE_COMMIT
    await advance_run(database, run_id, settings, now, patience=0)

asyncio.run(main(sys.argv[1], UUID(sys.argv[2])))
"""


async def killed_at(work: str, run_id: UUID) -> None:
    victim = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", VICTIM, work, str(run_id)), env=dict(os.environ)
    )
    assert await victim.wait() == -signal.SIGKILL


async def test_killed_half_way_a_run_goes_on_and_bills_everything_once(priced, cashier):
    for _ in range(FAMILIES):
        await a_family(priced, WEDNESDAYS)
    run_id = new_id()
    address = f"/v1/staff/runs/{run_id}"

    await killed_at("draft", run_id)
    run = (await priced.client.get(address, headers=cashier)).json()
    assert (run["state"], run["invoices"]) == ("preparing", 2)
    assert (await priced.client.post(f"{address}/issue", headers=cashier)).status_code == 409
    await end_runs(priced.runtime)
    run = (await priced.client.get(address, headers=cashier)).json()
    assert (run["state"], run["invoices"], run["total_cents"]) == ("draft", 5, 5 * 3000)

    await killed_at("issue", run_id)
    numbers = "SELECT number FROM invoices ORDER BY 1"
    assert len(await priced.rows(numbers)) == 2
    other = {"run_id": str(new_id()), "period": "2026-11"}
    refused = await priced.client.post("/v1/staff/runs", json=other, headers=cashier)
    assert refused.status_code == 409
    cancelled = await priced.client.post(f"{address}/cancel", headers=cashier)
    assert cancelled.json()["state"] == "issuing"
    issued = (await priced.client.post(f"{address}/issue", headers=cashier)).json()
    assert (issued["state"], issued["invoices"]) == ("issued", 5)
    await end_runs(priced.runtime)

    assert [n for (n,) in await priced.rows(numbers)] == [f"RE-2026-00000{n}" for n in range(1, 6)]
    assert await priced.rows(
        "SELECT count(*), count(DISTINCT charge_line_id) FROM invoice_lines"
    ) == [(4 * FAMILIES, 4 * FAMILIES)]
    owed = "SELECT sum(amount_cents) FROM ledger_entries WHERE account = 'receivable'"
    assert await priced.rows(owed) == [(FAMILIES * 3000,)]
    async with priced.runtime.database.reading() as connection:
        assert not [verdict for verdict in await verify(connection) if verdict.broken]
