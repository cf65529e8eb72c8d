"""What billing forgets of a family, what it keeps, and what happens when two files are one."""

from datetime import date

from billing.archivist import archive_some
from chassis.identifiers import new_id
from portail_contracts.accounts import FamilyErased, FamilyMerged

from .examples import NOON, Booking, child, family
from .months import a_family, an_invoice, invoices_of, issue, parent_of, pay, prepare


async def test_an_erased_family_has_no_name_left_but_its_accounts_still_add_up(priced, cashier):
    family_id, _ = await an_invoice(priced, cashier)
    await archive_some(priced.runtime)
    await pay(priced, cashier, family_id, 1000)
    erased = FamilyErased(version=9, family_id=family_id, erasure_id=new_id(), erased_at=NOON)
    await priced.handle(erased, erased)
    late = family(family_id, (date(2026, 9, 1), None, 540), version=8)
    await priced.handle(late, child(family_id))
    kept = await priced.rows("SELECT name, reference, guardians, payers FROM families")
    assert kept == [("", "", [], [])]
    for table in ("children", "quotient_periods"):
        assert await priced.rows(f"SELECT * FROM {table}") == []
    assert await priced.rows("SELECT count(*) FROM archived_documents") == [(1,)]
    balance = "SELECT sum(amount_cents) FROM ledger_entries WHERE account = 'receivable'"
    assert await priced.rows(balance) == [(2000,)]


async def test_what_an_absorbed_file_owes_and_will_be_billed_goes_to_the_other(priced, cashier):
    old, invoice = await an_invoice(priced, cashier)
    kept, _ = await a_family(priced)
    december = [date(2026, 12, 2), date(2026, 12, 9)]
    coming = [Booking(old, day) for day in december]
    await priced.handle(*(booking.confirmed(1) for booking in coming))
    merged = FamilyMerged(version=3, family_id=kept, absorbed_family_id=old, merged_at=NOON)
    await priced.handle(merged, merged)
    seen = (await priced.client.get("/v1/me/statement", headers=parent_of(priced, kept))).json()
    assert (seen["balance_cents"], seen["total"]) == (3000, 1)
    (item,) = await invoices_of(priced, kept)
    assert (item["number"], item["remaining_cents"]) == (invoice["number"], 3000)
    address = f"/v1/me/invoices/{item['invoice_id']}"
    answer = await priced.client.get(address, headers=parent_of(priced, kept))
    assert answer.status_code == 200
    await pay(priced, cashier, kept, 3000)
    assert (await invoices_of(priced, kept))[0]["remaining_cents"] == 0
    # A day still to come follows, also when its news names the file that is no more.
    await priced.handle(coming[0].cancelled(2), coming[0].confirmed(3))
    await issue(priced, cashier, await prepare(priced, cashier, "2026-12"))
    rows = await priced.rows("SELECT family_id, total_cents FROM invoices WHERE period = '2026-12'")
    assert rows == [(kept, 1500)]
