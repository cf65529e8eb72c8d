"""Asking for a place, and taking the request back."""

import html
import json
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web

LOU = "0197a000-0000-7000-8000-0000000000a1"
SLOT = "0197a000-0000-7000-8000-0000000000b1"
REQUEST = "0197a000-0000-7000-8000-0000000000c1"
ASK = f"/enfants/{LOU}/demandes"
DAY = f"/enfants/{LOU}/agenda/2026-11-26"
KEY = f"{LOU}_{SLOT}_2026-11-26"
FIELDS = {"slot_id": SLOT, "day": "2026-11-26", "request_id": REQUEST}
OURS = {"Origin": "https://portail.test", "Sec-Fetch-Site": "same-origin"}
CELL = {**OURS, "X-Fragment": "cell", "Accept": "text/html"}


async def page_of(family: Any) -> str:
    return str((await family.get(DAY)).text)


def token_in(page: str) -> str:
    return page.split('name="form_token" value="')[1].split('"')[0]


async def test_a_plain_form_leads_to_the_receipt(family: Any, services: Any) -> None:
    answer = await family.submit(ASK, await page_of(family), **FIELDS)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/demandes/{REQUEST}"
    assert json.loads(services.enrolment.asked("POST", "/v1/me/requests")[0].body) == {
        "request_id": REQUEST,
        "kind": "booking.request",
        "lines": [{"child_id": LOU, "slot_id": SLOT, "day": "2026-11-26"}],
    }


async def test_a_button_of_the_month_says_its_cell_and_asks_once(
    family: Any, services: Any
) -> None:
    """Its form is the page's: the cell comes with the button, the request's id from the page's."""
    month = (await family.get("/agenda?mois=2026-11")).text
    assert f'form="geste" formaction="{ASK}" name="cell" value="{KEY}"' in month
    sent = {"cell": KEY, "request_id": REQUEST, "siblings": "1"}
    await family.submit(ASK, month, **sent)
    await family.submit(ASK, month, **sent)
    await family.submit(ASK, month, **{**sent, "cell": KEY.replace("26", "27")})

    asked = [json.loads(one.body) for one in services.enrolment.asked("POST", "/v1/me/requests")]
    first, again, other = (UUID(one["request_id"]) for one in asked)
    assert first == again != other
    assert {first.version, other.version} == {7}
    assert asked[0]["lines"] == [{"child_id": LOU, "slot_id": SLOT, "day": "2026-11-26"}]
    strange = await family.submit(ASK, month, cell=KEY.replace("a1", "a2"), request_id=REQUEST)
    assert strange.status_code == 422


async def test_a_repeat_leads_to_the_same_receipt(family: Any, services: Any) -> None:
    page = await page_of(family)
    await family.submit(ASK, page, **FIELDS)
    _, body = services.enrolment.answers["POST /v1/me/requests"]
    services.enrolment.answers["POST /v1/me/requests"] = (200, body)

    answer = await family.submit(ASK, page, **FIELDS)

    assert answer.headers["location"] == f"/demandes/{REQUEST}"


async def test_the_script_gets_the_cell_as_it_now_is(family: Any, services: Any) -> None:
    services.enrolment.answers["GET /v1/me/agenda/cell"].update(
        state="requested", actions=["request.withdraw"], request_id=REQUEST
    )
    data = {"form_token": token_in(await page_of(family)), **FIELDS}

    answer = await family.post(ASK, data=data, headers=CELL)

    assert answer.status_code == 200
    assert 'data-state="requested"' in answer.text
    assert "numéro D-2026-01342" in answer.text
    assert f'formaction="/demandes/{REQUEST}/retirer"' in answer.text
    assert "<html" not in answer.text


REASON = "Délai dépassé depuis le mercredi 25 novembre, 10 h : le service n’a plus de place !"
REFUSALS = {
    "no line could be requested": (
        409,
        {
            "type": "urn:portail:problem:enrolment.nothing-to-request",
            "title": "Rien",
            "lines": [{"outcome": "locked", "reason": REASON}],
        },
    ),
    "one line with its reason": (
        201,
        {
            "request_id": REQUEST,
            "number": "D-1",
            "kind": "booking.request",
            "state": "refused",
            "submitted_at": "2026-11-24T06:00:00Z",
            "lines": [
                {
                    "child_id": LOU,
                    "slot_id": SLOT,
                    "day": "2026-11-26",
                    "outcome": "locked",
                    "reason": REASON,
                }
            ],
        },
    ),
    "the problem's own words": (
        409,
        {"type": "urn:portail:problem:enrolment.request-id-reused", "detail": REASON},
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_refusal_is_said_in_the_services_words(
    family: Any, services: Any, refusal: str
) -> None:
    services.enrolment.answers["POST /v1/me/requests"] = REFUSALS[refusal]
    page = await page_of(family)

    plain = await family.submit(ASK, page, **FIELDS)
    cell = await family.post(ASK, data={"form_token": token_in(page), **FIELDS}, headers=CELL)

    shown = "le service n’a plus de place\u202f!"
    assert plain.status_code == 409
    assert shown in html.unescape(plain.text)
    assert "Demande de réservation" in plain.text
    assert cell.status_code == 409
    assert shown in html.unescape(cell.text)
    assert "data-cell=" in cell.text


async def test_without_an_answer_the_same_request_can_be_sent_again(
    family: Any, services: Any
) -> None:
    page = await page_of(family)

    async def cut(request: web.Request) -> web.Response:
        request.transport.close()
        return web.Response()

    services.enrolment.answers["POST /v1/me/requests"] = cut
    answer = await family.submit(ASK, page, **FIELDS)

    assert answer.status_code == 503
    assert "elle ne sera comptée qu’une fois" in html.unescape(answer.text)
    assert f'name="request_id" value="{REQUEST}"' in answer.text
    assert f'action="{ASK}"' in answer.text


async def test_someone_elses_child_is_a_page_that_does_not_exist(
    family: Any, services: Any
) -> None:
    services.enrolment.answers["POST /v1/me/requests"] = (404, {"type": "portail.not-found"})

    answer = await family.submit(ASK, await page_of(family), **FIELDS)

    assert answer.status_code == 404


@pytest.mark.parametrize("wrong", [{"day": "demain"}, {"slot_id": "x"}, {"request_id": ""}])
async def test_a_form_that_makes_no_sense_is_refused(
    family: Any, services: Any, wrong: dict[str, str]
) -> None:
    answer = await family.submit(ASK, await page_of(family), **{**FIELDS, **wrong})

    assert answer.status_code == 422
    assert not services.enrolment.asked("POST", "/v1/me/requests")


async def test_without_a_script_one_confirms_before_asking(family: Any, services: Any) -> None:
    page = await page_of(family)
    assert f'action="{DAY}/confirmer"' in page

    answer = await family.submit(f"{DAY}/confirmer", page, **FIELDS)

    shown = html.unescape(answer.text)
    assert answer.status_code == 200
    assert "Lou, jeudi 26 novembre 2026, Soir" in shown
    assert "Prix\u00a0: 1,50\u00a0€" in shown
    assert f'name="request_id" value="{REQUEST}"' in shown
    assert not services.enrolment.asked("POST", "/v1/me/requests")


async def test_taking_back_leads_to_the_request_or_to_the_cell(family: Any, services: Any) -> None:
    page = await page_of(family)
    address = f"/demandes/{REQUEST}/retirer"
    where = {"child_id": LOU, "slot_id": SLOT, "day": "2026-11-26"}

    plain = await family.submit(address, page, version="1")
    cell = await family.post(address, data={"form_token": token_in(page), **where}, headers=CELL)

    assert plain.headers["location"] == f"/demandes/{REQUEST}?retiree=1"
    assert 'data-outcome="Demande retirée"' in cell.text
    asked = services.enrolment.asked("POST", f"/v1/me/requests/{REQUEST}/withdraw")
    assert [json.loads(one.body) for one in asked] == [{"version": 1}, {}]


async def test_taking_back_too_late_says_so(family: Any, services: Any) -> None:
    services.enrolment.answers[f"POST /v1/me/requests/{REQUEST}/withdraw"] = (
        409,
        {"type": "enrolment.request-changed", "detail": "Déjà acceptée."},
    )
    services.enrolment.answers[f"GET /v1/me/requests/{REQUEST}"].update(state="accepted")

    answer = await family.submit(f"/demandes/{REQUEST}/retirer", await page_of(family))

    shown = html.unescape((await family.get(answer.headers["location"])).text)
    assert "ne peut plus être retirée" in shown


async def test_a_cell_explains_itself_exactly(family: Any, services: Any) -> None:
    address = f"/agenda/cellule?cle={KEY}"
    cell = services.enrolment.answers["GET /v1/me/agenda/cell"]

    cell.update(state="locked", actions=[], cut_off="2026-11-24T05:00:00Z")
    late = html.unescape((await family.get(address)).text)
    cell.update(state="waitlisted", note="rang 3", cut_off=None)
    waiting = html.unescape((await family.get(address)).text)
    cell.update(state="refused", note=None, reason="Groupe complet")
    refused = html.unescape((await family.get(address)).text)

    assert "Délai dépassé depuis le mardi 24 novembre, 6\u00a0h" in late
    assert "rang 3" in waiting
    assert "Motif\u00a0: Groupe complet." in refused


async def test_an_offered_place_has_its_own_state_until_the_instant_that_is_said(
    family: Any, services: Any
) -> None:
    address = f"/agenda/cellule?cle={KEY}"
    cell = services.enrolment.answers["GET /v1/me/agenda/cell"]
    cell.update(
        state="waitlisted",
        note="place proposée",
        cut_off=None,
        actions=["offer.accept", "offer.decline"],
        booking_id=REQUEST,
        offered_until="2026-11-26T09:00:00Z",
    )
    page = html.unescape((await family.get(address)).text)
    assert 'data-state="offered"' in page
    assert "place proposée jusqu’au jeu. 26 nov., 10\u00a0h" in page
    assert "Accepter" in page


async def test_who_must_wait_for_its_turn_is_told_when_it_comes_and_keeps_the_same_request(
    family: Any, services: Any
) -> None:
    busy = {
        "type": "urn:portail:problem:enrolment.busy",
        "detail": "Votre tour est gardé. Renvoyez-la dans 12 secondes.",
        "retry_after": 12,
    }
    page = await page_of(family)
    services.enrolment.answers["POST /v1/me/requests"] = (503, busy)
    plain = await family.submit(ASK, page, **FIELDS)
    before = len(services.enrolment.seen)
    cell = await family.post(ASK, data={"form_token": token_in(page), **FIELDS}, headers=CELL)

    assert (plain.status_code, plain.headers["retry-after"]) == (503, "12")
    assert "Votre tour est gardé" in html.unescape(plain.text)
    assert f'name="request_id" value="{REQUEST}"' in plain.text
    assert (cell.status_code, cell.headers["retry-after"], cell.content) == (503, "12", b"")
    assert len(services.enrolment.seen) == before + 1, "the script waits; nothing else is asked"


async def test_passwords_are_checked_and_the_services_words_shown(
    family: Any, services: Any
) -> None:
    url = "/mon-compte/mot-de-passe"
    page = (await family.get(url)).text
    good = {"current": "ancien2026mot", "new": "nouveau2026mot", "again": "nouveau2026mot"}

    differs = await family.submit(url, page, **{**good, "again": "autre"})
    changed = await family.submit(url, page, **good)
    services.accounts.answers["POST /v1/me/password"] = (
        422,
        {"type": "accounts.weak", "detail": "Ajoutez au moins un chiffre."},
    )
    weak = await family.submit(url, page, **good)

    assert "ne sont pas identiques" in differs.text
    assert "nouveau2026mot" not in differs.text
    assert changed.headers["location"] == "/mon-compte?change=1"
    assert "Ajoutez au moins un chiffre." in weak.text
