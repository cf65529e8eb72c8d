"""Health data, documents and photos on the family's pages."""

import html
import json
from typing import Any

import pytest

from gateway import bootstrap, uploads
from gateway.pages import health_form

PUBLIC = "https://portail.test"
OURS = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}
LOU = "0197a000-0000-7000-8000-0000000000a1"
REQUEST = "0197a000-0000-7000-8000-0000000000c1"
HEALTH = f"/enfants/{LOU}/sante"
RECORD = {
    "allergies": [{"substance": "Arachide <b>", "measures": "Stylo\nPuis le 15"}],
    "care_plan": None,
    "vaccinations": [{"vaccine": "DTP", "given_on": "2020-03-02", "next_due_on": "2025-03-02"}],
    "treatments": [],
    "notes": [],
}
DOCUMENT = {
    "document_id": REQUEST,
    "kind": "insurance",
    "label": "Assurance responsabilité civile",
    "state": "pending",
    "child_id": LOU,
    "media_type": "application/pdf",
    "byte_size": 2_200_000,
    "pages": 1,
    "dated_on": "2026-09-02",
    "expires_on": "2027-08-31",
    "submitted_at": "2026-11-23T20:14:00Z",
    "submitted_by": "Famille Noisetier",
}


async def test_what_must_be_sent_anew_is_among_the_things_to_do(family: Any, services: Any) -> None:
    old = {**DOCUMENT, "state": "expired", "expires_on": "2026-11-01"}
    soon = {**DOCUMENT, "kind": "address", "label": "Justificatif de domicile", "child_id": None}
    soon |= {"expires_on": "2026-12-10"}
    services.accounts.answers["GET /v1/me/documents"] = {"items": [old, soon]}
    page = await shown(family, "/")
    assert "Assurance responsabilité civile</strong> à renouveler pour Lou" in page
    assert "Périmé depuis le dimanche 1" in page
    assert "Justificatif de domicile</strong> à renouveler" in page
    assert "Valable jusqu’au jeudi 10 décembre 2026" in page
    (asked,) = services.accounts.asked("GET", "/v1/me/documents")
    assert asked.query == "expires_within=30"


@pytest.fixture(autouse=True)
def _answers(services: Any) -> None:
    services.accounts.answers |= {
        f"GET /v1/me/children/{LOU}/health": {"version": 2, "record": RECORD, "pending": None},
        f"POST /v1/me/children/{LOU}/health": (201, {"request_id": REQUEST, "number": "F-1"}),
        "GET /v1/me/documents": {"items": [DOCUMENT]},
        "POST /v1/me/documents": (201, DOCUMENT),
        f"GET /v1/me/children/{LOU}/photos": {"current": True, "pending": True},
        f"POST /v1/me/children/{LOU}/photo": (201, {"photo_id": REQUEST, "number": "F-2"}),
    }


async def shown(browser: Any, path: str) -> str:
    answer = await browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


async def token(browser: Any) -> str:
    page = (await browser.get("/mon-compte/mot-de-passe")).text
    return str(page.split('name="form_token" value="')[1].split('"')[0])


async def test_the_pages_say_what_accounts_answered(family: Any) -> None:
    page = await shown(family, HEALTH)
    for words in ("Données sanitaires de Lou", "Stylo", "à faire depuis le 02/03/2025"):
        assert words in page
    assert "Arachide &lt;b&gt;" in (await family.get(HEALTH)).text
    page = await shown(family, "/documents")
    for words in ("En attente", "valable jusqu’au 31/08/2027", "2,1 Mo", "La famille", "Noé"):
        assert words in page
    page = await shown(family, f"/enfants/{LOU}/photo")
    assert "photo.jpg?state=pending" in page


async def test_what_was_typed_goes_to_accounts_without_the_empty_rows(
    family: Any, services: Any
) -> None:
    fields = {
        "version": "2",
        "request_id": REQUEST,
        "allergies-0-substance": "Œuf",
        "vaccinations-0-vaccine": "",
        "vaccinations-1-vaccine": "ROR",
        "vaccinations-1-given_on": "2021-01-01",
        "care_plan-instructions": "",
    }
    data = {"form_token": await token(family), **fields}
    sent = await family.post(f"{HEALTH}/modifier", data=data, headers=OURS)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{HEALTH}?envoyee=1")
    (asked,) = services.accounts.asked("POST", f"/v1/me/children/{LOU}/health")
    assert json.loads(asked.body) == {
        "request_id": REQUEST,
        "version": 2,
        "replaces": None,
        "record": {
            "allergies": [{"substance": "Œuf"}],
            "vaccinations": [{"vaccine": "ROR", "given_on": "2021-01-01"}],
            "treatments": [],
            "notes": [],
            "care_plan": None,
        },
    }


async def test_a_mistake_is_told_beside_its_field_and_nothing_typed_is_lost(
    family: Any, services: Any
) -> None:
    problem = {
        "type": "urn:portail:problem:accounts.wrong-health",
        "title": "Saisie incomplète ou incorrecte",
        "fields": [
            {"field": "record.vaccinations.0.given_on", "message": "Cette date est dans le futur."},
            {"field": "record.allergies.0.substance", "rule": "missing"},
        ],
    }
    services.accounts.answers[f"POST /v1/me/children/{LOU}/health"] = (422, problem)
    fields = {
        "allergies-0-measures": "Stylo 🩺",
        "vaccinations-0-vaccine": "ROR",
        "vaccinations-0-given_on": "2030-01-01",
        "version": "2",
        "request_id": REQUEST,
    }
    data = {"form_token": await token(family), **fields}
    answer = await family.post(f"{HEALTH}/modifier", data=data, headers=OURS)
    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert 'id="vaccinations-0-given_on-error"' in page
    assert "Cette date est dans le futur." in page
    assert "À remplir, ou à vider entièrement." in page
    assert "Stylo 🩺" in page
    assert 'value="2030-01-01"' in page
    assert f'value="{REQUEST}"' in page


async def test_a_file_goes_to_accounts_as_it_came(family: Any, services: Any) -> None:
    data = {"form_token": await token(family), "kind": "insurance", "dated_on": "2026-09-02"}
    content = b"%PDF-" + bytes(range(256)) * 8000
    sent = await family.post(
        "/documents/nouveau",
        data=data,
        files={"file": ("é.pdf", content, "application/pdf")},
        headers=OURS,
    )
    assert (sent.status_code, sent.headers["location"]) == (303, "/documents?envoye=1")
    (asked,) = services.accounts.asked("POST", "/v1/me/documents")
    assert content in asked.body
    assert b"form_token" not in asked.body
    photo = await family.post(
        f"/enfants/{LOU}/photo",
        data={"form_token": data["form_token"]},
        files={"file": ("a.jpg", b"x" * 10, "image/jpeg")},
        headers=OURS,
    )
    assert photo.headers["location"] == f"/enfants/{LOU}/photo?envoyee=1"


@pytest.mark.parametrize("given", [None, "wrong", "last"])
async def test_a_file_without_our_token_first_is_refused(
    family: Any, services: Any, given: str | None
) -> None:
    right = await token(family)
    file = ("file", ("a.pdf", b"%PDF-" * 1000))
    parts = {
        None: [file],
        "wrong": [("form_token", (None, "x" * 32)), file],
        "last": [file, ("form_token", (None, right))],
    }
    answer = await family.post("/documents/nouveau", files=parts[given], headers=OURS)
    assert answer.status_code == 403
    assert not services.accounts.asked("POST", "/v1/me/documents")


async def test_a_file_too_large_is_refused_on_a_page(
    family: Any, services: Any, monkeypatch: Any
) -> None:
    right = await token(family)
    content = b"0" * (uploads.LARGEST_FORM + 1)
    answer = await family.post(
        "/documents/nouveau",
        data={"form_token": right},
        files={"file": ("a.pdf", content)},
        headers=OURS,
    )
    assert answer.status_code == 413
    assert "Envoi trop volumineux" in answer.text
    assert "<h1" in answer.text
    # Anywhere else a megabyte is the limit, and what is heard of the rest is bounded.
    monkeypatch.setattr(bootstrap, "HEARD_AT_MOST", 1000)
    other = await family.post(
        "/mon-compte/mot-de-passe", content=content, headers={**OURS, "Content-Type": "text/plain"}
    )
    assert other.status_code == 413


async def test_a_document_and_a_photo_are_passed_on_as_accounts_gives_them(
    family: Any, services: Any
) -> None:
    saved = await family.get(f"/documents/{REQUEST}")
    assert saved.status_code == 404
    assert services.accounts.asked("GET", f"/v1/me/documents/{REQUEST}/content")
    await family.get(f"/enfants/{LOU}/photo.jpg?state=pending")
    (asked,) = services.accounts.asked("GET", f"/v1/me/children/{LOU}/photo")
    assert asked.query == "state=pending"
    await family.get("/documents/..%2f..%2fsecret")
    assert not [one for one in services.accounts.seen if "secret" in one.path]


async def test_pages_say_what_is_away(family: Any, services: Any) -> None:
    await services.accounts.stop()
    for path in (HEALTH, "/documents", f"/enfants/{LOU}/photo"):
        assert "indisponible pour le moment" in (await family.get(path)).text


def test_rows_left_empty_are_not_there() -> None:
    typed = health_form.typed_in({f"notes-{n}-text": " " if n % 2 else "a" for n in range(60)})
    assert len(typed["notes"]) == 16
    assert typed["care_plan"] is None


READ = {
    "at": "2026-11-23T20:14:00Z",
    "part": "health",
    "act": "read",
    "purpose": "care",
    "reader": {"kind": "staff", "name": "Aïcha Benali", "roles": ["centre"]},
    "child_name": "Lou",
}
EXPORT = {
    "export_id": REQUEST,
    "state": "ready",
    "done": 4,
    "steps": 4,
    "byte_size": 2_200_000,
    "asked_at": "2026-11-23T20:14:00Z",
    "ready_at": "2026-11-23T20:15:00Z",
    "expires_at": "2026-11-30T20:15:00Z",
}


async def test_the_family_reads_who_read_what_and_asks_for_its_rights(
    family: Any, services: Any
) -> None:
    services.accounts.answers |= {
        "GET /v1/me/reads": {"items": [READ], "page": 1, "pages": 2, "total": 21},
        "GET /v1/me/exports": {"items": [{**EXPORT, "state": "working", "done": 2}, EXPORT]},
        "POST /v1/me/exports": (202, EXPORT),
        "GET /v1/me/erasure": {"asked_at": None},
        "POST /v1/me/erasure": {"asked_at": "2026-11-24T06:00:00Z"},
        "POST /v1/me/erasure/withdraw": (404, {"type": "urn:portail:problem:portail.not-found"}),
    }
    page = await shown(family, "/mes-donnees")
    for words in (
        "Aïcha Benali (équipe du centre)",
        "a ouvert les données sanitaires de Lou",
        "pour accueillir l’enfant",
        "2 sur 4",
        "Télécharger la copie (2,1 Mo)",
        "Page 1 sur 2",
    ):
        assert words in page
    right = await token(family)

    async def submit(path: str, **fields: str) -> str:
        data = {"form_token": right, **fields}
        answer = await family.post(f"/mes-donnees/{path}", data=data, headers=OURS)
        assert answer.status_code == 303
        return str(answer.headers["location"])

    assert (await submit("copie", export_id=REQUEST)).startswith("/mes-donnees?fait=copie")
    assert "fait=confirmer" in await submit("effacement")
    assert not services.accounts.asked("POST", "/v1/me/erasure")
    assert "fait=effacement" in await submit("effacement", sure="yes")
    assert services.accounts.asked("POST", "/v1/me/erasure")
    assert "fait=annule" in await submit("effacement/annuler")
    for path in ("copie/x", f"copie/{REQUEST}"):
        assert (await family.get(f"/mes-donnees/{path}")).status_code == 404
    for path in ("fiche.pdf", "fiche-complete.pdf"):
        await family.get(f"/enfants/{LOU}/{path}")
    assert services.accounts.asked("GET", f"/v1/me/children/{LOU}/complete-sheet.pdf")


async def test_the_page_of_rights_says_what_is_away(family: Any) -> None:
    page = await shown(family, "/mes-donnees")
    assert page.count("indisponible pour le moment") == 3
