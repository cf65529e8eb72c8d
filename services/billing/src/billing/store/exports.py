"""Rows for the treasury: a run's invoices, the ledger of a period."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

MOST_ROWS = 200_000


async def run_rows(connection: AsyncConnection, run_id: UUID) -> list[Any]:
    """Invoices of an issued run in the order of their numbers."""
    found = await connection.execute(
        text(
            """
            SELECT number, issued_on, due_on, period, debtor, total_cents, care_cents, food_cents,
                   invoice_id
            FROM invoices WHERE run_id = :run ORDER BY sequence
            """
        ),
        {"run": run_id},
    )
    return list(found.all())


async def ledger_rows(connection: AsyncConnection, first: date, last: date) -> list[Any]:
    """Entries of a period, sides of a posting together."""
    found = await connection.execute(
        text(
            """
            SELECT e.occurred_on, e.posting_id, e.kind, e.account,
                   coalesce(i.number, p.number, c.number, v.number, '') AS piece,
                   coalesce(f.reference, '') AS reference, e.amount_cents
            FROM ledger_entries e
            LEFT JOIN invoices v ON v.invoice_id = e.invoice_id
            LEFT JOIN invoices i ON i.invoice_id = e.source_id
            LEFT JOIN payments p ON p.payment_id = e.source_id
            LEFT JOIN credit_notes c ON c.credit_note_id = e.source_id
            LEFT JOIN families f ON f.family_id = e.family_id
            WHERE e.occurred_on BETWEEN :first AND :last
            ORDER BY e.occurred_on, e.recorded_at, e.posting_id, e.amount_cents DESC
            LIMIT :most
            """
        ),
        {"first": first, "last": last, "most": MOST_ROWS},
    )
    return list(found.all())
