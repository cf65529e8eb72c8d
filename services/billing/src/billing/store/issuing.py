"""A draft becomes invoices: a few set-based statements for one slice of them in a transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from .runs import Run


async def next_invoices(connection: AsyncConnection, run_id: UUID, most: int) -> list[UUID]:
    """Drafts that have no number yet, in the order of families' references and of payers."""
    found = await connection.execute(
        text(
            """
            SELECT d.invoice_id FROM run_invoices d JOIN families f USING (family_id)
            WHERE d.run_id = :run AND NOT d.carried
              AND NOT EXISTS (SELECT FROM invoices v WHERE v.invoice_id = d.invoice_id)
            ORDER BY f.reference, d.family_id, d.payer_id LIMIT :most
            """
        ),
        {"run": run_id, "most": most},
    )
    return list(found.scalars())


async def lock_debtors(connection: AsyncConnection, chosen: Sequence[UUID]) -> None:
    """Nobody else posts to these families' accounts until we end; always in the same order."""
    wanted = "SELECT DISTINCT family_id FROM run_invoices WHERE invoice_id = ANY(:chosen)"
    await connection.execute(
        text(
            f"INSERT INTO family_accounts SELECT family_id, 0 FROM ({wanted}) w"
            " ORDER BY family_id ON CONFLICT DO NOTHING"
        ),
        {"chosen": list(chosen)},
    )
    await connection.execute(
        text(
            f"SELECT 1 FROM family_accounts WHERE family_id IN ({wanted})"
            " ORDER BY family_id FOR UPDATE"
        ),
        {"chosen": list(chosen)},
    )


async def lock_counter(connection: AsyncConnection, series: str, year: int) -> int:
    """The last number given; the series waits for us, so that no number is given twice or lost."""
    await connection.execute(
        text("INSERT INTO counters VALUES (:series, :year, 0) ON CONFLICT DO NOTHING"),
        {"series": series, "year": year},
    )
    found = await connection.execute(
        text("SELECT last FROM counters WHERE series = :series AND year = :year FOR UPDATE"),
        {"series": series, "year": year},
    )
    return int(found.scalar_one())


async def set_counter(connection: AsyncConnection, series: str, year: int, last: int) -> None:
    await connection.execute(
        text("UPDATE counters SET last = :last WHERE series = :series AND year = :year"),
        {"series": series, "year": year, "last": last},
    )


ISSUE = (
    # Invoices, numbered in the order of families' references and of payers.
    """
    INSERT INTO invoices (invoice_id, family_id, number, period, issued_on, due_on, total_cents,
        imported_paid_cents, recorded_at, run_id, cash_office, year, sequence, payer_id, debtor,
        care_cents, food_cents, previous_balance_cents)
    SELECT t.invoice_id, t.family_id,
           format('%s-%s-%s', r.cash_office, :year ::int, lpad(t.sequence::text, 6, '0')),
           r.period, r.issued_on, r.due_on, t.total_cents, 0, :now, r.run_id, r.cash_office, :year,
           t.sequence, t.payer_id,
           jsonb_build_object('reference', t.reference, 'name', t.debtor_name,
                              'address', coalesce(t.debtor_address, '[]'::jsonb)),
           t.care_cents, t.food_cents, coalesce(t.previous, 0)
    FROM runs r JOIN (
        SELECT d.*, f.reference, b.previous,
               :last ::int + row_number() OVER (ORDER BY f.reference, d.family_id, d.payer_id)
                   AS sequence,
               (SELECT string_agg(concat_ws(' ', nullif(g->>'civility', ''), g->>'given_name',
                                            g->>'family_name'), ' et ' ORDER BY n)
                FROM jsonb_array_elements(f.guardians) WITH ORDINALITY AS a(g, n)
                WHERE CASE WHEN d.payer_id IS NOT NULL THEN g->>'guardian_id' = d.payer_id::text
                      ELSE (g->>'is_payer')::boolean OR NOT f.guardians @> '[{"is_payer": true}]'
                      END) AS debtor_name,
               (SELECT g->'address' FROM jsonb_array_elements(f.guardians)
                    WITH ORDINALITY AS a(g, n)
                WHERE jsonb_array_length(g->'address') > 0
                ORDER BY g->>'guardian_id' IS NOT DISTINCT FROM d.payer_id::text DESC,
                         (g->>'is_payer')::boolean DESC, n LIMIT 1) AS debtor_address
        FROM run_invoices d
        JOIN families f USING (family_id)
        LEFT JOIN (SELECT family_id, payer_id, sum(amount_cents) AS previous FROM ledger_entries
                   WHERE account = 'receivable' AND family_id IN
                       (SELECT family_id FROM run_invoices WHERE invoice_id = ANY(:chosen))
                   GROUP BY 1, 2) b
            ON b.family_id = d.family_id AND b.payer_id IS NOT DISTINCT FROM d.payer_id
        WHERE d.invoice_id = ANY(:chosen)
    ) t ON t.run_id = r.run_id
    """,
    """
    INSERT INTO invoice_lines
    SELECT d.invoice_id, l.charge_line_id, l.amount_cents, l.care_cents, l.food_cents
    FROM run_invoices d JOIN run_lines l ON l.run_id = d.run_id AND l.family_id = d.family_id
        AND l.payer_id IS NOT DISTINCT FROM d.payer_id
    WHERE d.invoice_id = ANY(:chosen)
    """,
    # One posting for each invoice: what is owed, and the two revenues.
    """
    INSERT INTO ledger_entries (entry_id, posting_id, family_id, kind, account, amount_cents,
        invoice_id, occurred_on, recorded_at, payer_id, source_id)
    SELECT gen_random_uuid(), p.posting_id, i.family_id, 'invoice', e.account, e.cents,
           i.invoice_id, i.issued_on, :now, i.payer_id, i.invoice_id
    FROM invoices i
    JOIN (SELECT unnest(CAST(:chosen AS uuid[])) AS invoice_id, gen_random_uuid() AS posting_id) p
        USING (invoice_id)
    CROSS JOIN LATERAL (VALUES ('receivable', i.total_cents), ('care', -i.care_cents),
                               ('food', -i.food_cents)) AS e(account, cents)
    WHERE e.cents <> 0
    """,
    "INSERT INTO to_archive SELECT invoice_id, run_id, 0 FROM invoices"
    " WHERE invoice_id = ANY(:chosen)",
)


async def issue(
    connection: AsyncConnection,
    chosen: Sequence[UUID],
    run: Run,
    numbers: tuple[int, int],
    now: datetime,
) -> None:
    """Of `numbers`, (year, last given); the debtors and the counter must be locked."""
    year, last = numbers
    values = {"chosen": list(chosen), "year": year, "last": last, "now": now}
    for statement in ISSUE:
        used = {name: value for name, value in values.items() if f":{name}" in statement}
        await connection.execute(text(statement), used)


async def forget_lines(connection: AsyncConnection, run: Run) -> None:
    """What a draft held is on the invoices now, or waits for the next run."""
    await connection.execute(text("DELETE FROM run_lines WHERE run_id = :run"), {"run": run.run_id})
