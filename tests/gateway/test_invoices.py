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
