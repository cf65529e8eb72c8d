"""Online payment: not available unless a contract is set; with one, against a server that plays
the treasury as domain.md describes it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from billing.paying import PayfipSettings
from chassis.identifiers import new_id
from support.treasury import Treasury, open_treasury

from .months import an_invoice, invoices_of, parent_of


@pytest.fixture
async def treasury(billing: Any, socket_enabled: None) -> AsyncIterator[Treasury]:
    async with open_treasury() as played:
        billing.runtime.settings.payfip = PayfipSettings(
            numcli="012345", service_url=played.url, payment_url="https://payfip.example/pay"
        )
        yield played


BODY = {"email": "camille@example.org"}


async def test_without_a_contract_every_door_says_so(priced, cashier):
    family_id, invoice = await an_invoice(priced, cashier)
    parent = parent_of(priced, family_id)
    address = f"/v1/me/invoices/{invoice['invoice_id']}"
    refused = await priced.client.post(f"{address}/online-payment", json=BODY, headers=parent)
    assert refused.status_code == 503
    assert refused.json()["title"] == "Paiement en ligne non disponible"
    assert (await priced.client.get(address, headers=parent)).json()["online_payment"] is False


async def test_a_payment_counts_once_and_only_when_the_treasury_itself_says_so(
    priced, cashier, treasury
):
    family_id, invoice = await an_invoice(priced, cashier)
    parent = parent_of(priced, family_id)
    address = f"/v1/me/invoices/{invoice['invoice_id']}/online-payment"
    stranger = parent_of(priced, new_id())
    assert (await priced.client.post(address, json=BODY, headers=stranger)).status_code == 404
    sent = await priced.client.post(address, json=BODY, headers=parent)
    assert sent.json() == {
        "url": "https://payfip.example/pay?idop=op-00000000",
        "amount_cents": 3000,
    }
    asked = treasury.operations["op-00000000"]
    assert (asked["montant"], asked["refdet"]) == (3000, "RE2026000001")

    async def notify(id_op="op-00000000"):
        return await priced.client.post("/v1/payment-notifications", json={"id_op": id_op})

    assert asked["urlredirect"].endswith(f"/paiement/retour?facture={invoice['invoice_id']}")

    async def outcome(who):
        return (await priced.client.post(f"{address}/outcome", headers=who)).json()

    assert (await priced.client.post(f"{address}/outcome", headers=stranger)).status_code == 404
    assert await outcome(parent) == {"state": "pending"}
    # A hint that the treasury does not confirm changes nothing, nor another amount or reference.
    assert (await notify()).status_code == 503
    assert (await notify("op-99999999")).json() == {"state": "unknown"}
    treasury.results["op-00000000"] = "P"
    for field, wrong in (("montant", 2999), ("refdet", "RE2026000002")):
        right, asked[field] = asked[field], wrong
        assert (await notify()).status_code == 503
        asked[field] = right
    # The office has closed today: the treasury does not wait for it.
    day = {"day": "2026-11-24"}
    closed = await priced.client.post("/v1/staff/cash-closings", json=day, headers=cashier)
    assert closed.status_code == 201, closed.text
    for _ in range(3):
        assert (await notify()).json() == {"state": "paid"}
    (item,) = await invoices_of(priced, family_id)
    assert item["remaining_cents"] == 0
    assert await outcome(parent) == {"state": "paid"}
    assert await priced.rows("SELECT method, amount_cents FROM payments") == [("card", 3000)]
    again = await priced.client.post(address, json=BODY, headers=parent)
    assert again.status_code == 422


@pytest.mark.parametrize(("result", "state"), [("R", "refused"), ("A", "abandoned")])
async def test_what_was_refused_or_left_leaves_the_invoice_as_it_was(
    priced, cashier, treasury, result, state
):
    family_id, invoice = await an_invoice(priced, cashier)
    parent = parent_of(priced, family_id)
    address = f"/v1/me/invoices/{invoice['invoice_id']}/online-payment"
    await priced.client.post(address, json=BODY, headers=parent)
    treasury.results["op-00000000"] = result
    told = await priced.client.post("/v1/payment-notifications", json={"id_op": "op-00000000"})
    assert told.json() == {"state": state}
    assert (await invoices_of(priced, family_id))[0]["remaining_cents"] == 3000


async def test_a_treasury_that_is_away_is_said(priced, cashier, treasury):
    family_id, invoice = await an_invoice(priced, cashier)
    treasury.away = True
    address = f"/v1/me/invoices/{invoice['invoice_id']}/online-payment"
    answer = await priced.client.post(address, json=BODY, headers=parent_of(priced, family_id))
    assert answer.status_code == 503
