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

BANK_LINE = {
    "bank_line_id": GRID,
    "booked_on": "2026-11-20",
    "amount_cents": 3000,
    "label": "VIR NOISETIER RE-2026-000007",
    "invoice_id": RUN,
    "number": "RE-2026-000007",
    "family_id": NOBODY,
    "family_name": "Noisetier",
    "remaining_cents": 3000,
    "why": "number",
}
INVOICE = {
    "invoice_id": RUN,
    "family_id": NOBODY,
    "number": "RE-2026-000007",
    "period": "2026-10",
    "issued_on": "2026-11-02",
    "due_on": "2026-12-02",
    "total_cents": 3000,
    "previous_balance_cents": 0,
    "remaining_cents": 3000,
    "has_document": True,
    "payer_id": None,
    "debtor_name": "Mme Camille Noisetier",
}


def listed(*items: Any) -> dict[str, Any]:
    return {"items": list(items), "page": 1, "pages": 1, "total": len(items)}


ANSWERS: dict[str, Any] = {
    "/v1/staff/runs": listed(RUN_VIEW),
    f"/v1/staff/runs/{RUN}": RUN_VIEW,
    f"/v1/staff/runs/{RUN}/invoices": listed(DRAFT),
    "/v1/staff/billing-monitor": {
        "period": "2026-10",
        "unpriced": [
            {
                "rate_code": "camp",
                "days": 4,
                "families": 2,
                "first": "2026-10-19",
                "last": "2026-10-22",
                "since": "2026-10-01T08:00:00Z",
            }
        ],
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
    "/v1/staff/bank-lines": listed(BANK_LINE) | {"imported": 0, "known_already": 0},
    f"/v1/staff/invoices/{RUN}": INVOICE | {"credit_notes": []},
    f"/v1/staff/invoices/{RUN}/lines": listed(
        {
            "charge_line_id": RUN,
            "child_name": "Lou",
            "day": "2026-10-07",
            "label": "Mercredi journée",
            "amount_cents": 750,
            "credited": False,
        }
    ),
    f"/v1/staff/families/{NOBODY}/invoices": listed(
        INVOICE,
        INVOICE | {"invoice_id": GRID, "number": "RE-2026-000008", "due_on": "2026-11-30"},
        INVOICE | {"invoice_id": NOBODY, "payer_id": GRID, "debtor_name": "Maud Genêt"},
    ),
    "/v1/staff/overdue": listed(
        {
            "invoice_id": RUN,
            "family_id": NOBODY,
            "family_name": "Érable",
            "payer_id": GRID,
            "payer_name": "Maud Genêt",
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
    "/console/facturation": [
        *("Octobre 2026", "846,00\u00a0€", "Restauration", "40"),
        *("Des journées attendent un tarif", "du 19/10/2026 au 22/10/2026"),
    ],
    f"/console/facturation/{RUN}": ["Noisetier", "quotient manquant", "Émettre les factures"],
    "/console/reglements": ["Aucun règlement ce jour-là", "Clôturé jusqu’au 20/11/2026"],
    "/console/relances": ["RE-2026-000007", "relancée une fois", "42,40\u00a0€", "à Maud Genêt"],
    "/console/tarifs": ["Restauration", "T1", "7,50\u00a0€", "Préparer un changement"],
    f"/console/tarifs/{GRID}": ["Quotient dès", "Voir l’effet"],
    "/console/banque": ["Lire ce fichier", "Noisetier", "le numéro de la facture est dans"],
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
    form = {
        "valid_from": "2027-01-01",
        "supplement": "0,50",
        "label-0": "T1",
        "from-0": "0",
        "unit-0": "8",
        "care-0": "6,20",
        "label-1": "T2",
        "from-1": "600",
        "unit-1": "9",
        "effort-1": "1,10",
        "floor-1": "6",
    }
    tried = await cashier.send(f"/console/tarifs/{GRID}", act="essayer", **form)
    assert "40 journées de 9 familles" in words(tried)
    kept = await cashier.send(f"/console/tarifs/{GRID}", act="enregistrer", **form)
    assert kept.status_code == 303
    path, body = played.told[-1]
    assert path == "/v1/staff/rate-grids"
    assert (body["bands"][0]["unit_cents"], body["ends_previous"]) == (800, True)
    # A band ends where the next begins; an effort rate is in ten-thousandths.
    assert [(band["from"], band["to"]) for band in body["bands"]] == [(0, 600), (600, None)]
    assert (body["bands"][1]["effort_per_10000"], body["bands"][1]["floor_cents"]) == (110, 600)


WRONG = [
    ({"from-0": "100"}, "commence au quotient 0", "from-0"),
    ({"from-1": "0"}, "une autre tranche commence à ce quotient", "from-"),
    ({"care-0": "9"}, "ne dépasse pas le prix", "care-0"),
    ({"unit-1": "dix"}, "par exemple 12,50", "unit-1"),
    ({"effort-1": "1,1", "floor-1": "20"}, "ne dépasse pas le plafond", "floor-1"),
    ({"last_day": "2026-12-31"}, "il vient après le premier", "last_day"),
    ({"code": "Séjour"}, "lettres minuscules", "code"),
]


@pytest.mark.parametrize(("change", "said", "field"), WRONG)
async def test_a_wrong_rate_is_said_beside_its_field_and_kept(
    cashier: Any, played: PlayedBilling, change: dict[str, str], said: str, field: str
) -> None:
    form = {
        "valid_from": "2027-01-01",
        "supplement": "0,50",
        "code": "camp",
        "label": "Séjour",
        "label-0": "T1",
        "from-0": "0",
        "unit-0": "8",
        "care-0": "6,20",
        "label-1": "T2",
        "from-1": "600",
        "unit-1": "9",
    }
    answer = await cashier.send("/console/tarifs/nouveau", act="enregistrer", **(form | change))
    assert answer.status_code == 422
    assert said in words(answer)
    assert f'href="#{field}' in answer.text
    for typed in change.values():
        assert f'value="{typed}"' in answer.text
    assert not played.told


RATE_FILE = """\ufeffcode;nom;a_partir_du;tranche;quotient_a_partir_de;prix;dont_garde
cantine;Restauration;01/09/2027;T2;400;2,60;
soir;Accueil du soir;01/09/2027;Tous;0;1,50;1,50
cantine;Restauration;01/09/2027;T1;0;2,00;0,80
"""
FILES = "/console/tarifs/importer"


async def test_rates_come_from_a_file_whole(reader: Any, played: PlayedBilling) -> None:
    admin = reader(Audience.ADMIN)
    file = {"tarifs.csv": RATE_FILE.encode()}
    shown = await admin.send_file(FILES, file, act="verifier")
    assert "T1, quotient 0 à moins de 400\u00a0: 2,00\u00a0€" in words(shown)
    assert not played.told
    played.answers["/v1/staff/rate-grids/batch"] = listed(GRID_VIEW)
    entered = await admin.send_file(FILES, file, act="enregistrer")
    assert (entered.status_code, entered.headers["location"]) == (303, "/console/tarifs")
    ((path, body),) = played.told
    assert path == "/v1/staff/rate-grids/batch"
    canteen, evening = body["grids"]
    assert (canteen["code"], canteen["valid_from"]) == ("cantine", "2027-09-01")
    assert [
        (one["from"], one["to"], one["unit_cents"], one["care_cents"]) for one in canteen["bands"]
    ] == [(0, 400, 200, 80), (400, None, 260, 260)]
    assert evening["non_resident_supplement_cents"] == 0
    model = await admin.open(f"{FILES}/modele.csv")
    assert "T1, quotient 0 à moins de 400" in words(
        await admin.send_file(FILES, {"m.csv": model.content}, act="verifier")
    )
    assert (await reader(Audience.SECRETARIAT).open(FILES)).status_code == 403


WRONG_FILES = [
    (b"", "Choisissez le fichier"),
    (b"\x00\x01", "n’est pas du texte"),
    (b"code;nom\n", "Colonnes absentes\u00a0: a_partir_du"),
    (RATE_FILE.split("\n")[0].encode(), "n’a que sa ligne de titres"),
    (RATE_FILE.replace("2,60", "gratuit").encode(), "Prix de T2"),
    (RATE_FILE.replace("T1;0;", "T1;100;").encode(), "la première tranche commence au quotient 0"),
    (RATE_FILE.replace("cantine", "Cantine !").encode(), "minuscules sans accent"),
    (RATE_FILE.replace("01/09/2027;T2", "01/10/2027;T2").encode(), "pas toutes la même chose"),
    (RATE_FILE.replace("01/09/2027", "31/02/2027").encode(), "écrivez une date"),
]


async def test_a_file_of_rates_that_is_wrong_says_where(
    cashier: Any, played: PlayedBilling
) -> None:
    for content, said in WRONG_FILES:
        answer = await cashier.send_file(FILES, {"t.csv": content}, act="enregistrer")
        assert answer.status_code == 422, said
        assert said in words(answer)
    assert not played.told


async def test_days_without_a_rate_are_told(cashier: Any, played: PlayedBilling) -> None:
    ends = GRID_VIEW | {"valid_to": "2026-12-20"}
    later = GRID_VIEW | {"valid_from": "2027-01-04"}
    played.answers["/v1/staff/rate-grids"] = listed(ends, later)
    read = words(await cashier.open("/console/tarifs"))
    assert "aucun tarif du 20/12/2026 au 03/01/2027" in read
    played.answers["/v1/staff/rate-grids"] = listed(ends)
    assert "aucun tarif à partir du 20/12/2026" in words(await cashier.open("/console/tarifs"))


async def test_staff_say_which_invoices_a_payment_pays(cashier: Any, played: PlayedBilling) -> None:
    played.answers[f"/v1/staff/families/{NOBODY}/payments"] = {}
    address = f"/console/reglements/{NOBODY}/recevoir"
    form = {"payment_id": RUN, "method": "cheque", "amount": "45"}
    assert (await cashier.send(address, facture=[GRID, RUN], **form)).status_code == 303
    ((_, body),) = played.told
    assert body["parts"] == [
        {"invoice_id": GRID, "cents": 3000},
        {"invoice_id": RUN, "cents": 1500},
    ]
    two_payers = await cashier.send(address, facture=[RUN, NOBODY], **form)
    assert "Cochez des factures du même payeur" in words(two_payers)


async def test_with_two_cash_offices_staff_choose_one(cashier: Any, played: PlayedBilling) -> None:
    names = {"CA": "Régie cantine", "AL": "Régie accueil"}
    played.answers["/v1/staff/cash-offices"] = listed(
        *({"code": code, "label": label} for code, label in names.items())
    )
    assert "Régie cantine" in words(await cashier.open("/console/facturation"))
    board = await cashier.open("/console/reglements?regie=AL")
    assert board.text.count('name="cash_office" value="AL"') >= 2
    played.answers["/v1/staff/cash-journal/document"] = b"%PDF-1.4"
    paper = await cashier.open("/console/journal-de-caisse/2026-11-24/document?regie=AL")
    assert paper.content == b"%PDF-1.4"


async def test_a_credit_note_is_made_from_an_invoice(cashier: Any, played: PlayedBilling) -> None:
    address = f"/console/factures/{RUN}"
    page = words(await cashier.open(address))
    assert "Émettre l’avoir" in page
    assert "Lou, Mercredi journée" in page
    bare = await cashier.send(f"{address}/avoir", credit_note_id=RUN, extent="lines", reason="")
    assert bare.status_code == 422
    assert "Cochez les lignes à déduire" in words(bare)
    assert "Écrivez le motif" in words(bare)
    played.answers[f"/v1/staff/invoices/{RUN}/credit-notes"] = {}
    form = {"credit_note_id": RUN, "extent": "lines", "line": [RUN], "reason": "Fermeture."}
    assert (await cashier.send(f"{address}/avoir", **form)).status_code == 303
    assert played.told[-1][1]["charge_line_ids"] == [RUN]
    whole = form | {"extent": "whole", "rebill": "1"}
    assert (await cashier.send(f"{address}/avoir", **whole)).status_code == 303
    body = played.told[-1][1]
    assert (body["charge_line_ids"], body["rebill"]) == ([], True)


async def test_transfers_are_matched_as_staff_confirm(cashier: Any, played: PlayedBilling) -> None:
    path = f"/v1/staff/bank-lines/{GRID}/match"
    played.answers[path] = {}
    done = await cashier.send("/console/banque/rapprochements", line=[f"{GRID}:{RUN}"])
    assert (done.status_code, done.headers["location"]) == (303, "/console/banque")
    assert played.told == [(path, {"invoice_id": RUN})]
    detail = "Aucune facture ne porte le numéro « X »."
    played.answers[path] = PeerRefused(404, {"title": "Facture introuvable", "detail": detail})
    refused = await cashier.send(f"/console/banque/{GRID}", number="X")
    assert refused.status_code == 422
    assert detail in words(refused)
    assert (await cashier.send("/console/banque")).status_code == 422


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
