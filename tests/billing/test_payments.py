"""Money in, money back, and what the family and the treasury read of it."""

import io
from datetime import date, timedelta

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from billing.archivist import archive_some
from billing.domain.ledger import Account
from billing.domain.payments import (
    BadAllocation,
    Due,
    allocate,
    allocate_chosen,
    instalments,
    settle_credit,
)
from billing.domain.reminding import Late, next_step
from chassis.identifiers import new_id

from .examples import Booking
from .months import an_invoice, invoices_of, issue, parent_of, pay, prepare

DUES = st.lists(st.integers(-5000, 20_000), max_size=6).map(
    lambda amounts: [Due(new_id(), cents) for cents in amounts]
)


@given(st.integers(1, 10**6), DUES)
def test_a_payment_goes_to_the_oldest_first_and_no_cent_is_lost(amount, dues):
    parts = allocate(amount, dues)
    assert sum(part.cents for part in parts) == amount
    assert all(part.cents > 0 for part in parts)
    paid = {part.invoice_id: part.cents for part in parts}
    before_is_settled = True
    for due in dues:
        taken = paid.get(due.invoice_id, 0)
        assert taken <= max(0, due.remaining_cents)
        assert not taken or before_is_settled
        before_is_settled = before_is_settled and taken == max(0, due.remaining_cents)
    if None in paid:
        assert before_is_settled


@given(st.integers(0, 50_000), DUES)
def test_a_credit_pays_what_is_owed_and_changes_no_balance(credit, dues):
    posting = settle_credit(credit, dues)
    entries = posting.entries if posting else ()
    assert all(entry.account is Account.RECEIVABLE for entry in entries)
    assert sum(entry.amount_cents for entry in entries) == 0
    left = {due.invoice_id: due.remaining_cents for due in dues}
    pool = credit
    for entry in entries:
        if entry.invoice_id is None:
            pool -= entry.amount_cents
        else:
            left[entry.invoice_id] += entry.amount_cents
    assert pool >= 0
    assert all(cents >= 0 for cents in left.values())
    assert pool == 0 or not any(left.values())


def test_chosen_parts_must_fit():
    due = Due(new_id(), 1000)
    assert [p.cents for p in allocate_chosen(1500, [(due.invoice_id, 400)], [due])] == [400, 1100]
    for amount, part in ((1500, 1001), (300, 400)):
        with pytest.raises(BadAllocation):
            allocate_chosen(amount, [(due.invoice_id, part)], [due])


@given(st.integers(1, 10**6), st.integers(1, 24))
def test_instalments_add_up_and_differ_by_a_cent_at_most(total, count):
    parts = instalments(total, count)
    assert sum(parts) == total
    assert max(parts) - min(parts) <= 1


DUE_ON = date(2026, 12, 24)
FORTNIGHT = timedelta(days=15)


@pytest.mark.parametrize(
    ("step", "sent", "today", "expected"),
    [
        (0, None, DUE_ON + timedelta(days=14), None),
        (0, None, DUE_ON + FORTNIGHT, 1),
        (1, DUE_ON + FORTNIGHT, DUE_ON + FORTNIGHT, None),
        (1, DUE_ON + FORTNIGHT, DUE_ON + 2 * FORTNIGHT, 2),
        (3, DUE_ON, DUE_ON + timedelta(days=999), None),
    ],
)
def test_reminders_go_one_step_at_a_time(step, sent, today, expected):
    late = Late(DUE_ON, 3000, step, sent, has_plan=False)
    assert next_step(late, today, 1500, FORTNIGHT) == expected


def test_small_claims_and_running_plans_are_not_reminded():
    late = Late(DUE_ON, 1499, 0, None, has_plan=False)
    assert next_step(late, date(2027, 6, 1), 1500, FORTNIGHT) is None
    planned = Late(DUE_ON, 9000, 0, None, has_plan=True)
    assert next_step(planned, date(2027, 6, 1), 1500, FORTNIGHT) is None


async def statement_of(billing, family_id, query=""):
    address = f"/v1/me/statement{query}"
    return (await billing.client.get(address, headers=parent_of(billing, family_id))).json()


def words_of(answer):
    assert answer.status_code == 200, answer.text
    pages = pypdf.PdfReader(io.BytesIO(answer.content)).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


async def test_paid_overpaid_bounced_and_refunded_the_statement_adds_up(priced, cashier):
    family_id, invoice = await an_invoice(priced, cashier)
    later = timedelta(minutes=1)
    priced.runtime.clock.advance(later)
    body = {"payment_id": str(new_id()), "method": "cheque", "amount_cents": 3500}
    address = f"/v1/staff/families/{family_id}/payments"
    first = await priced.client.post(address, json=body, headers=cashier)
    again = await priced.client.post(address, json=body, headers=cashier)
    assert first.status_code == 201
    assert first.json() == again.json()
    assert first.json()["number"] == "Q-RE-2026-000001"
    (item,) = await invoices_of(priced, family_id)
    assert item["remaining_cents"] == 0
    assert (await statement_of(priced, family_id))["balance_cents"] == -500

    priced.runtime.clock.advance(later)
    refund = {"payment_id": str(new_id()), "method": "transfer", "amount_cents": 600}
    back = f"/v1/staff/families/{family_id}/refunds"
    assert (await priced.client.post(back, json=refund, headers=cashier)).status_code == 422
    refund["amount_cents"] = 200
    assert (await priced.client.post(back, json=refund, headers=cashier)).status_code == 201

    priced.runtime.clock.advance(later)
    bounce = f"/v1/staff/payments/{body['payment_id']}/bounce"
    for _ in range(2):
        answer = await priced.client.post(
            bounce, json={"reason": "Sans provision"}, headers=cashier
        )
        assert answer.status_code == 200
    seen = await statement_of(priced, family_id)
    assert [(m["kind"], m["amount_cents"], m["balance_cents"]) for m in seen["items"]] == [
        ("bounce", 3500, 3200),
        ("refund", 200, -300),
        ("payment", -3500, -500),
        ("invoice", 3000, 3000),
    ]
    assert seen["items"][3]["label"] == f"Facture {invoice['number']}, novembre 2026"
    only = await statement_of(priced, family_id, "?kind=payments")
    assert [m["balance_cents"] for m in only["items"]] == [3200, -300, -500]
    parent = parent_of(priced, family_id)
    words = words_of(await priced.client.get("/v1/me/statement/document", headers=parent))
    assert "Solde restant dû 32,00 €" in words
    table = await priced.client.get("/v1/me/statement/table", headers=parent)
    assert table.content.startswith(b"\xef\xbb\xbfDate;")
    assert "Règlement par chèque" in table.text
    receipt = f"/v1/me/payments/{body['payment_id']}/receipt"
    words = words_of(await priced.client.get(receipt, headers=parent))
    assert "35,00 €" in words
    assert "rejeté par la banque" in words
    stranger = parent_of(priced, new_id())
    assert (await priced.client.get(receipt, headers=stranger)).status_code == 404


async def test_a_credit_pays_the_next_invoice_by_itself(priced, cashier):
    family_id, _ = await an_invoice(priced, cashier)
    await pay(priced, cashier, family_id, 5000)
    days = [date(2026, 12, day) for day in (2, 9, 16, 21, 22)]
    await priced.handle(*(Booking(family_id, day).confirmed(1) for day in days))
    await issue(priced, cashier, await prepare(priced, cashier, "2026-12"))
    while await archive_some(priced.runtime):
        pass
    newest, _ = await invoices_of(priced, family_id)
    assert (newest["total_cents"], newest["remaining_cents"]) == (3750, 1750)
    assert newest["previous_balance_cents"] == -2000


async def test_a_closed_day_receives_nothing_more_whoever_writes(priced, cashier):
    family_id, _ = await an_invoice(priced, cashier)
    await pay(priced, cashier, family_id, 1000, "cash")
    await pay(priced, cashier, family_id, 500, "cheque")
    body = {"day": "2026-11-24"}
    closed = await priced.client.post("/v1/staff/cash-closings", json=body, headers=cashier)
    assert closed.json()["totals"] == {"cash": 1000, "cheque": 500}
    again = await priced.client.post("/v1/staff/cash-closings", json=body, headers=cashier)
    assert again.json()["closed_at"] == closed.json()["closed_at"]
    assert (await pay(priced, cashier, family_id, 100)).status_code == 409
    address = "/v1/staff/cash-journal?first=2026-11-01&last=2026-11-30"
    journal = (await priced.client.get(address, headers=cashier)).json()
    assert (journal["closed_until"], journal["total"]) == ("2026-11-24", 2)
    with pytest.raises(DBAPIError, match="closed"):
        async with priced.runtime.database.transaction() as transaction:
            await transaction.connection.execute(
                text(
                    "INSERT INTO payments SELECT gen_random_uuid(), 'x', cash_office, year, 99,"
                    " family_id, payer_id, kind, method, amount_cents, received_on, reference,"
                    " recorded_at, recorded_by FROM payments LIMIT 1"
                )
            )


async def test_a_deposit_slip_takes_each_payment_once(priced, cashier):
    family_id, _ = await an_invoice(priced, cashier)
    for cents in (1000, 700):
        await pay(priced, cashier, family_id, cents, reference="Chèque 0012")
    await pay(priced, cashier, family_id, 300, "cash")
    body = {"deposit_id": str(new_id()), "method": "cheque"}
    for _ in range(2):
        made = await priced.client.post("/v1/staff/deposits", json=body, headers=cashier)
        assert made.status_code == 201
    other = body | {"deposit_id": str(new_id())}
    refused = await priced.client.post("/v1/staff/deposits", json=other, headers=cashier)
    assert refused.status_code == 409
    address = f"/v1/staff/deposits/{body['deposit_id']}/document"
    words = words_of(await priced.client.get(address, headers=cashier))
    assert "2 règlements" in words
    assert "17,00 €" in words


async def test_the_late_are_reminded_once_a_step_unless_a_plan_runs(priced, cashier):
    family_id, invoice = await an_invoice(priced, cashier)
    other, _ = await an_invoice(priced, cashier, period="2026-12")
    priced.runtime.clock.advance(timedelta(days=60))
    plan = {"plan_id": str(new_id()), "parts": 3, "first_on": "2027-01-31"}
    agreed = await priced.client.post(
        f"/v1/staff/families/{other}/instalments", json=plan, headers=cashier
    )
    assert [(part["due_on"], part["amount_cents"]) for part in agreed.json()["items"]] == [
        ("2027-01-31", 1000),
        ("2027-02-28", 1000),
        ("2027-03-31", 1000),
    ]
    listed = (await priced.client.get("/v1/staff/overdue", headers=cashier)).json()["items"]
    assert {item["family_id"]: item["next_step"] for item in listed} == {
        str(family_id): 1,
        str(other): None,
    }
    sent = await priced.client.post("/v1/staff/reminders", json={}, headers=cashier)
    (reminder_id,) = sent.json()["reminder_ids"]
    again = await priced.client.post("/v1/staff/reminders", json={}, headers=cashier)
    assert again.json()["reminder_ids"] == []
    address = f"/v1/staff/reminders/{reminder_id}/document"
    words = words_of(await priced.client.get(address, headers=cashier))
    assert "Rappel" in words
    assert invoice["number"] in words
    told = await priced.rows("SELECT count(*) FROM outbox WHERE type = 'billing.reminder.sent.v1'")
    assert told == [(1,)]


async def test_the_tax_certificate_counts_care_that_was_paid_for_the_under_six(priced, cashier):
    # Twelve meals at 2,60 € of which 1,00 € is care.
    days = [date(2026, 11, day) for day in range(2, 14)]
    family_id, _ = await an_invoice(priced, cashier, days, rate_code="canteen")
    await pay(priced, cashier, family_id, 10_000, "transfer")
    parent = parent_of(priced, family_id)
    address = "/v1/me/tax-certificate?year=2026"
    words = words_of(await priced.client.get(address, headers=parent))
    assert "Lou Noisetier" in words
    assert "Total payé 12,00 €" in words
    empty = words_of(await priced.client.get("/v1/me/tax-certificate?year=2027", headers=parent))
    assert "Aucune dépense" in empty
