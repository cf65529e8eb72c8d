"""Staff prepare a month: every uninvoiced line up to its end becomes a draft invoice.

One slice of families after another, each in a transaction of its own that also says how far it
came: killed half-way, a run goes on where it was, and takes nothing twice.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert

from billing.domain.splitting import Payer, Weeks, split_line
from billing.settings import Settings
from billing.store import drafting, runs
from billing.store.families import households_of
from billing.store.tables import run_lines
from chassis.clock import local_date
from chassis.database import Transaction

SLICE = 500
"""Families in one transaction: about a second's work."""


@dataclass(frozen=True)
class Order:
    """What staff ask for; `run_id` is made by the caller, so that asking twice is asking once."""

    run_id: UUID
    cash_office: str
    period: str
    issued_on: date | None
    by: str


async def begin_draft(
    transaction: Transaction, order: Order, settings: Settings, now: datetime
) -> runs.Run:
    """Nothing is taken yet. Raises DraftExists, and LookupError for an unknown cash office."""
    connection = transaction.connection
    office = settings.cash_office(order.cash_office)
    known = await runs.find_run(connection, order.run_id)
    if known is not None:
        return known
    issued_on = order.issued_on or local_date(now)
    run = runs.Run(
        run_id=order.run_id,
        cash_office=office.code,
        period=order.period,
        rate_codes=office.rate_codes,
        state="preparing",
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=settings.due_after_days),
        created_at=now,
        created_by=order.by,
        issued_at=None,
        issued_by=None,
    )
    await runs.add_run(connection, run)
    return run


async def draft_slice(transaction: Transaction, run: runs.Run, settings: Settings) -> bool:
    """Take the next families of a run that is locked; whether some are left."""
    connection = transaction.connection
    families = await drafting.next_families(connection, run.reached, SLICE)
    if families:
        await drafting.plan_each_time(connection)
        await _fill(transaction, run, families, settings)
    left = len(families) == SLICE
    reached = families[-1] if families else run.reached
    await runs.mark(connection, run.run_id, "preparing" if left else "draft", reached=reached)
    return left


async def _fill(
    transaction: Transaction, run: runs.Run, families: list[UUID], settings: Settings
) -> None:
    first, following = run.days
    taken = {
        code for o in settings.cash_offices if o.code != run.cash_office for code in o.rate_codes
    }
    scope = drafting.Scope(
        families=tuple(families),
        before=following,
        codes=run.rate_codes,
        taken=tuple(sorted(taken)),
    )
    connection = transaction.connection
    await drafting.take_lines(connection, run.run_id, scope)
    await drafting.take_back_shares(connection, run.run_id, scope)
    for family_id in await drafting.families_to_split(connection, scope):
        await _split(transaction, run.run_id, family_id, scope)
    limits = drafting.Limits(
        threshold=settings.carry_over_below_cents,
        last_period=(first - timedelta(days=1)).strftime("%Y-%m"),
    )
    await drafting.gather(connection, run.run_id, families, limits)


async def _split(
    transaction: Transaction, run_id: UUID, family_id: UUID, scope: drafting.Scope
) -> None:
    """Families whose payers are billed apart are few: each in turn, by the domain's own rule."""
    connection = transaction.connection
    household = (await households_of(connection, [family_id]))[family_id]
    payers = [
        Payer(UUID(p["guardian_id"]), Weeks(p["weeks"]), p["share_per_mille"])
        for p in household.payers
    ]
    rows = [
        {
            "run_id": run_id,
            "charge_line_id": line.charge_line_id,
            "family_id": family_id,
            "payer_id": share.payer_id,
            "amount_cents": share.amount_cents,
            "care_cents": share.care_cents,
            "food_cents": share.food_cents,
        }
        for line in await drafting.lines_to_split(connection, family_id, scope)
        for share in split_line(payers, line.day, line.care_cents, line.food_cents)
    ]
    if rows:
        await connection.execute(insert(run_lines), rows)
