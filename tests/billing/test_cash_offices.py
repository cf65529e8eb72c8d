"""Several cash offices, each with its prices, its numbers and its journal."""

import io
from datetime import date

import pypdf

from billing.settings import CashOffice

from .examples import Booking
from .months import WEDNESDAYS, a_family, invoices_of, issue, pay, prepare


async def test_each_cash_office_bills_its_codes_and_keeps_its_journal(priced, cashier):
    priced.runtime.settings.cash_offices = (
        CashOffice(code="CA", label="Régie cantine", rate_codes=("canteen",)),
        CashOffice(code="AL", label="Régie accueil"),
    )
    listed = await priced.client.get("/v1/staff/cash-offices", headers=cashier)
    assert [one["code"] for one in listed.json()["items"]] == ["CA", "AL"]
    family_id, _ = await a_family(priced, WEDNESDAYS)
    meals = [Booking(family_id, date(2026, 11, day)) for day in range(2, 8)]
    await priced.handle(*(meal.confirmed(1, "canteen") for meal in meals))
    for office, total in (("", 6 * 260), ("AL", 3000)):
        run = await prepare(priced, cashier, cash_office=office)
        assert run["total_cents"] == total
        await issue(priced, cashier, run)
    numbers = {item["number"] for item in await invoices_of(priced, family_id)}
    assert numbers == {"CA-2026-000001", "AL-2026-000001"}
    paid = await pay(priced, cashier, family_id, 1000, cash_office="AL", reference="Chèque 12")
    assert paid.json()["number"] == "Q-AL-2026-000001"
    days = {"first": "2026-11-24", "last": "2026-11-24"}
    for office, count, said in (("AL", 1, "10,00 €"), ("", 0, "Aucun règlement.")):
        asked = {"params": days | {"cash_office": office}, "headers": cashier}
        found = await priced.client.get("/v1/staff/cash-journal", **asked)
        assert found.json()["total"] == count
        paper = await priced.client.get("/v1/staff/cash-journal/document", **asked)
        words = pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
        assert said in " ".join(words.split())
