"""A month's lines become draft invoices: set-based SQL, one slice of families after another.

What is large never passes through this process, and no statement grows with the number of
families: 1,500 families or 15,000 take the same memory and the same time a statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import families


async def next_families(connection: AsyncConnection, after: UUID | None, most: int) -> list[UUID]:
    """The next slice, in the order of ids."""
    chosen = select(families.c.family_id).order_by(families.c.family_id).limit(most)
    if after is not None:
        chosen = chosen.where(families.c.family_id > after)
    return list((await connection.execute(chosen)).scalars())


async def plan_each_time(connection: AsyncConnection) -> None:
    """Until we commit: a plan that is kept for any array is made for ten families, not hundreds.

    Not for a transaction that adds many rows with foreign keys: each check would be planned anew.
    """
    await connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


SCOPE = """
    l.family_id = ANY(:families) AND l.day < :before
    AND (l.rate_code = ANY(:codes) OR (:others AND l.rate_code <> ALL(:taken)))
"""
SIGNED = "CASE WHEN l.reverses IS NULL THEN 1 ELSE -1 END"


@dataclass(frozen=True)
class Scope:
    """Which lines a slice takes: of its families, before `before`, of the codes, or of all codes
    that are not taken."""

    families: tuple[UUID, ...]
    before: date
    codes: tuple[str, ...]
    taken: tuple[str, ...]

    @property
    def values(self) -> dict[str, Any]:
        return {
            "families": list(self.families),
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
                              WHERE t.run_id = :run AND t.family_id = l.family_id
                                AND t.charge_line_id = l.charge_line_id)
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


# What the lines of a slice's debtors add up to. Family by family, so that the lines of other slices
# are not read, nor a family once for each of its lines.
SUMS = """
    SELECT s.family_id, r.payer_id, count(*) AS lines, sum(r.amount_cents) AS total,
           sum(r.care_cents) AS care, sum(r.food_cents) AS food,
           bool_or(l.unit_cents = 0) AS zero,
           bool_or(l.quotient IS NULL AND l.rule <> 'flat' AND l.reverses IS NULL) AS unknown
    FROM run_lines r JOIN charge_lines l USING (charge_line_id)
    WHERE r.run_id = :run AND r.family_id = s.family_id
    GROUP BY r.payer_id
"""
PREVIOUS = """
    SELECT sum(amount_cents) AS cents FROM ledger_entries
    WHERE account = 'receivable' AND family_id = d.family_id
      AND payer_id IS NOT DISTINCT FROM d.payer_id
"""
LAST = """
    SELECT sum(total_cents) AS cents FROM invoices
    WHERE period = :last_period AND family_id = d.family_id
      AND payer_id IS NOT DISTINCT FROM d.payer_id
"""
GATHER = f"""
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
        SELECT d.*, coalesce(b.cents, 0) AS previous, coalesce(v.cents, 0) AS last,
               EXISTS (SELECT FROM jsonb_array_elements(f.guardians) g
                       WHERE jsonb_array_length(g->'address') > 0) AS addressed
        FROM unnest(CAST(:families AS uuid[])) s(family_id)
        CROSS JOIN LATERAL ({SUMS}) d
        JOIN families f ON f.family_id = d.family_id
        CROSS JOIN LATERAL ({PREVIOUS}) b
        CROSS JOIN LATERAL ({LAST}) v
    ) t
"""
# A day is billed to all its payers at once: when one of them is asked, so are the others.
ASK_ALL = """
    UPDATE run_invoices SET carried = false
    WHERE run_id = :run AND carried AND family_id = ANY(:families)
      AND family_id IN (SELECT family_id FROM run_invoices
                        WHERE run_id = :run AND family_id = ANY(:families) AND NOT carried)
"""


async def gather(
    connection: AsyncConnection, run_id: UUID, families: Sequence[UUID], limits: Limits
) -> None:
    """One draft invoice for each debtor who has lines, beside last month's, with its warnings."""
    slice_of = {"run": run_id, "families": list(families)}
    await connection.execute(text(GATHER), {**slice_of, **vars(limits)})
    await connection.execute(text(ASK_ALL), slice_of)
