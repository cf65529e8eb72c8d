"""What must hold of billing's records, asked of the database itself: `portail verify`."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

CHECKS = {
    "entries-balance": (
        "Chaque écriture du grand livre a deux côtés égaux",
        "SELECT posting_id::text FROM ledger_entries GROUP BY posting_id"
        " HAVING sum(amount_cents) <> 0",
    ),
    "invoices-posted": (
        "Chaque facture est au grand livre pour son montant",
        """
        SELECT i.number FROM invoices i
        LEFT JOIN (SELECT source_id, sum(amount_cents) AS cents FROM ledger_entries
                   WHERE kind IN ('invoice', 'invoice_imported') AND account = 'receivable'
                   GROUP BY 1) e ON e.source_id = i.invoice_id
        WHERE i.run_id IS NOT NULL AND coalesce(e.cents, 0) <> i.total_cents
        """,
    ),
    "credit-notes-posted": (
        "Chaque avoir est la somme de ses lignes, et au grand livre pour son montant",
        """
        SELECT n.number FROM credit_notes n
        LEFT JOIN (SELECT credit_note_id, sum(amount_cents) AS cents FROM credit_note_lines
                   GROUP BY 1) l USING (credit_note_id)
        LEFT JOIN (SELECT source_id, -sum(amount_cents) AS cents FROM ledger_entries
                   WHERE kind = 'credit_note' AND account = 'receivable'
                   GROUP BY 1) e ON e.source_id = n.credit_note_id
        WHERE coalesce(l.cents, 0) <> n.total_cents OR coalesce(e.cents, 0) <> n.total_cents
        """,
    ),
    "payments-posted": (
        "Chaque règlement est au grand livre pour son montant",
        """
        SELECT p.number FROM payments p
        LEFT JOIN (SELECT source_id, kind, sum(amount_cents) AS cents FROM ledger_entries
                   WHERE kind IN ('payment', 'refund') AND account = 'receivable'
                   GROUP BY 1, 2) e ON e.source_id = p.payment_id AND e.kind = p.kind
        WHERE coalesce(e.cents, 0)
              <> CASE p.kind WHEN 'payment' THEN -p.amount_cents ELSE p.amount_cents END
        """,
    ),
    "numbers-gapless": (
        "Les numéros se suivent sans trou",
        """
        SELECT series || '-' || year || '-' || (sequence - 1) FROM (
            SELECT cash_office AS series, year, sequence,
                   lag(sequence, 1, 0) OVER (PARTITION BY cash_office, year
                                             ORDER BY sequence) AS last
            FROM invoices WHERE sequence IS NOT NULL
            UNION ALL
            SELECT 'AV-' || cash_office, year, sequence,
                   lag(sequence, 1, 0) OVER (PARTITION BY cash_office, year ORDER BY sequence)
            FROM credit_notes
            UNION ALL
            SELECT 'Q-' || cash_office, year, sequence,
                   lag(sequence, 1, 0) OVER (PARTITION BY cash_office, year ORDER BY sequence)
            FROM payments) n
        WHERE sequence <> last + 1
        """,
    ),
    "documents-intact": (
        "Chaque PDF archivé a l’empreinte qu’il avait",
        "SELECT subject_id::text FROM archived_documents"
        " WHERE sha256 <> encode(sha256(content), 'hex')",
    ),
    "documents-there": (
        "Chaque facture émise a son PDF, ou l’attend",
        """
        SELECT i.number FROM invoices i
        LEFT JOIN archived_documents d ON d.kind = 'invoice' AND d.subject_id = i.invoice_id
        LEFT JOIN to_archive a USING (invoice_id)
        WHERE i.run_id IS NOT NULL AND d.document_id IS NULL AND a.invoice_id IS NULL
        """,
    ),
    "lines-add-up": (
        "Chaque facture est la somme de ses lignes",
        """
        SELECT i.number FROM invoices i LEFT JOIN invoice_lines l USING (invoice_id)
        WHERE i.run_id IS NOT NULL GROUP BY i.invoice_id, i.number, i.total_cents
        HAVING coalesce(sum(l.amount_cents), 0) <> i.total_cents
        """,
    ),
    "billed-once": (
        "Chaque journée (enfant, activité, jour, créneau) est due une seule fois",
        """
        SELECT child_id || ' ' || day FROM charge_lines l
        WHERE reverses IS NULL
          AND NOT EXISTS (SELECT FROM charge_lines r WHERE r.reverses = l.charge_line_id)
        GROUP BY child_id, activity_id, slot_id, day HAVING count(*) > 1
        """,
    ),
    "shares-whole": (
        "Les parts des payeurs font le montant de la journée",
        """
        SELECT l.charge_line_id::text FROM charge_lines l
        JOIN invoice_lines i USING (charge_line_id)
        WHERE NOT EXISTS (SELECT FROM credit_note_lines c
                          WHERE c.charge_line_id = l.charge_line_id)
        GROUP BY l.charge_line_id, l.amount_cents HAVING sum(i.amount_cents) <> l.amount_cents
        """,
    ),
    "confirmed-days-billed": (
        "Chaque journée confirmée est facturable, ou son absence l’explique",
        """
        SELECT b.booking_id::text FROM booking_facts b
        LEFT JOIN charged_days d USING (child_id, slot_id, day)
        WHERE b.confirmed_version > b.released_version AND d.open_line_id IS NULL
          AND NOT EXISTS (SELECT FROM absence_facts a WHERE a.booking_id = b.booking_id
                          AND a.accepted AND NOT a.billable)
        """,
    ),
}
"""Each finds what is wrong; nothing found is well."""


@dataclass(frozen=True)
class Verdict:
    """One promise, and up to twenty things that break it."""

    code: str
    promise: str
    broken: tuple[str, ...]


async def verify(connection: AsyncConnection) -> list[Verdict]:
    verdicts = []
    for code, (promise, statement) in CHECKS.items():
        found = await connection.execute(text(f"SELECT * FROM ({statement}) f LIMIT 20"))
        verdicts.append(Verdict(code, promise, tuple(found.scalars())))
    return verdicts
