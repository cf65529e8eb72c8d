"""A month from draft to archived invoices, on a real database."""

import asyncio
import io
from datetime import date
from hashlib import sha256

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from billing.archivist import archive_some
from billing.domain.invoicing import is_carried_over
from billing.domain.pricing import NoRate
from billing.domain.splitting import Payer, Weeks, split_cents, split_line
from billing.use_cases.create_rate_grid import create_rate_grid
from chassis.identifiers import new_id
from portail_contracts.accounts import GuardianName, PayerShare

from .examples import DAY_PRICES, NOON, Booking, family, grid
from .months import WEDNESDAYS, a_family, invoices_of, issue, parent_of, prepare


async def test_a_month_is_drafted_issued_printed_archived_and_read(priced, cashier):
    family_id, bookings = await a_family(priced, WEDNESDAYS)
    await priced.handle(bookings[3].absent(1))
    run = await prepare(priced, cashier)
    assert (run["state"], run["invoices"], run["total_cents"]) == ("draft", 1, 3 * 750)
    assert await invoices_of(priced, family_id) == []
    done = await issue(priced, cashier, run)
    assert (done["state"], done["waiting_documents"]) == ("issued", 1)
    (item,) = await invoices_of(priced, family_id)
    assert (item["number"], item["remaining_cents"]) == ("RE-2026-000001", 2250)
    assert await archive_some(priced.runtime) == 1
    assert (await issue(priced, cashier, run))["waiting_documents"] == 0

    parent = parent_of(priced, family_id)
    address = f"/v1/me/invoices/{item['invoice_id']}"
    page = (await priced.client.get(address, headers=parent)).json()
    assert page["debtor_name"] == "Mme Camille Noisetier"
    assert page["debtor_address"] == ["3 rue des Lilas", "38110 Val-d’Arbelle"]
    ((row,),) = [c["rows"] for c in page["children"]]
    assert (row["quantity"], row["unit_cents"], row["amount_cents"]) == (3, 750, 2250)
    assert "Tranche T2, quotient familial 540" in row["explanation"]
    assert page["online_payment"] is False
    first = await priced.client.get(f"{address}/document", headers=parent)
    again = await priced.client.get(f"{address}/document", headers=parent)
    assert first.content == again.content
    assert first.headers["ETag"] == f'"{sha256(first.content).hexdigest()}"'
    words = " ".join(pypdf.PdfReader(io.BytesIO(first.content)).pages[0].extract_text().split())
    for expected in (
        "RE-2026-000001",
        "Mme Camille Noisetier",
        "4, 11, 18 (novembre 2026)",
        "22,50 €",
        "Solde antérieur",
        "Paiement en ligne : non disponible",
        "Page 1 / 1",
    ):
        assert expected in words, words
    stranger = parent_of(priced, new_id())
    for where in (address, f"{address}/document"):
        assert (await priced.client.get(where, headers=stranger)).status_code == 404
    told = await priced.rows("SELECT type FROM outbox ORDER BY position DESC LIMIT 2")
    assert {kind for (kind,) in told} == {"billing.invoice.issued.v1", "billing.balance.changed.v1"}


async def test_pressed_twice_at_once_a_run_is_issued_once(priced, cashier):
    for _ in range(3):
        await a_family(priced, WEDNESDAYS)
    run = await prepare(priced, cashier)
    await asyncio.gather(*(issue(priced, cashier, run) for _ in range(4)))
    numbers = await priced.rows("SELECT number FROM invoices ORDER BY 1")
    assert [n for (n,) in numbers] == [f"RE-2026-00000{n}" for n in (1, 2, 3)]
    balance = "SELECT sum(amount_cents) FROM ledger_entries WHERE account = 'receivable'"
    assert await priced.rows(balance) == [(3 * 3000,)]


async def test_small_amounts_wait_and_come_with_the_next_run(priced, cashier):
    family_id, _ = await a_family(priced, WEDNESDAYS[:1])
    run = await prepare(priced, cashier)
    assert (run["invoices"], run["carried"], run["carried_cents"]) == (0, 1, 750)
    await issue(priced, cashier, run)
    assert await invoices_of(priced, family_id) == []
    await priced.handle(Booking(family_id, date(2026, 12, 2)).confirmed(1))
    await issue(priced, cashier, await prepare(priced, cashier, "2026-12"))
    (item,) = await invoices_of(priced, family_id)
    assert item["total_cents"] == 1500


async def test_an_absence_accepted_after_the_invoice_is_a_credit_on_the_next(priced, cashier):
    family_id, bookings = await a_family(priced, WEDNESDAYS)
    await issue(priced, cashier, await prepare(priced, cashier))
    await priced.handle(bookings[0].absent(1))
    december = [date(2026, 12, 2), date(2026, 12, 9), date(2026, 12, 16)]
    await priced.handle(*(Booking(family_id, day).confirmed(1) for day in december))
    await issue(priced, cashier, await prepare(priced, cashier, "2026-12"))
    newest, first = await invoices_of(priced, family_id)
    assert (first["total_cents"], newest["total_cents"]) == (3000, 2 * 750)
    assert newest["previous_balance_cents"] == 3000


async def test_a_draft_is_disposable_and_only_one_at_a_time(priced, cashier):
    await a_family(priced, WEDNESDAYS)
    run = await prepare(priced, cashier)
    body = {"run_id": str(new_id()), "period": "2026-11"}
    other = await priced.client.post("/v1/staff/runs", json=body, headers=cashier)
    assert other.status_code == 409
    same = await priced.client.post(
        "/v1/staff/runs", json={"run_id": run["run_id"], "period": "2026-11"}, headers=cashier
    )
    assert same.json()["run_id"] == run["run_id"]
    address = f"/v1/staff/runs/{run['run_id']}/cancel"
    assert (await priced.client.post(address, headers=cashier)).json()["state"] == "cancelled"
    issued = await priced.client.post(f"/v1/staff/runs/{run['run_id']}/issue", headers=cashier)
    assert issued.status_code == 409
    again = await prepare(priced, cashier)
    assert again["total_cents"] == 3000


async def test_staff_are_warned_of_what_is_unusual(priced, cashier):
    family_id = new_id()
    priced.accounts.families[family_id] = family(family_id).model_dump(mode="json")
    await priced.handle(family(family_id))
    await priced.handle(*(Booking(family_id, day).confirmed(1) for day in WEDNESDAYS))
    await a_family(priced, WEDNESDAYS)
    run = await prepare(priced, cashier)
    assert run["warned"] == 1
    address = f"/v1/staff/runs/{run['run_id']}/invoices"
    warned = (await priced.client.get(f"{address}?warned=true", headers=cashier)).json()
    (item,) = warned["items"]
    assert item["warnings"] == ["missing_quotient", "no_address"]
    assert (await priced.client.get(address, headers=cashier)).json()["total"] == 2


async def test_payers_of_alternating_custody_are_billed_apart_to_the_cent(priced, cashier):
    one, two = new_id(), new_id()
    both = tuple(
        GuardianName(
            guardian_id=who, given_name=name, family_name="Genêt", is_payer=True, address=("x",)
        )
        for who, name in ((one, "Anne"), (two, "Marc"))
    )
    _, bookings = await a_family(
        priced,
        WEDNESDAYS,
        guardians=both,
        payers=(
            PayerShare(guardian_id=one, weeks="even", share_per_mille=1000),
            PayerShare(guardian_id=two, weeks="odd", share_per_mille=1000),
        ),
    )
    await issue(priced, cashier, await prepare(priced, cashier))
    rows = await priced.rows("SELECT debtor->>'name', total_cents FROM invoices ORDER BY 1")
    assert rows == [("Anne Genêt", 1500), ("Marc Genêt", 1500)]
    # What is taken back is given back to who paid it.
    await priced.handle(bookings[0].absent(1), bookings[2].absent(1))
    await issue(priced, cashier, await prepare(priced, cashier, "2026-12"))
    rows = await priced.rows(
        "SELECT debtor->>'name', total_cents FROM invoices WHERE period = '2026-12'"
    )
    assert rows == [("Anne Genêt", -1500)] or rows == [("Marc Genêt", -1500)]


async def test_a_credit_note_takes_lines_back_once_and_may_bill_them_again(priced, cashier):
    family_id, _ = await a_family(priced, WEDNESDAYS)
    await issue(priced, cashier, await prepare(priced, cashier))
    ((invoice_id,),) = await priced.rows("SELECT invoice_id FROM invoices")
    ((line,), *_) = await priced.rows("SELECT charge_line_id FROM invoice_lines ORDER BY 1")
    address = f"/v1/staff/invoices/{invoice_id}/credit-notes"
    order = {
        "credit_note_id": str(new_id()),
        "charge_line_ids": [str(line)],
        "reason": "Facturé par erreur.",
    }
    for _ in range(2):
        note = await priced.client.post(address, json=order, headers=cashier)
        assert (note.status_code, note.json()["number"]) == (201, "AV-RE-2026-000001")
    assert note.json()["total_cents"] == 750
    parent = parent_of(priced, family_id)
    paper = f"/v1/me/credit-notes/{order['credit_note_id']}/document"
    assert await archive_some(priced.runtime) == 2
    first = await priced.client.get(paper, headers=parent)
    again = await priced.client.get(paper.replace("/me/", "/staff/"), headers=cashier)
    assert first.content == again.content
    assert first.headers["ETag"] == f'"{sha256(first.content).hexdigest()}"'
    words = " ".join(pypdf.PdfReader(io.BytesIO(first.content)).pages[0].extract_text().split())
    for expected in ("AV-RE-2026-000001", "RE-2026-000001", "Facturé par erreur.", "7,50 €"):
        assert expected in words
    stranger = parent_of(priced, new_id())
    assert (await priced.client.get(paper, headers=stranger)).status_code == 404
    days = await priced.client.get(f"/v1/staff/invoices/{invoice_id}/lines", headers=cashier)
    assert sorted(day["credited"] for day in days.json()["items"]) == [False] * 3 + [True]
    other = order | {"credit_note_id": str(new_id())}
    assert (await priced.client.post(address, json=other, headers=cashier)).status_code == 422
    rest = {"credit_note_id": str(new_id()), "reason": "À refaire.", "rebill": True}
    await priced.client.post(address, json=rest, headers=cashier)
    (item,) = await invoices_of(priced, family_id)
    assert item["remaining_cents"] == 0
    run = await prepare(priced, cashier)
    assert run["total_cents"] == 2250


async def test_the_monitor_puts_every_confirmed_day_in_a_column(priced, cashier):
    _, bookings = await a_family(priced, WEDNESDAYS)
    await a_family(priced, WEDNESDAYS[:1])
    await priced.handle(bookings[0].cancelled(2))
    address = "/v1/staff/billing-monitor?month=2026-11"

    async def columns():
        ((row),) = (await priced.client.get(address, headers=cashier)).json()["items"]
        names = ("days", "invoiced", "in_draft", "carried", "not_invoiced", "not_owed")
        return tuple(row[name] for name in names)

    assert await columns() == (5, 0, 0, 0, 4, 1)
    run = await prepare(priced, cashier)
    assert await columns() == (5, 0, 3, 1, 0, 1)
    await issue(priced, cashier, run)
    assert await columns() == (5, 3, 0, 0, 1, 1)


async def test_a_day_without_a_rate_is_in_the_monitor_until_it_is_priced(priced, cashier):
    family_id, _ = await a_family(priced)
    booking = Booking(family_id, WEDNESDAYS[0])
    address = "/v1/staff/billing-monitor?month=2026-11"

    async def waiting():
        return (await priced.client.get(address, headers=cashier)).json()["unpriced"]

    for _ in range(2):
        with pytest.raises(NoRate):
            await priced.handle(booking.confirmed(1, "camp"))
    (missing,) = await waiting()
    assert (missing["rate_code"], missing["days"], missing["families"]) == ("camp", 1, 1)
    async with priced.runtime.database.transaction() as transaction:
        await create_rate_grid(transaction, grid("camp", DAY_PRICES, 0), "test", NOON)
    await priced.handle(booking.confirmed(1, "camp"))
    assert await waiting() == []


CHANGES = [
    f"{change} {table}{rest}"
    for table, column in (
        ("invoices", "total_cents"),
        ("invoice_lines", "amount_cents"),
        ("archived_documents", "sha256"),
    )
    for change, rest in (("UPDATE", f" SET {column} = {column}"), ("DELETE FROM", ""))
]


@pytest.mark.parametrize("statement", CHANGES)
async def test_what_was_issued_cannot_be_changed(priced, statement):
    with pytest.raises(DBAPIError, match="permission denied"):
        async with priced.runtime.database.transaction() as transaction:
            await transaction.connection.execute(text(statement))


WEIGHTS = st.lists(st.integers(1, 1000), min_size=1, max_size=5)


@given(st.integers(-(10**7), 10**7), WEIGHTS)
def test_no_cent_is_lost_and_none_is_far_from_its_share(total, weights):
    parts = split_cents(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1
    assert split_cents(-total, weights) == [-part for part in parts]


@given(
    st.lists(st.tuples(st.sampled_from(Weeks), st.integers(1, 1000)), min_size=1, max_size=4),
    st.dates(date(2020, 1, 1), date(2032, 12, 31)),
    st.integers(0, 10**5),
    st.integers(0, 10**5),
)
def test_every_day_is_paid_in_full_whatever_the_weeks(shares, day, care, food):
    payers = [Payer(new_id(), weeks, share) for weeks, share in shares]
    found = split_line(payers, day, care, food)
    assert sum(share.care_cents for share in found) == care
    assert sum(share.food_cents for share in found) == food


@given(st.lists(st.integers(-3000, 6000), max_size=12))
def test_what_is_carried_over_is_asked_later_and_never_lost(months):
    waiting = asked = 0
    for total in months:
        waiting += total
        if not is_carried_over(waiting, asked, 1500):
            asked, waiting = asked + waiting, 0
    assert asked + waiting == sum(months)
    assert 0 <= waiting < 1500
