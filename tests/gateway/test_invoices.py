"""Papers that billing prints reach the family as they are; another family's do not exist."""

import html
from typing import Any

from aiohttp import web

INVOICE = "0197a000-0000-7000-8000-0000000000e1"

PDF = b"%PDF-1.4 \x00\xff\n%%EOF"


async def test_an_archived_invoice_is_passed_on_byte_for_byte(family: Any, services: Any) -> None:
    headers = {"Content-Disposition": 'inline; filename="facture.pdf"', "ETag": '"abc"'}
    services.billing.answers[f"GET /v1/me/invoices/{INVOICE}/document"] = (
        200,
        web.Response(body=PDF, content_type="application/pdf", headers=headers),
    )

    answer = await family.get(f"/factures/{INVOICE}/document")

    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["etag"] == '"abc"'


async def test_another_familys_invoice_is_a_page_that_does_not_exist(
    family: Any, services: Any
) -> None:
    services.billing.answers[f"GET /v1/me/invoices/{INVOICE}"] = (404, {})

    assert (await family.get(f"/factures/{INVOICE}")).status_code == 404
    assert (await family.get("/factures/not-an-id/document")).status_code == 404


async def test_the_page_leads_to_the_paper_and_to_its_archive(family: Any) -> None:
    page = html.unescape((await family.get(f"/factures/{INVOICE}")).text)
    assert f'href="/messages/nouveau?sujet=facture:{INVOICE}"' in page

    assert f'href="/factures/{INVOICE}/document" download="facture-RE-2026-000123.pdf"' in page


def words(page: str) -> str:
    """Without the kinds of spaces."""
    return " ".join(html.unescape(page).split())


TO_PAY = f"POST /v1/me/invoices/{INVOICE}/online-payment"


async def test_an_invoice_is_paid_on_the_treasurys_page(family: Any, services: Any) -> None:
    address = f"/factures/{INVOICE}"
    page = (await family.get(address)).text
    assert "Paiement en ligne : non disponible." in words(page)
    assert f"{address}/payer" not in page

    known = services.billing.answers[f"GET /v1/me/invoices/{INVOICE}"]
    services.billing.answers[f"GET /v1/me/invoices/{INVOICE}"] = {**known, "online_payment": True}
    page = (await family.get(address)).text
    assert "Payer 22,50 € en ligne" in words(page)

    services.billing.answers[TO_PAY] = (422, {"type": "urn:portail:problem:portail.invalid"})
    again = await family.submit(f"{address}/payer", page, email="camille@nulle-part")
    assert again.status_code == 422
    assert 'value="camille@nulle-part"' in again.text
    assert "Écrivez une adresse électronique" in again.text
    services.billing.answers[TO_PAY] = (503, {})
    away = await family.submit(f"{address}/payer", page, email="camille@exemple.fr")
    assert "Le service de paiement ne répond pas" in away.text

    place = "https://payfip.example/pay?idop=op-1"
    services.billing.answers[TO_PAY] = {"url": place, "amount_cents": 2250}
    led = await family.submit(f"{address}/payer", page, email="camille@exemple.fr")
    assert f'href="{place}"' in led.text
    services.billing.answers[f"{TO_PAY}/outcome"] = {"state": "paid"}
    back = await family.get(f"/paiement/retour?facture={INVOICE}")
    assert "Votre paiement est enregistré" in back.text
    services.billing.answers[f"{TO_PAY}/outcome"] = (404, {})
    assert (await family.get(f"/paiement/retour?facture={INVOICE}")).status_code == 404


async def test_the_treasurys_server_needs_no_session_and_is_told_nothing(
    browser: Any, services: Any
) -> None:
    """It posts a form from nowhere; billing asks the treasury itself what became of it."""
    address = "/paiement/notification"
    services.billing.answers["POST /v1/payment-notifications"] = {"state": "paid"}
    for asked in (
        browser.post(address, data={"idop": "op-00000001"}),
        browser.get(f"{address}?idop=op-00000001"),
    ):
        assert (await asked).text == "reçu"
    told = services.billing.asked("POST", "/v1/payment-notifications")
    assert [one.body for one in told] == [b'{"id_op": "op-00000001"}'] * 2
    services.billing.answers["POST /v1/payment-notifications"] = (422, {})
    assert (await browser.post(address, data={"idop": "?"})).text == "reçu"
    services.billing.answers["POST /v1/payment-notifications"] = (503, {})
    assert (await browser.post(address, data={"idop": "op-1"})).status_code == 503
    # Nothing else is let through without a form of ours.
    assert (await browser.post(f"{address}/x")).status_code in (401, 403)
