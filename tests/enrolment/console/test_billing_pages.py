"""The cash office's pages, with billing played by a table of answers."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chassis.auth import Audience
from chassis.peers import Download, PeerRefused, PeerUnavailable

from .conftest import NOBODY, words

RUN = "0199e2b0-0000-7000-8000-0000000000f1"
GRID = "0199e2b0-0000-7000-8000-0000000000f2"
RUN_VIEW = {
    "run_id": RUN,
    "cash_office": "RE",
    "period": "2026-10",
    "state": "draft",
    "issued_on": "2026-11-24",
    "due_on": "2026-12-24",
    "created_at": "2026-11-24T08:00:00Z",
    "created_by": "Paul Mercier",
    "issued_at": None,
    "issued_by": None,
    "invoices": 12,
    "total_cents": 84600,
    "care_cents": 60000,
    "food_cents": 24600,
    "carried": 1,
    "carried_cents": 740,
    "warned": 2,
    "last_month_cents": 80000,
    "waiting_documents": 0,
    "late_lines": 3,
}
DRAFT = {
    "invoice_id": RUN,
    "family_id": NOBODY,
    "family_name": "Noisetier",
    "reference": "F-00012",
    "payer_id": None,
    "lines": 4,
    "total_cents": 3000,
    "previous_balance_cents": 0,
    "last_month_cents": 2800,
    "carried": False,
    "warnings": ["missing_quotient"],
    "number": None,
}
BAND = {
    "from": 0,
    "to": None,
    "label": "T1",
    "unit_cents": 750,
    "care_cents": 590,
    "children_from": 1,
    "effort_per_10000": None,
    "floor_cents": None,
}
GRID_VIEW = {
    "grid_id": GRID,
    "code": "canteen",
    "label": "Restauration",
    "valid_from": "2026-09-01",
    "valid_to": None,
    "non_resident_supplement_cents": 50,
    "bands": [BAND],
}
EFFECT = {
    "month": "2027-01",
    "units": 40,
    "before_cents": 30000,
    "after_cents": 32000,
    "families": 9,
    "raised": 9,
    "lowered": 0,
    "largest": [],
}


def listed(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "page": 1, "pages": 1, "total": len(items)}


ANSWERS: dict[str, Any] = {
    "/v1/staff/runs": listed(RUN_VIEW),
    f"/v1/staff/runs/{RUN}": RUN_VIEW,
    f"/v1/staff/runs/{RUN}/invoices": listed(DRAFT),
    "/v1/staff/billing-monitor": {
        "period": "2026-10",
        "items": [
            {
                "rate_code": "canteen",
                "label": "Restauration",
                "days": 40,
                "invoiced": 30,
                "in_draft": 0,
                "carried": 2,
                "not_invoiced": 3,
                "not_owed": 5,
                "cents": 9000,
            }
        ],
    },
    "/v1/staff/cash-journal": listed() | {"totals": {}, "closed_until": "2026-11-20"},
    "/v1/staff/bank-lines": listed() | {"imported": 0, "known_already": 0},
    "/v1/staff/overdue": listed(
        {
            "invoice_id": RUN,
            "family_id": NOBODY,
            "family_name": "Érable",
            "number": "RE-2026-000007",
            "due_on": "2026-10-31",
            "remaining_cents": 4240,
            "step": 1,
            "last_sent_at": "2026-11-02T08:00:00Z",
            "has_plan": False,
            "next_step": 2,
        }
    ),
    "/v1/staff/rate-grids": listed(GRID_VIEW),
    "/v1/staff/billing-verification": {
        "sound": True,
        "items": [{"code": "x", "promise": "Les numéros se suivent sans trou", "broken": []}],
    },
}


class PlayedBilling:
    """Answers from the table; keeps what it was told."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = dict(ANSWERS)
        self.told: list[tuple[str, Any]] = []
        self.away = False

    async def get(self, _peer: object, path: str, *, token: str, **_params: str) -> Any:
        return self._answer(path)

    async def post(self, _peer: object, path: str, body: Any, *, token: str) -> Any:
        json.dumps(body)
        self.told.append((path, body))
        return self._answer(path.partition("?")[0])

    async def download(self, _peer: object, path: str, *, token: str, **_params: str) -> Download:
        answer = self._answer(path)

        async def parts() -> AsyncIterator[bytes]:
            yield answer

        return Download("application/pdf", 'inline; filename="facture.pdf"', parts())

    def _answer(self, path: str) -> Any:
        if self.away:
            raise PeerUnavailable("billing")
        answer = self.answers.get(path)
        if answer is None:
            raise PeerRefused(404, {"title": "Introuvable"})
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        pass


@pytest.fixture
def played(enrolment: Any) -> PlayedBilling:
    enrolment.runtime.peers = PlayedBilling()
    return enrolment.runtime.peers


@pytest.fixture
def cashier(reader: Any, played: PlayedBilling) -> Any:
    return reader(Audience.CASH_OFFICE)


@pytest.fixture
def billing() -> None:
    """Played by `played` here: the console's usual one only knows prices."""


PAGES = {
    "/console/facturation": ["Octobre 2026", "846,00\u00a0€", "Restauration", "40"],
    f"/console/facturation/{RUN}": ["Noisetier", "quotient manquant", "Émettre les factures"],
    "/console/reglements": ["Aucun règlement ce jour-là", "Clôturé jusqu’au 20/11/2026"],
    "/console/relances": ["RE-2026-000007", "relancée une fois", "42,40\u00a0€"],
    "/console/tarifs": ["Restauration", "T1", "7,50\u00a0€", "Préparer un changement"],
    f"/console/tarifs/{GRID}": ["Nouveaux montants", "Voir l’effet"],
    "/console/exports": ["Aucun lancement n’est émis", "Ce n’est pas du PES V2"],
}


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_says_what_billing_answered(cashier: Any, path: str) -> None:
    answer = await cashier.open(path)

    assert answer.status_code == 200, answer.text
    read = words(answer)
    for expected in PAGES[path]:
        assert expected in read


@pytest.mark.parametrize("path", [path for path in PAGES if not path.endswith(GRID)])
async def test_with_billing_away_the_pages_still_come(
    cashier: Any, played: PlayedBilling, path: str
) -> None:
    played.away = True

    answer = await cashier.open(path)

    assert answer.status_code == 200
    assert "indisponible pour le moment" in words(answer)


@pytest.mark.parametrize("path", PAGES)
async def test_the_secretariat_has_no_business_there(
    reader: Any, played: PlayedBilling, path: str
) -> None:
    assert (await reader(Audience.SECRETARIAT).open(path)).status_code == 403


async def test_the_auditor_reads_and_cannot_act(reader: Any, played: PlayedBilling) -> None:
    auditor = reader(Audience.AUDITOR)
    page = words(await auditor.open(f"/console/facturation/{RUN}"))
    assert "Émettre les factures" not in page
    assert "Les numéros se suivent sans trou" in words(await auditor.open("/console/exports"))
    assert (await auditor.send(f"/console/facturation/{RUN}/emettre")).status_code == 403


async def test_a_run_is_issued_and_a_refusal_is_shown(cashier: Any, played: PlayedBilling) -> None:
    played.answers[f"/v1/staff/runs/{RUN}/issue"] = RUN_VIEW
    done = await cashier.send(f"/console/facturation/{RUN}/emettre")
    assert (done.status_code, done.headers["location"]) == (303, f"/console/facturation/{RUN}")
    refusal = PeerRefused(409, {"title": "Lancement annulé", "detail": "Il a été annulé."})
    played.answers[f"/v1/staff/runs/{RUN}/issue"] = refusal
    refused = await cashier.send(f"/console/facturation/{RUN}/emettre")
    assert refused.status_code == 422
    assert "Il a été annulé." in words(refused)


async def test_an_amount_is_read_as_it_is_typed(cashier: Any, played: PlayedBilling) -> None:
    played.answers[f"/v1/staff/families/{NOBODY}/payments"] = {}
    address = f"/console/reglements/{NOBODY}/recevoir"
    form = {"payment_id": RUN, "method": "cheque", "received_on": "2026-11-24"}
    done = await cashier.send(address, amount="1 234,5 €", **form)
    assert done.status_code == 303
    ((_, body),) = played.told
    assert (body["amount_cents"], body["received_on"]) == (123450, "2026-11-24")
    wrong = await cashier.send(address, amount="douze", **form)
    assert wrong.status_code == 422
    assert "par exemple 12,50" in words(wrong)


async def test_a_change_of_rates_is_tried_before_it_is_kept(
    cashier: Any, played: PlayedBilling
) -> None:
    played.answers["/v1/staff/rate-grids/preview"] = EFFECT
    form = {"valid_from": "2027-01-01", "supplement": "0,50", "unit-0": "8", "care-0": "6,20"}
    tried = await cashier.send(f"/console/tarifs/{GRID}", act="essayer", **form)
    assert "40 journées de 9 familles" in words(tried)
    kept = await cashier.send(f"/console/tarifs/{GRID}", act="enregistrer", **form)
    assert kept.status_code == 303
    path, body = played.told[-1]
    assert path == "/v1/staff/rate-grids"
    assert (body["bands"][0]["unit_cents"], body["ends_previous"]) == (800, True)


async def test_an_invoice_comes_as_its_paper(cashier: Any, played: PlayedBilling) -> None:
    played.answers[f"/v1/staff/invoices/{RUN}/document"] = b"%PDF-1.4"
    answer: httpx.Response = await cashier.open(f"/console/factures/{RUN}/document")
    assert answer.content == b"%PDF-1.4"
    assert answer.headers["content-type"] == "application/pdf"
    missing = await cashier.open(f"/console/factures/{NOBODY}/document")
    assert missing.status_code == 404


async def test_the_cash_office_begins_at_billing(cashier: Any) -> None:
    answer = await cashier.open("/console")
    assert answer.headers["location"] == "/console/facturation"
