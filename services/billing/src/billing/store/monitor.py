"""What was billed of a month, what was not, and why."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True)
class Billed:
    """One price code in one month: what was booked, what was billed, and why not the rest."""

    rate_code: str
    label: str
    days: int
    invoiced: int
    in_draft: int
    carried: int
    not_invoiced: int
    not_owed: int
    cents: int


async def monitor(connection: AsyncConnection, period: str) -> list[Billed]:
    """Every day that was ever confirmed in the month is in one of the columns."""
    found = await connection.execute(
        text(
            """
            WITH month AS (
                SELECT d.child_id, d.slot_id, d.day, l.charge_line_id, l.amount_cents,
                       b.rate_code
                FROM charged_days d
                LEFT JOIN charge_lines l ON l.charge_line_id = d.open_line_id
                JOIN LATERAL (SELECT rate_code FROM charge_lines x
                    WHERE x.child_id = d.child_id AND x.slot_id = d.slot_id AND x.day = d.day
                    ORDER BY x.revision DESC LIMIT 1) b ON true
                WHERE to_char(d.day, 'YYYY-MM') = :period
            ), labels AS (
                SELECT DISTINCT ON (code) code, label FROM rate_grids
                ORDER BY code, lower(validity) DESC
            ), drafted AS (
                SELECT r.charge_line_id, bool_or(i.carried) AS carried
                FROM run_lines r JOIN run_invoices i ON i.run_id = r.run_id
                AND i.family_id = r.family_id AND i.payer_id IS NOT DISTINCT FROM r.payer_id
                GROUP BY 1
            )
            SELECT m.rate_code, coalesce(min(g.label), m.rate_code), count(*),
                   count(*) FILTER (WHERE v.charge_line_id IS NOT NULL),
                   count(*) FILTER (WHERE v.charge_line_id IS NULL AND NOT r.carried),
                   count(*) FILTER (WHERE v.charge_line_id IS NULL AND r.carried),
                   count(*) FILTER (WHERE m.charge_line_id IS NOT NULL
                                    AND v.charge_line_id IS NULL AND r.charge_line_id IS NULL),
                   count(*) FILTER (WHERE m.charge_line_id IS NULL),
                   coalesce(sum(m.amount_cents), 0)::bigint
            FROM month m
            LEFT JOIN invoiced_lines v ON v.charge_line_id = m.charge_line_id
            LEFT JOIN drafted r ON r.charge_line_id = m.charge_line_id
            LEFT JOIN labels g ON g.code = m.rate_code
            GROUP BY m.rate_code ORDER BY 2
            """
        ),
        {"period": period},
    )
    return [_billed(row) for row in found]


def _billed(row: Any) -> Billed:
    return Billed(*row)
