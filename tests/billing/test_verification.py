"""`portail verify`: what must hold of the records, and each thing that could break it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from billing.archivist import archive_some
from billing.store.verifying import verify
from chassis.auth import Audience, Principal
from chassis.identifiers import new_id

from .months import an_invoice, pay

AGAIN = """CREATE TEMP TABLE again AS SELECT * FROM charge_lines LIMIT 1;
UPDATE again SET charge_line_id = gen_random_uuid(), revision = 99;
INSERT INTO charge_lines SELECT * FROM again"""
FAULTS = {
    "entries-balance": "UPDATE ledger_entries SET amount_cents = amount_cents + 1"
    " WHERE account = 'receivable'",
    "invoices-posted": "DELETE FROM ledger_entries WHERE kind = 'invoice'",
    "credit-notes-posted": "UPDATE credit_note_lines SET amount_cents = amount_cents + 1",
    "payments-posted": "UPDATE payments SET amount_cents = amount_cents + 1",
    "numbers-gapless": "UPDATE payments SET sequence = 7",
    "documents-intact": "ALTER TABLE archived_documents"
    " DROP CONSTRAINT ck_archived_documents_sha256;"
    "UPDATE archived_documents SET content = 'x'",
    "documents-there": "DELETE FROM archived_documents",
    "lines-add-up": "UPDATE invoices"
    " SET total_cents = total_cents + 1, care_cents = care_cents + 1",
    "billed-once": AGAIN,
    "shares-whole": "UPDATE invoice_lines"
    " SET amount_cents = amount_cents - 1, care_cents = care_cents - 1",
    "confirmed-days-billed": "UPDATE charged_days SET open_line_id = NULL",
}


async def test_what_holds_is_verified_and_each_fault_is_named(priced, cashier):
    """As an owner of the database who stops the triggers could plant it."""
    family_id, invoice = await an_invoice(priced, cashier)
    await pay(priced, cashier, family_id, 3000)
    ((line,), *_) = await priced.rows("SELECT charge_line_id FROM invoice_lines ORDER BY 1")
    order = {"credit_note_id": str(new_id()), "charge_line_ids": [str(line)], "reason": "Erreur."}
    address = f"/v1/staff/invoices/{invoice['invoice_id']}/credit-notes"
    assert (await priced.client.post(address, json=order, headers=cashier)).status_code == 201
    assert await archive_some(priced.runtime) == 2
    auditor = priced.signed_in(Principal("2", "Audit", frozenset({Audience.AUDITOR})))
    address = "/v1/staff/billing-verification"
    seen = (await priced.client.get(address, headers=auditor)).json()
    assert seen["sound"], seen
    assert {item["code"] for item in seen["items"]} == set(FAULTS)
    engine = create_async_engine(priced.runtime.settings.migration_database_url)
    async with engine.connect() as owner:
        for code, fault in FAULTS.items():
            for table in APPEND_ONLY:
                await owner.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            for statement in fault.split(";"):
                await owner.execute(text(statement))
            broken = {verdict.code for verdict in await verify(owner) if verdict.broken}
            await owner.rollback()
            assert code in broken, (code, broken)
    await engine.dispose()


APPEND_ONLY = (
    *("charge_lines", "ledger_entries", "invoices", "invoice_lines", "archived_documents"),
    *("payments", "credit_notes", "credit_note_lines"),
)
