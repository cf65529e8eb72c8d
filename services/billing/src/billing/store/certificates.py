"""What a family paid for childcare in a year, child by child: the tax certificate's figures."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

CEILING_CENTS = 350_000


@dataclass(frozen=True)
class CareOfChild:
    """Cents of childcare, food left out, billed by invoices that were paid in the year."""

    child_id: UUID
    given_name: str
    family_name: str
    born_on: date
    alternating_custody: bool
    care_cents: int

    @property
    def ceiling_cents(self) -> int:
        """What the tax credit looks at, at most (BOFiP): halved in alternating custody."""
        return CEILING_CENTS // 2 if self.alternating_custody else CEILING_CENTS


async def care_of_year(
    connection: AsyncConnection, family_id: UUID, payer_id: UUID | None, year: int
) -> list[CareOfChild]:
    """Children under six on 1 January, eldest first.

    What counts is what was paid in the year (CGI 200 quater B): each payment's part of an invoice
    carries the same share of care as the invoice, child by child, rounded down to the cent.
    """
    found = await connection.execute(
        text(
            """
            WITH paid AS (
                SELECT invoice_id, -sum(amount_cents) AS cents FROM ledger_entries
                WHERE family_id = :family AND account = 'receivable' AND invoice_id IS NOT NULL
                  AND payer_id IS NOT DISTINCT FROM CAST(:payer AS uuid)
                  AND kind IN ('payment', 'bounce', 'credit_used')
                  AND occurred_on >= :first AND occurred_on < :next
                GROUP BY 1
            ), billed AS (
                SELECT l.invoice_id, c.child_id, sum(l.care_cents) AS care
                FROM invoice_lines l JOIN charge_lines c USING (charge_line_id)
                WHERE l.invoice_id IN (SELECT invoice_id FROM paid) GROUP BY 1, 2
            )
            SELECT k.child_id, k.given_name, k.family_name, k.born_on, k.alternating_custody,
                   sum(b.care * p.cents / nullif(i.total_cents, 0))::bigint
            FROM paid p JOIN billed b USING (invoice_id) JOIN invoices i USING (invoice_id)
            JOIN children k USING (child_id)
            WHERE k.born_on > :sixth AND i.total_cents > 0
            GROUP BY 1, 2, 3, 4, 5 ORDER BY k.born_on, k.child_id
            """
        ),
        {
            "family": family_id,
            "payer": payer_id,
            "first": date(year, 1, 1),
            "next": date(year + 1, 1, 1),
            # Who turned six on 1 January is no longer under six.
            "sixth": date(year - 6, 1, 1),
        },
    )
    return [_care(row) for row in found]


def _care(row: Any) -> CareOfChild:
    return CareOfChild(*row)
