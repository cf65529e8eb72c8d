"""« Mon compte » and a child's sheet: sections shown, edited in their place, sent, kept."""

import html
import json
from typing import Any

import pytest

from .conftest import REQUEST, problem
from .file_sheets import CAMILLE, CHANGE, LOU, PHONE, change

GUARDIAN = f"guardian-{CAMILLE}"
SHEET = "GET /v1/me/sheets/account"
PROPOSE = "POST /v1/me/changes"


async def read(family: Any, path: str) -> str:
    answer = await family.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


async def submit(family: Any, path: str, page: str, section: str, **typed: str) -> Any:
    data = {"section": section, "request_id": CHANGE, "version": "3", **typed}
    return await family.submit(path, page, **data)


def sent(services: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(services.accounts.asked("POST", "/v1/me/changes")[-1].body)
    return body


async def test_the_account_shows_what_is_what_is_asked_and_what_is_not_ours_to_see(
    family: Any,
) -> None:
    page = await read(family, "/mon-compte")
    for words in (
        "06 00 00 00 01",
        "06 11 22 33 44",
        "F-2026-00042",
        "Non renseigné",
        "Camille Noisetier",
        "accès personnel de Sacha",
    ):
        assert words in page
    assert f'action="/demandes/{CHANGE}/retirer"' in page, "what waits can be taken back"
    assert "Ajouter une personne</h2>" not in page


async def test_a_section_is_edited_in_its_place(family: Any) -> None:
    page = await read(family, f"/mon-compte?modifier={GUARDIAN}")
    form = page.split(f'id="{GUARDIAN}"')[1].split("</form>")[0]
    assert f'name="{PHONE}"' in form
    assert 'value="06 00 00 00 01"' in form
    assert 'name="version" value="3"' in form
    assert "family.situation" not in page, "one section at a time"


async def test_what_was_typed_is_sent_by_its_paths(family: Any, services: Any) -> None:
    page = await read(family, f"/mon-compte?modifier={GUARDIAN}")
    answer = await submit(family, "/mon-compte", page, GUARDIAN, **{PHONE: "0611223344"})
    assert answer.headers["location"] == f"/mon-compte?demande={CHANGE}"
    assert sent(services) == {
        "request_id": CHANGE,
        "kind": "family.update",
        "child_id": None,
        "typed": {PHONE: "0611223344"},
        "version": 3,
        "replaces": None,
    }
    after = await read(family, f"/mon-compte?demande={CHANGE}")
    assert "Votre demande" in after
    assert "23 janvier 2027" in after


async def test_a_correction_starts_from_the_proposal_and_replaces_it(
    family: Any, services: Any
) -> None:
    page = await read(family, f"/mon-compte?modifier={GUARDIAN}&corriger={CHANGE}")
    assert 'value="06 11 22 33 44"' in page
    assert f'name="replaces" value="{CHANGE}"' in page
    await submit(family, "/mon-compte", page, GUARDIAN, **{PHONE: "0655555555", "replaces": CHANGE})
    assert sent(services)["replaces"] == CHANGE


async def test_a_wrong_field_says_so_beside_it_and_keeps_what_was_typed(
    family: Any, services: Any
) -> None:
    words = "Un numéro à dix chiffres."
    services.accounts.answers[PROPOSE] = (
        422,
        problem(
            422, "accounts.wrong-fields", "Saisie", fields=[{"field": PHONE, "message": words}]
        ),
    )
    page = await read(family, f"/mon-compte?modifier={GUARDIAN}")
    answer = await submit(family, "/mon-compte", page, GUARDIAN, **{PHONE: "<b>12</b>"})
    assert answer.status_code == 422
    assert "<b>12</b>" not in answer.text
    shown = html.unescape(answer.text)
    assert 'value="<b>12</b>"' in shown
    assert f'href="#{PHONE}">{words}' in shown
    assert f'id="{PHONE}-error"' in shown
    assert "error-summary" in shown


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("accounts.file-changed", "Relisez-le avant d’envoyer."),
        ("accounts.already-pending", "Une demande attend déjà."),
    ],
)
async def test_a_conflict_is_told_over_the_form(
    family: Any, services: Any, kind: str, detail: str
) -> None:
    services.accounts.answers[PROPOSE] = (409, problem(409, kind, "Changé", detail))
    page = await read(family, f"/mon-compte?modifier={GUARDIAN}")
    answer = await submit(family, "/mon-compte", page, GUARDIAN, **{PHONE: "0611223344"})
    assert answer.status_code == 409
    shown = html.unescape(answer.text)
    assert detail in shown
    assert 'value="0611223344"' in shown


async def test_a_sending_without_answer_is_sent_again_as_the_same_request(
    family: Any, services: Any
) -> None:
    page = await read(family, f"/mon-compte?modifier={GUARDIAN}")
    services.accounts.answers[PROPOSE] = (503, {})
    answer = await submit(family, "/mon-compte", page, GUARDIAN, **{PHONE: "0611223344"})
    assert answer.status_code == 503
    shown = html.unescape(answer.text)
    assert f'name="request_id" value="{CHANGE}" autocomplete' in shown
    assert 'value="0611223344"' in shown
    services.accounts.answers[SHEET] = (503, {})
    blind = await submit(family, "/mon-compte", page, GUARDIAN, **{PHONE: "0611223344"})
    assert 'type="hidden"' in blind.text
    assert 'value="0611223344"' in html.unescape(blind.text), "kept even without the page"


async def test_a_form_that_is_not_ours_is_refused(family: Any) -> None:
    page = await read(family, "/mon-compte")
    for data in ({}, {"section": "x", "request_id": "x", "version": "3"}):
        answer = await family.submit("/mon-compte", page, **data)
        assert answer.status_code == 422


async def test_a_childs_answers_are_signed(family: Any, services: Any) -> None:
    path = f"/enfants/{LOU}"
    shown = await read(family, path)
    assert "signé par Camille Noisetier, le 01/09/2026" in shown
    page = await read(family, f"{path}?modifier=authorisations")
    assert "Qui signe ces réponses" in page
    typed = {"authorisation.bathing.granted": "no", "signature": CAMILLE}
    answer = await submit(family, path, page, "authorisations", **typed)
    assert answer.headers["location"] == f"{path}?demande={CHANGE}"
    body = sent(services)
    assert (body["kind"], body["child_id"]) == ("child.authorisations", LOU)
    assert body["typed"] == typed
    page = await read(family, f"{path}?modifier=identity")
    await submit(family, path, page, "identity", **{"child.school": "Autre"})
    assert sent(services)["kind"] == "child.update"


async def test_a_child_is_added_from_its_own_page(family: Any, services: Any) -> None:
    page = await read(family, "/enfants/nouveau")
    typed = {"child.new.given_name": "Noé", "child.new.born_on": "2022-05-04"}
    answer = await submit(family, "/enfants/nouveau", page, "new-child", **typed)
    assert answer.headers["location"] == f"/enfants?demande={CHANGE}"
    assert sent(services)["kind"] == "child.add"
    assert "Ajouter un enfant" in await read(family, "/enfants")


async def test_a_sheet_that_is_away_leaves_the_rest_of_the_page(family: Any, services: Any) -> None:
    services.accounts.answers[f"GET /v1/me/sheets/children/{LOU}"] = (503, {})
    services.enrolment.answers["GET /v1/me/enrolments"] = {"activities": [], "schools": []}
    page = await read(family, f"/enfants/{LOU}")
    assert page.count("indisponible pour le moment") == 1
    assert "Tarifs appliqués" in page


async def test_a_decided_request_says_item_by_item_what_became_of_it(
    family: Any, services: Any
) -> None:
    refused = {"item_id": CHANGE, "label": "École", "outcome": "refused", "reason": "Hors secteur."}
    one = {
        **services.enrolment.answers[f"GET /v1/me/requests/{REQUEST}"],
        "kind": "child.update",
        "state": "applied",
        "lines": [],
        "items": [refused],
    }
    services.enrolment.answers[f"GET /v1/me/requests/{REQUEST}"] = one
    services.enrolment.answers["GET /v1/me/requests"]["items"] = [one]
    services.accounts.answers[f"GET /v1/me/changes/{REQUEST}"] = change()
    page = await read(family, f"/demandes/{REQUEST}")
    for words in ("École", "Refusé", "Hors secteur.", "06 00 00 00 01 → "):
        assert words in page
    assert "École\xa0: refusé. Hors secteur." in await read(family, "/demandes")
    services.accounts.answers[f"GET /v1/me/changes/{REQUEST}"] = (503, {})
    assert "Hors secteur." in await read(family, f"/demandes/{REQUEST}")
