"""Online payment: not available unless a contract is set; with one, against a server that plays
the treasury as domain.md describes it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from billing.paying import PayfipSettings
from chassis.identifiers import new_id
from portail_local.servers import free_port

from .months import an_invoice, invoices_of, parent_of


@dataclass
class Treasury:
    """Creates operations and tells what became of them; refuses what PayFiP refuses."""

    url: str = ""
    operations: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, str] = field(default_factory=dict)
    away: bool = False

    async def create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        fits = (
            len(asked["numcli"]) == 6
            and 6 <= len(asked["refdet"]) <= 30
            and asked["refdet"].isalnum()
            and asked["montant"] >= 100
            and len(asked["objet"]) <= 99
            and 6 <= len(asked["mel"]) <= 80
            and asked["saisie"] in ("T", "X", "W")
        )
        if self.away or not fits:
            return web.json_response({"error": "no"}, status=503 if self.away else 400)
        id_op = f"op-{len(self.operations):08d}"
        self.operations[id_op] = asked
        return web.json_response({"idOp": id_op})

    async def detail(self, request: web.Request) -> web.Response:
        id_op = (await request.json())["idOp"]
        if self.away or id_op not in self.results:
            return web.json_response({"error": "pending"}, status=404)
        asked = self.operations[id_op]
        return web.json_response(
            {
                "idOp": id_op,
                "resultrans": self.results[id_op],
                "refdet": asked["refdet"],
                "montant": asked["montant"],
            }
        )


@pytest.fixture
async def treasury(billing: Any, socket_enabled: None) -> AsyncIterator[Treasury]:
    played = Treasury()
    application = web.Application()
    application.router.add_post("/operations", played.create)
    application.router.add_post("/operations/detail", played.detail)
    runner = web.AppRunner(application)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    played.url = f"http://127.0.0.1:{port}"
    billing.runtime.settings.payfip = PayfipSettings(
        numcli="012345", service_url=played.url, payment_url="https://payfip.example/pay"
    )
    yield played
    await runner.cleanup()


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
    assert sent.json() == {"url": "https://payfip.example/pay?idop=op-00000000"}
    asked = treasury.operations["op-00000000"]
    assert (asked["montant"], asked["refdet"]) == (3000, "RE2026000001")

    async def notify(id_op="op-00000000"):
        return await priced.client.post("/v1/payment-notifications", json={"id_op": id_op})

    # A hint that the treasury does not confirm changes nothing.
    assert (await notify()).status_code == 503
    assert (await notify("op-99999999")).json() == {"state": "unknown"}
    treasury.results["op-00000000"] = "P"
    for _ in range(3):
        assert (await notify()).json() == {"state": "paid"}
    (item,) = await invoices_of(priced, family_id)
    assert item["remaining_cents"] == 0
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
