"""Last month billed, some of it paid, one family late: what the cash office finds in the demo."""

import asyncio
from datetime import date, timedelta
from typing import Any

from chassis.identifiers import new_id
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller

PATIENCE = 100
"""Looks, a fifth of a second apart, while the bookings travel to billing."""
QUIET = 6
"""Looks in a row that find nothing new: then all have arrived."""

PAID = {
    # family: (method, reference, share of the invoice in hundredths)
    "Noisetier": ("cheque", "Crédit Agricole 0048213", 100),
    "Bleuet": ("transfer", "VIR BLEUET", 100),
    "Sureau": ("holiday_vouchers", "", 40),
    "Mélèze": ("cash", "", 100),
    "Aubépine": ("cheque", "La Banque Postale 1190", 120),
}
LATE = ("Érable", 5860)
"""Owed since long ago, in cents, beside the amount under the threshold."""


async def record(
    cash_office: Caller, families: dict[str, Any], today: date, earliest: date
) -> None:
    """`earliest` is the first day that was booked: the month before it has nothing to bill."""
    await _late(cash_office, families[LATE[0]], today)
    period = (today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    if f"{earliest:%Y-%m}" > period:
        return
    await _heard(cash_office, period)
    run = {
        "run_id": str(new_id()),
        "period": period,
        "issued_on": min(today, today.replace(day=3)).isoformat(),
    }
    await cash_office.post(Context.BILLING, "/v1/staff/runs", run)
    await cash_office.post(Context.BILLING, f"/v1/staff/runs/{run['run_id']}/issue", {})
    for name in PAID:
        await _pay(cash_office, name, families[name]["family_id"], period, today)


async def _late(cash_office: Caller, family: dict[str, Any], today: date) -> None:
    """An invoice of the former software that was never paid, and its first reminder."""
    issued = today.replace(day=1) - timedelta(days=90)
    path = f"/v1/staff/families/{family['family_id']}/imported-invoices"
    await cash_office.post(
        Context.BILLING,
        path,
        {
            "number": f"{issued.year}-004102",
            "period": issued.strftime("%Y-%m"),
            "issued_on": issued.isoformat(),
            "due_on": (issued + timedelta(days=30)).isoformat(),
            "total_cents": LATE[1],
            "paid_cents": 0,
        },
    )
    await cash_office.post(Context.BILLING, "/v1/staff/reminders", {"invoice_ids": []})


async def _heard(cash_office: Caller, period: str) -> None:
    """Until billing has heard of the month's bookings, and no more arrive."""
    before, quiet = -1, 0
    for _ in range(PATIENCE):
        answer = await cash_office.get(Context.BILLING, "/v1/staff/billing-monitor", month=period)
        days = sum(row["days"] for row in answer["items"])
        quiet = quiet + 1 if days and days == before else 0
        if quiet == QUIET:
            return
        before = days
        await asyncio.sleep(0.2)


async def _pay(cash_office: Caller, name: str, family_id: str, period: str, today: date) -> None:
    method, reference, hundredths = PAID[name]
    found = await cash_office.get(Context.BILLING, f"/v1/staff/families/{family_id}/invoices")
    for invoice in found["items"]:
        if invoice["period"] != period or not invoice["has_document"]:
            continue
        total = invoice["total_cents"]
        body = {
            "payment_id": str(new_id()),
            "method": method,
            "amount_cents": max(1, total * hundredths // 100),
            "received_on": max(today - timedelta(days=6), today.replace(day=1)).isoformat(),
            "reference": reference,
            "parts": [
                {
                    "invoice_id": invoice["invoice_id"],
                    "cents": max(1, total * min(hundredths, 100) // 100),
                }
            ],
        }
        path = f"/v1/staff/families/{family_id}/payments"
        await cash_office.post(Context.BILLING, path, body)
