"""What staff see of a run: its totals, and its invoices one by one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from .runs import Run


@dataclass(frozen=True)
class Totals:
    """What a run comes to, in cents."""

    invoices: int
    total_cents: int
    care_cents: int
    food_cents: int
    carried: int
    carried_cents: int
    warned: int
    last_month_cents: int
    waiting_documents: int
    late_lines: int


async def totals(connection: AsyncConnection, run: Run) -> Totals:
    """`late_lines` are those heard since the draft was made: the next run will have them."""
    found = await connection.execute(
        text(
            """
            SELECT count(*) FILTER (WHERE NOT carried),
                   coalesce(sum(total_cents) FILTER (WHERE NOT carried), 0),
                   coalesce(sum(care_cents) FILTER (WHERE NOT carried), 0),
                   coalesce(sum(food_cents) FILTER (WHERE NOT carried), 0),
                   count(*) FILTER (WHERE carried),
                   coalesce(sum(total_cents) FILTER (WHERE carried), 0),
                   count(*) FILTER (WHERE warnings <> '{}'),
                   coalesce(sum(last_month_cents), 0),
                   (SELECT count(*) FROM to_archive a WHERE a.run_id = :run),
                   (SELECT count(*) FROM charge_lines l
                    WHERE :is_draft AND l.day >= :first AND l.day < :next
                      AND l.recorded_at > :since)
            FROM run_invoices WHERE run_id = :run
            """
        ),
        {
            "run": run.run_id,
            "is_draft": run.state == "draft",
            "since": run.created_at,
            "first": run.days[0],
            "next": run.days[1],
        },
    )
    return Totals(*(int(value) for value in found.one()))


@dataclass(frozen=True)
class DraftInvoice:
    """One line of the table that staff look through before they issue."""

    invoice_id: UUID
    family_id: UUID
    family_name: str
    reference: str
    payer_id: UUID | None
    lines: int
    total_cents: int
    previous_balance_cents: int
    last_month_cents: int
    carried: bool
    warnings: tuple[str, ...]
    number: str | None


async def draft_invoices(
    connection: AsyncConnection, run_id: UUID, *, warned_only: bool, page: int, size: int
) -> tuple[list[DraftInvoice], int]:
    """Those to look at first, then in the order of names."""
    where = "d.run_id = :run" + (" AND (d.warnings <> '{}' OR d.carried)" if warned_only else "")
    values = {"run": run_id}
    counted = await connection.execute(
        text(f"SELECT count(*) FROM run_invoices d WHERE {where}"), values
    )
    found = await connection.execute(
        text(
            f"""
            SELECT d.invoice_id, d.family_id, f.name AS family_name, f.reference, d.payer_id,
                   d.lines,
                   d.total_cents, d.previous_balance_cents, d.last_month_cents, d.carried,
                   d.warnings, v.number
            FROM run_invoices d JOIN families f USING (family_id)
            LEFT JOIN invoices v ON v.invoice_id = d.invoice_id WHERE {where}
            ORDER BY (d.warnings = '{{}}'), f.name, d.invoice_id LIMIT :size OFFSET :skip
            """
        ),
        {**values, "size": size, "skip": (page - 1) * size},
    )
    drafts = [_draft(row) for row in found]
    return drafts, int(counted.scalar_one())


def _draft(row: Row[Any]) -> DraftInvoice:
    return DraftInvoice(**{**row._mapping, "warnings": tuple(row.warnings)})
