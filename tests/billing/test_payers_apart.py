"""Payers who are billed apart each read their own bills; the shared access reads neither's."""

import io
from datetime import date, timedelta

import pypdf
import pytest

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id
from portail_contracts.accounts import GuardianName, PayerShare

from .examples import Booking, child, family
from .months import SINCE, WEDNESDAYS, issue, prepare


@pytest.fixture
async def genet(priced, cashier):
    """Maud pays even weeks, Youssef odd ones; each has an own access, beside the shared one."""
    family_id, maud, youssef = new_id(), new_id(), new_id()
    names = ((maud, "Maud"), (youssef, "Youssef"))
    lou = child(family_id, born_on=date(2022, 5, 3))
    known = family(
        family_id,
        SINCE,
        guardians=tuple(
            GuardianName(
                guardian_id=who,
                given_name=name,
                family_name="Genêt",
                is_payer=True,
                address=(f"Chez {name}", "38110 Val d’Arbelle"),
            )
            for who, name in names
        ),
        payers=(
            PayerShare(guardian_id=maud, weeks="even", share_per_mille=1000),
            PayerShare(guardian_id=youssef, weeks="odd", share_per_mille=1000),
        ),
    )
    await priced.handle(known, lou)
    days = [*WEDNESDAYS, WEDNESDAYS[-1] - timedelta(days=35)]
    for day in days:
        booking = Booking(family_id, day)
        booking.fields["child_id"] = lou.child_id
        await priced.handle(booking.confirmed(1))
    await issue(priced, cashier, await prepare(priced, cashier))

    def reader(guardian_id):
        family_access = frozenset({Audience.FAMILY})
        who = Principal(str(new_id()), "x", family_access, family_id, guardian_id=guardian_id)
        return priced.signed_in(who)

    return family_id, {"maud": reader(maud), "youssef": reader(youssef), "shared": reader(None)}


async def test_each_payer_reads_the_own_bills_and_nobody_elses(priced, cashier, genet):
    family_id, readers = genet
    owed = dict(await priced.rows("SELECT debtor->>'name', total_cents FROM invoices ORDER BY 1"))
    assert len(owed) == 2

    async def get(path, who):
        return await priced.client.get(f"/v1/me/{path}", headers=readers[who])

    seen = {}
    for who, name in (("maud", "Maud Genêt"), ("youssef", "Youssef Genêt")):
        (item,) = (await get("invoices", who)).json()["items"]
        seen[who] = item["invoice_id"]
        summary = (await get("summary", who)).json()
        assert item["total_cents"] == summary["balance_cents"] == owed[name]
        assert not summary["others_apart"]
        statement = (await get("statement", who)).json()
        assert (statement["balance_cents"], statement["total"]) == (owed[name], 1)
    shared = (await get("summary", "shared")).json()
    assert (shared["balance_cents"], shared["unpaid"], shared["others_apart"]) == (0, [], True)
    assert (await get("statement", "shared")).json()["total"] == 0
    for who in ("youssef", "shared"):
        for path in ("", "/document"):
            assert (await get(f"invoices/{seen['maud']}{path}", who)).status_code == 404
    everything = await priced.client.get(
        f"/v1/staff/families/{family_id}/statement", headers=cashier
    )
    assert everything.json()["balance_cents"] == sum(owed.values())


async def test_a_payers_receipt_and_certificate_are_the_payers_own(priced, cashier, genet):
    family_id, readers = genet
    ((payer_id, cents),) = await priced.rows(
        "SELECT payer_id, total_cents FROM invoices WHERE debtor->>'name' = 'Maud Genêt'"
    )
    body = {"payment_id": str(new_id()), "method": "cheque", "amount_cents": cents}
    paid = await priced.client.post(
        f"/v1/staff/families/{family_id}/payments",
        json={**body, "payer_id": str(payer_id)},
        headers=cashier,
    )
    assert paid.status_code == 201
    address = f"/v1/me/payments/{body['payment_id']}/receipt"
    found = [
        (await priced.client.get(address, headers=readers[who])).status_code
        for who in ("maud", "youssef", "shared")
    ]
    assert found == [200, 404, 404]
    for who, amount in (("maud", cents), ("youssef", 0)):
        paper = await priced.client.get("/v1/me/tax-certificate?year=2026", headers=readers[who])
        words = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
        assert f"{who.capitalize()} Genêt" in words
        assert (f"{cents // 100},{cents % 100:02d}" in words) == bool(amount)
        assert ("Aucune dépense" in words) == (not amount)


async def test_each_payer_has_a_plan_of_the_own_debts(priced, cashier, genet):
    """The other payer neither reads it nor is spared a reminder by it."""
    family_id, readers = genet
    rows = await priced.rows("SELECT debtor->>'name', payer_id, total_cents FROM invoices")
    payers = {name.split()[0].lower(): (payer_id, cents) for name, payer_id, cents in rows}
    priced.runtime.clock.advance(timedelta(days=60))
    address = f"/v1/staff/families/{family_id}/instalments"

    async def agree(who, plan_id, parts=3):
        payer_id = str(payers[who][0]) if who else None
        terms = {"plan_id": plan_id, "parts": parts, "first_on": "2027-01-31"}
        body = {**terms, "payer_id": payer_id}
        return await priced.client.post(address, json=body, headers=cashier)

    plan_id = str(new_id())
    first, again = await agree("maud", plan_id), await agree("maud", plan_id)
    assert first.status_code == 201
    assert first.json() == again.json()
    assert sum(part["amount_cents"] for part in first.json()["items"]) == payers["maud"][1]
    assert {part["payer_name"] for part in first.json()["items"]} == {"Maud Genêt"}
    assert (await agree("youssef", plan_id)).status_code == 409
    assert (await agree(None, str(new_id()))).status_code == 422  # nothing is owed together

    read = {
        who: (await priced.client.get("/v1/me/instalments", headers=headers)).json()["items"]
        for who, headers in readers.items()
    }
    assert read == {"maud": first.json()["items"], "youssef": [], "shared": []}
    for who, shown in (("maud", True), ("youssef", False)):
        paper = await priced.client.get("/v1/me/statement/document", headers=readers[who])
        words = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
        assert ("Échéancier accordé" in words) == shown
    late = (await priced.client.get("/v1/staff/overdue", headers=cashier)).json()["items"]
    assert {one["payer_name"]: (one["has_plan"], one["next_step"]) for one in late} == {
        "Maud Genêt": (True, None),
        "Youssef Genêt": (False, 1),
    }
    # A second plan stands beside the first; one that is over is shown no more.
    assert (await agree("youssef", str(new_id()), parts=2)).status_code == 201
    staff = (await priced.client.get(address, headers=cashier)).json()["items"]
    assert len(staff) == 5
    priced.runtime.clock.advance(timedelta(days=50))
    staff = (await priced.client.get(address, headers=cashier)).json()["items"]
    assert {one["payer_name"] for one in staff} == {"Maud Genêt"}
