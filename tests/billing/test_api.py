"""Billing's HTTP doors."""

from datetime import date
from uuid import uuid4

import pytest

from chassis.auth import Audience, Principal
from chassis.identifiers import new_id

from .examples import DAY_PRICES, MEAL_CARE, MEAL_PRICES, STARTS, WEDNESDAY, Booking, child, family


@pytest.fixture
def as_family(billing):
    def sign_in(family_id):
        return billing.signed_in(
            Principal(str(new_id()), "Noisetier", frozenset({Audience.FAMILY}), family_id)
        )

    return sign_in


@pytest.fixture
def as_staff(billing):
    def sign_in(*audiences):
        return billing.signed_in(Principal(str(uuid4()), "Agent", frozenset(audiences)))

    return sign_in


def grid_body(code="wednesday_day", units=DAY_PRICES, care=None, **changes):
    rows = zip(STARTS, (*STARTS[1:], None), units, care or units, strict=True)
    bands = [
        {"from": low, "to": end, "label": f"T{n}", "unit_cents": u, "care_cents": c}
        for n, (low, end, u, c) in enumerate(rows, 1)
    ]
    return {
        "code": code,
        "label": "Mercredi journée",
        "valid_from": "2026-09-01",
        "valid_to": None,
        "non_resident_supplement_cents": 400,
        "bands": bands,
        **changes,
    }


@pytest.fixture
async def priced(billing, as_staff):
    cashier = as_staff(Audience.CASH_OFFICE)
    for body in (
        grid_body(),
        grid_body("canteen", MEAL_PRICES, MEAL_CARE, non_resident_supplement_cents=50),
    ):
        answer = await billing.client.post("/v1/staff/rate-grids", json=body, headers=cashier)
        assert answer.status_code == 201, answer.text
    return billing


async def known_family(billing, quotient=640, **changes):
    family_id = new_id()
    await billing.handle(family(family_id, (date(2026, 9, 1), None, quotient), **changes))
    return family_id


async def test_rates_staff_answer_and_charge_line_agree(priced, as_family, as_staff):
    family_id = await known_family(priced, resident=False)
    booking = Booking(family_id)
    await priced.handle(booking.confirmed(1))
    mine = as_family(family_id)
    rates = (await priced.client.get("/v1/me/rates?on=2026-11-25", headers=mine)).json()
    assert (rates["on"], rates["quotient"], rates["resident"]) == ("2026-11-25", 640, False)
    day = next(item for item in rates["items"] if item["rate_code"] == "wednesday_day")
    lines = (await priced.client.get("/v1/me/charge-lines?month=2026-11", headers=mine)).json()
    (line,) = lines["items"]
    asked = await priced.client.get(
        f"/v1/staff/families/{family_id}/price?rate_code=wednesday_day&day={WEDNESDAY}",
        headers=as_staff(Audience.SECRETARIAT),
    )
    assert day["unit_cents"] == line["amount_cents"] == asked.json()["unit_cents"] == 920 + 400
    assert day["explanation"] == line["explanation"] == asked.json()["explanation"]
    assert line["explanation"] == (
        "Tranche T3, quotient familial 640 (depuis le 01/09/2026)."
        " Dont supplément hors territoire\u00a0: 4,00\u00a0€."
    )
    assert line["label"] == "Mercredi journée"
    assert (lines["page"], lines["pages"], lines["total"]) == (1, 1, 1)


async def test_an_unknown_quotient_is_told_as_such(priced, as_family):
    family_id = new_id()
    await priced.handle(family(family_id))
    rates = await priced.client.get("/v1/me/rates", headers=as_family(family_id))
    item = rates.json()["items"][0]
    assert item["explanation"] == "Tranche T8, la plus haute\u00a0: quotient familial non connu."
    assert rates.json()["on"] == "2026-11-24"


async def test_a_reversal_names_its_line_and_a_family_sees_only_its_own(priced, as_family):
    family_id, other = await known_family(priced), await known_family(priced)
    booking = Booking(family_id)
    await priced.handle(booking.confirmed(1), booking.cancelled(2))
    address = "/v1/me/charge-lines?month=2026-11"
    mine = (await priced.client.get(address, headers=as_family(family_id))).json()["items"]
    assert [item["amount_cents"] for item in mine] == [920, -920]
    assert mine[1]["reverses"] == mine[0]["charge_line_id"]
    assert mine[1]["explanation"].startswith("Annulation du montant")
    theirs = (await priced.client.get(address, headers=as_family(other))).json()
    assert (theirs["items"], theirs["total"], theirs["pages"]) == ([], 0, 1)


async def test_lines_come_by_month_and_by_twenty(priced, as_family, as_staff):
    family_id = await known_family(priced)
    days = [date(2026, 11, 1 + n) for n in range(25)] + [date(2026, 12, 1)]
    await priced.handle(*(Booking(family_id, day).confirmed(1) for day in days))
    mine = as_family(family_id)
    address = "/v1/me/charge-lines?month=2026-11&page=2"
    second = (await priced.client.get(address, headers=mine)).json()
    assert (len(second["items"]), second["pages"], second["total"]) == (5, 2, 25)
    service = as_staff(Audience.SERVICE)
    address = f"/v1/internal/families/{family_id}/charge-lines"
    assert (await priced.client.get(address, headers=service)).json()["total"] == 26
    for bad in ("month=2026-13", "month=0000-01", "month=2026-11&page=0", ""):
        answer = await priced.client.get(f"/v1/me/charge-lines?{bad}", headers=mine)
        assert answer.status_code == 422


async def test_overlapping_and_gaping_grids_are_refused(priced, as_staff):
    cashier = as_staff(Audience.ADMIN)
    address = "/v1/staff/rate-grids"
    again = await priced.client.post(address, json=grid_body(), headers=cashier)
    assert again.status_code == 409
    assert again.json()["type"] == "urn:portail:problem:billing.days-already-priced"
    body = grid_body("other")
    del body["bands"][3]
    gaping = await priced.client.post(address, json=body, headers=cashier)
    assert gaping.status_code == 422
    assert gaping.json()["detail"] == "Aucune tranche ne couvre le quotient 800."
    together = {"grids": [grid_body("camp"), grid_body()]}
    refused = await priced.client.post(f"{address}/batch", json=together, headers=cashier)
    assert refused.status_code == 409
    codes = [
        one["code"] for one in (await priced.client.get(address, headers=cashier)).json()["items"]
    ]
    assert "camp" not in codes
    before = grid_body(valid_from="2025-09-01", valid_to="2026-09-01")
    assert (await priced.client.post(address, json=before, headers=cashier)).status_code == 201
    listed = (await priced.client.get(address, headers=cashier)).json()
    assert [item["code"] for item in listed["items"]] == ["canteen", *["wednesday_day"] * 2]
    assert listed["items"][0]["bands"][0]["from"] == 0
    assert listed["items"][0]["bands"][-1]["to"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "a\u0000b"},
        {"label": ""},
        {"code": "Cantine !"},
        {"valid_to": "2026-09-01"},
        {"non_resident_supplement_cents": -1},
        {"non_resident_supplement_cents": 2**40},
        {"bands": []},
    ],
)
async def test_hostile_grids_are_invalid_input(billing, as_staff, changes):
    answer = await billing.client.post(
        "/v1/staff/rate-grids",
        json=grid_body(**changes),
        headers=as_staff(Audience.CASH_OFFICE),
    )
    assert answer.status_code == 422


async def test_the_simulator_says_which_rule_and_answers_suppositions(priced, as_staff):
    family_id = await known_family(priced)
    await priced.handle(*(child(family_id) for _ in range(3)))
    cashier = as_staff(Audience.CASH_OFFICE)
    address = f"/v1/staff/families/{family_id}/price?rate_code=canteen&day=2026-11-25"

    async def ask(supposed=""):
        return (await priced.client.get(address + supposed, headers=cashier)).json()

    known = await ask()
    assert (known["rule"], known["unit_cents"], known["children"]) == ("band", 320, 3)
    assert (await ask("&quotient=1250"))["band_label"] == "T6"
    outside = await ask("&resident=false&quotient=0&children=1")
    assert (outside["unit_cents"], outside["supplement_cents"]) == (250, 50)
    assert (outside["care_cents"], outside["food_cents"]) == (130, 120)


async def test_a_change_is_previewed_and_then_ends_the_previous_grid(priced, as_staff):
    cashier = as_staff(Audience.CASH_OFFICE)
    cheap, dear = [await known_family(priced, quotient) for quotient in (0, 1800)]
    december = date(2026, 12, 2)
    await priced.handle(Booking(cheap, december).confirmed(1))
    await priced.handle(Booking(dear, december).confirmed(1), Booking(dear, december).confirmed(1))
    raised = tuple(cents + 100 * (cents > 1000) for cents in DAY_PRICES)
    body = grid_body(units=raised, valid_from="2026-12-01")
    address = "/v1/staff/rate-grids/preview?month=2026-12"
    seen = (await priced.client.post(address, json=body, headers=cashier)).json()
    assert (seen["units"], seen["families"], seen["raised"], seen["lowered"]) == (3, 2, 1, 0)
    assert (seen["before_cents"], seen["after_cents"]) == (600 + 2 * 1980, 600 + 2 * 2080)
    assert seen["largest"][0]["family_id"] == str(dear)
    address = "/v1/staff/rate-grids"
    assert (await priced.client.post(address, json=body, headers=cashier)).status_code == 409
    ending = body | {"ends_previous": True}
    assert (await priced.client.post(address, json=ending, headers=cashier)).status_code == 201
    grids = (await priced.client.get(address, headers=cashier)).json()["items"]
    days = [(g["valid_from"], g["valid_to"]) for g in grids if g["code"] == "wednesday_day"]
    assert days == [("2026-09-01", "2026-12-01"), ("2026-12-01", None)]
    # What was billed keeps its price.
    await priced.handle(Booking(dear, december).confirmed(1))
    amounts = await priced.rows("SELECT amount_cents FROM charge_lines ORDER BY 1")
    assert [cents for (cents,) in amounts] == [600, 1980, 1980, 2080]


async def test_an_effort_rate_and_a_flat_rate_explain_themselves(billing, as_staff, as_family):
    cashier = as_staff(Audience.CASH_OFFICE)
    band = {"from": 0, "to": None, "label": "TE", "unit_cents": 1980, "care_cents": 1680}
    effort = band | {"effort_per_10000": 110, "floor_cents": 600}
    for body in (grid_body(bands=[effort]), grid_body("outing", bands=[band])):
        made = await billing.client.post("/v1/staff/rate-grids", json=body, headers=cashier)
        assert made.status_code == 201, made.text
        assert made.json()["bands"][0]["effort_per_10000"] == body["bands"][0].get(
            "effort_per_10000"
        )
    family_id = await known_family(billing)
    rates = (await billing.client.get("/v1/me/rates", headers=as_family(family_id))).json()
    outing, wednesday = rates["items"]
    assert (wednesday["unit_cents"], wednesday["explanation"]) == (
        704,
        "Taux d’effort de 1,10\u00a0%, quotient familial 640 (depuis le 01/09/2026).",
    )
    assert outing["explanation"] == "Tarif unique."


INVOICE = {
    "number": "2026-0412",
    "period": "2026-09",
    "issued_on": "2026-10-05",
    "due_on": "2026-10-31",
    "total_cents": 8460,
    "paid_cents": 2000,
}


async def test_an_imported_invoice_opens_the_balance_once(billing, as_family, as_staff):
    family_id = await known_family(billing)
    cashier = as_staff(Audience.CASH_OFFICE)
    address = f"/v1/staff/families/{family_id}/imported-invoices"
    first = await billing.client.post(address, json=INVOICE, headers=cashier)
    again = await billing.client.post(address, json=INVOICE, headers=cashier)
    assert (first.status_code, first.json()) == (201, again.json())
    changed = await billing.client.post(address, json=INVOICE | {"total_cents": 1}, headers=cashier)
    assert changed.status_code == 409
    later = INVOICE | {
        "number": "2026-0533",
        "issued_on": "2026-11-05",
        "due_on": "2026-11-30",
        "total_cents": 5000,
        "paid_cents": 0,
    }
    paid = INVOICE | {"number": "2026-0301", "issued_on": "2026-09-05", "paid_cents": 8460}
    for body in (later, paid):
        assert (await billing.client.post(address, json=body, headers=cashier)).status_code == 201
    summary = (await billing.client.get("/v1/me/summary", headers=as_family(family_id))).json()
    assert summary["balance_cents"] == 6460 + 5000
    assert summary["previous_balance_cents"] == 6460
    assert [item["remaining_cents"] for item in summary["unpaid"]] == [6460, 5000]
    assert summary["unpaid"][0]["number"] == "2026-0412"
    assert summary["online_payment"] is False
    told = await billing.rows(
        "SELECT convert_from(body, 'UTF8')::json FROM outbox ORDER BY position"
    )
    changes = [body for (body,) in told if body["type"] == "billing.balance.changed.v1"]
    assert [(c["data"]["version"], c["data"]["balance_cents"]) for c in changes] == [
        (1, 6460),
        (2, 11460),
        (3, 11460),
    ]


async def test_an_overpaid_invoice_is_a_credit(billing, as_family, as_staff):
    family_id = await known_family(billing)
    answer = await billing.client.post(
        f"/v1/staff/families/{family_id}/imported-invoices",
        json=INVOICE | {"paid_cents": 10_000},
        headers=as_staff(Audience.CASH_OFFICE),
    )
    assert answer.json()["balance_cents"] == -1540
    summary = (await billing.client.get("/v1/me/summary", headers=as_family(family_id))).json()
    assert (summary["balance_cents"], summary["unpaid"]) == (-1540, [])


async def test_a_family_that_nobody_knows_is_not_found_and_accounts_away_is_said(billing, as_staff):
    address = f"/v1/staff/families/{new_id()}/price?rate_code=canteen&day=2026-11-25"
    secretary = as_staff(Audience.SECRETARIAT)
    assert (await billing.client.get(address, headers=secretary)).status_code == 404
    billing.accounts.away = True
    assert (await billing.client.get(address, headers=secretary)).status_code == 503


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/v1/me/summary", {Audience.FAMILY}),
        ("GET", "/v1/me/rates", {Audience.FAMILY}),
        ("GET", "/v1/me/charge-lines?month=2026-11", {Audience.FAMILY}),
        (
            "GET",
            "/v1/staff/families/{family}/price?rate_code=canteen&day=2026-11-25",
            {Audience.SECRETARIAT, Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR},
        ),
        ("POST", "/v1/staff/rate-grids", {Audience.CASH_OFFICE, Audience.ADMIN}),
        ("POST", "/v1/staff/rate-grids/batch", {Audience.CASH_OFFICE, Audience.ADMIN}),
        (
            "GET",
            "/v1/staff/rate-grids",
            {Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR},
        ),
        (
            "POST",
            "/v1/staff/rate-grids/preview?month=2026-12",
            {Audience.CASH_OFFICE, Audience.ADMIN, Audience.AUDITOR},
        ),
        ("POST", "/v1/staff/families/{family}/reprice", {Audience.CASH_OFFICE, Audience.ADMIN}),
        ("POST", "/v1/staff/families/{family}/imported-invoices", {Audience.CASH_OFFICE}),
        ("GET", "/v1/internal/families/{family}/charge-lines", {Audience.SERVICE}),
    ],
)
async def test_every_door_opens_for_whom_it_is_made(billing, as_staff, method, path, allowed):
    family_id = await known_family(billing)
    address = path.format(family=family_id)
    assert (await billing.client.request(method, address)).status_code == 401
    for audience in set(Audience) - {Audience.ANYONE}:
        whose = family_id if audience is Audience.FAMILY else None
        headers = billing.signed_in(
            Principal(str(uuid4()), "Quelqu’un", frozenset({audience}), whose)
        )
        status = (await billing.client.request(method, address, headers=headers)).status_code
        assert (status == 403) == (audience not in allowed), (audience, status)
