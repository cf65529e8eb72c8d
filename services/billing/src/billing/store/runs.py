"""Runs in set-based SQL: a month's lines become draft invoices, and the draft becomes invoices.

What is large never passes through this process: 1,500 families or 15,000 take the same memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import runs


@dataclass(frozen=True)
class Run:
    """A period's invoices of one cash office, as a draft or issued."""

    run_id: UUID
    cash_office: str
    period: str
    rate_codes: tuple[str, ...]
    state: str
    issued_on: date
    due_on: date
    created_at: datetime
    created_by: str
    issued_at: datetime | None
    issued_by: str | None


class DraftExists(Exception):
    """Another draft of the same cash office holds the same lines."""


async def add_run(connection: AsyncConnection, run: Run) -> None:
    """Raises DraftExists."""
    try:
        async with connection.begin_nested():
            await connection.execute(
                insert(runs).values({**vars(run), "rate_codes": list(run.rate_codes)})
            )
    except IntegrityError as error:
        if "ix_runs_one_draft" not in str(error.orig):
            raise
        raise DraftExists(
            "Un lancement est déjà en préparation : validez-le ou annulez-le."
        ) from None


async def find_run(connection: AsyncConnection, run_id: UUID, *, lock: bool = False) -> Run | None:
    chosen = select(runs).where(runs.c.run_id == run_id)
    row = (await connection.execute(chosen.with_for_update() if lock else chosen)).one_or_none()
    return None if row is None else _run(row)


async def all_runs(connection: AsyncConnection, page: int, size: int) -> tuple[list[Run], int]:
    """Newest first."""
    total = (await connection.execute(select(func.count()).select_from(runs))).scalar_one()
    chosen = select(runs).order_by(runs.c.created_at.desc(), runs.c.run_id)
    rows = await connection.execute(chosen.limit(size).offset((page - 1) * size))
    return [_run(row) for row in rows], total


def _run(row: Row[Any]) -> Run:
    return Run(**{**row._mapping, "rate_codes": tuple(row.rate_codes)})


async def mark(connection: AsyncConnection, run_id: UUID, state: str, **values: Any) -> None:
    await connection.execute(
        update(runs).where(runs.c.run_id == run_id).values(state=state, **values)
    )


async def empty_draft(connection: AsyncConnection, run_id: UUID) -> None:
    for table in ("run_lines", "run_invoices"):
        await connection.execute(text(f"DELETE FROM {table} WHERE run_id = :run"), {"run": run_id})


SCOPE = (
    "l.day < :before AND (l.rate_code = ANY(:codes) OR (:others AND l.rate_code <> ALL(:taken)))"
)
SIGNED = "CASE WHEN l.reverses IS NULL THEN 1 ELSE -1 END"


@dataclass(frozen=True)
class Scope:
    """Which lines a run takes: days before `before`, of the codes, or of all codes not taken."""

    before: date
    codes: tuple[str, ...]
    taken: tuple[str, ...]

    @property
    def values(self) -> dict[str, Any]:
        return {
            "before": self.before,
            "codes": list(self.codes),
            "taken": list(self.taken),
            "others": not self.codes,
        }


async def take_lines(connection: AsyncConnection, run_id: UUID, scope: Scope) -> None:
    """The lines of families whose payers are billed together."""
    await connection.execute(
        text(
            f"""
            INSERT INTO run_lines
            SELECT :run, l.charge_line_id, l.family_id, NULL, l.amount_cents,
                   {SIGNED} * l.care_cents, {SIGNED} * l.food_cents
            FROM uninvoiced_lines l JOIN families f USING (family_id)
            WHERE {SCOPE} AND jsonb_array_length(f.payers) = 0
              AND (l.reverses IS NULL OR NOT EXISTS (SELECT FROM invoice_lines i
                   JOIN invoices v USING (invoice_id)
                   WHERE i.charge_line_id = l.reverses AND v.payer_id IS NOT NULL))
            """
        ),
        {"run": run_id, **scope.values},
    )


async def take_back_shares(connection: AsyncConnection, run_id: UUID, scope: Scope) -> None:
    """A reversal is given back to those who were billed, in the parts that they were billed."""
    await connection.execute(
        text(
            f"""
            INSERT INTO run_lines
            SELECT :run, l.charge_line_id, l.family_id, v.payer_id,
                   -i.amount_cents, -i.care_cents, -i.food_cents
            FROM uninvoiced_lines l
            JOIN families f USING (family_id)
            JOIN invoice_lines i ON i.charge_line_id = l.reverses
            JOIN invoices v USING (invoice_id)
            WHERE {SCOPE} AND (jsonb_array_length(f.payers) > 0 OR v.payer_id IS NOT NULL)
              AND NOT EXISTS (SELECT FROM run_lines t
                              WHERE t.run_id = :run AND t.charge_line_id = l.charge_line_id)
            """
        ),
        {"run": run_id, **scope.values},
    )


async def families_to_split(connection: AsyncConnection, scope: Scope) -> list[UUID]:
    """Families whose payers are billed apart and who have lines to bill."""
    found = await connection.execute(
        text(
            f"""
            SELECT DISTINCT l.family_id FROM uninvoiced_lines l JOIN families f USING (family_id)
            WHERE {SCOPE} AND l.reverses IS NULL AND jsonb_array_length(f.payers) > 0 ORDER BY 1
            """
        ),
        scope.values,
    )
    return list(found.scalars())


async def lines_to_split(
    connection: AsyncConnection, family_id: UUID, scope: Scope
) -> Sequence[Row[Any]]:
    """(charge_line_id, day, care_cents, food_cents) of a family's charges."""
    found = await connection.execute(
        text(
            f"""
            SELECT l.charge_line_id, l.day, l.care_cents, l.food_cents FROM uninvoiced_lines l
            WHERE {SCOPE} AND l.family_id = :family AND l.reverses IS NULL
            """
        ),
        {"family": family_id, **scope.values},
    )
    return found.all()


@dataclass(frozen=True)
class Limits:
    """What makes a draft invoice wait, or be looked at."""

    threshold: int
    last_period: str


async def gather(connection: AsyncConnection, run_id: UUID, limits: Limits) -> None:
    """One draft invoice for each debtor who has lines, beside last month's, with its warnings."""
    await connection.execute(
        text(
            """
            INSERT INTO run_invoices
            SELECT gen_random_uuid(), :run, t.family_id, t.payer_id, t.lines, t.total, t.care,
                   t.food, t.previous, t.last,
                   t.total BETWEEN 0 AND :threshold - 1 AND t.total + t.previous < :threshold,
                   array_remove(ARRAY[
                       CASE WHEN t.zero THEN 'zero_price' END,
                       CASE WHEN t.last > 0 AND abs(t.total - t.last) > greatest(3000, t.last / 2)
                            THEN 'sudden_change' END,
                       CASE WHEN t.unknown THEN 'missing_quotient' END,
                       CASE WHEN NOT t.addressed THEN 'no_address' END,
                       CASE WHEN t.total < 0 THEN 'credit' END], NULL)
            FROM (
                SELECT r.family_id, r.payer_id, count(*) AS lines, sum(r.amount_cents) AS total,
                       sum(r.care_cents) AS care, sum(r.food_cents) AS food,
                       bool_or(l.unit_cents = 0) AS zero,
                       bool_or(l.quotient IS NULL AND l.rule <> 'flat' AND l.reverses IS NULL)
                           AS unknown,
                       coalesce(min(b.cents), 0) AS previous,
                       coalesce(min(v.cents), 0) AS last,
                       bool_and(EXISTS (SELECT FROM jsonb_array_elements(f.guardians) g
                           WHERE jsonb_array_length(g->'address') > 0)) AS addressed
                FROM run_lines r
                JOIN charge_lines l USING (charge_line_id)
                JOIN families f ON f.family_id = r.family_id
                LEFT JOIN (SELECT family_id, payer_id, sum(amount_cents) AS cents
                           FROM ledger_entries WHERE account = 'receivable' GROUP BY 1, 2) b
                    ON b.family_id = r.family_id AND b.payer_id IS NOT DISTINCT FROM r.payer_id
                LEFT JOIN (SELECT family_id, payer_id, sum(total_cents) AS cents
                           FROM invoices WHERE period = :last_period GROUP BY 1, 2) v
                    ON v.family_id = r.family_id AND v.payer_id IS NOT DISTINCT FROM r.payer_id
                WHERE r.run_id = :run GROUP BY r.family_id, r.payer_id
            ) t
            """
        ),
        {"run": run_id, **vars(limits)},
    )
    # A day is billed to all its payers at once: when one of them is asked, so are the others.
    await connection.execute(
        text(
            "UPDATE run_invoices SET carried = false WHERE run_id = :run AND family_id IN"
            " (SELECT family_id FROM run_invoices WHERE run_id = :run AND NOT carried)"
        ),
        {"run": run_id},
    )
