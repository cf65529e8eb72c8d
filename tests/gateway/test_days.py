"""Cancelling, absences, offers, several days, enrolments and the subscribed calendar."""

import html
import json
from typing import Any

import pytest
from aiohttp import web

from .conftest import LOU, NOE, REQUEST, SLOT, cell, problem, request_item

BOOKING = "0197a000-0000-7000-8000-0000000000e1"
WHERE = {"slot_id": SLOT, "day": "2026-11-26", "request_id": REQUEST}
CELL = {
    "X-Fragment": "cell",
    "Origin": "https://portail.test",
    "Sec-Fetch-Site": "same-origin",
}
ACTIVITY = "0197a000-0000-7000-8000-0000000000f1"
DAY = f"/enfants/{LOU}/agenda/2026-11-26"
LINE = {
    "child_id": LOU,
    "slot_id": SLOT,
    "day": "2026-11-26",
    "outcome": "requested",
    "child_name": "Lou",
    "slot_label": "Soir",
}


def token_in(page: str) -> str:
    return page.split('name="form_token" value="')[1].split('"')[0]


@pytest.fixture
def booked(services: Any) -> Any:
    """Lou's evening is booked, and enrolment answers about it."""
    answers = services.enrolment.answers
    mine = cell(state="booked", actions=["booking.cancel", "absence.declare"], booking_id=BOOKING)
    answers["GET /v1/me/agenda"]["days"] = [{"date": "2026-11-26", "cells": [mine]}]
    answers["GET /v1/me/agenda/cell"] = mine
    answers["GET /v1/me/absence-reasons"] = {
        "items": [
            {"code": "strike", "label": "Grève", "needs_text": False, "needs_document": False},
            {"code": "other", "label": "Autre", "needs_text": True, "needs_document": False},
        ]
    }
    answers["POST /v1/me/cancellations"] = (201, request_item(kind="booking.cancel"))
    answers["POST /v1/me/absences"] = (201, request_item(kind="absence.declare"))
    answers["POST /v1/me/absences/preview"] = {
        "lines": [
            {**LINE, "effect": "free", "in_notice": True, "reason": "Ce jour ne sera pas facturé."}
        ],
        "document_due_at": "2026-11-28T09:00:00Z",
    }
    return services


async def test_a_booked_cell_offers_to_cancel_and_to_declare_an_absence(
    family: Any, booked: Any
) -> None:
    month = html.unescape((await family.get(f"/enfants/{LOU}/agenda?mois=2026-11")).text)
    assert 'data-label="Annuler la réservation"' in month
    assert 'data-label="Déclarer une absence"' in month
    assert f'data-effect="/enfants/{LOU}/absences/effet"' in month
    assert '<option value="strike">Grève</option>' in month
    assert f'data-several="/agenda/plusieurs-jours?enfant={LOU}"' in month


async def test_an_absence_from_the_menu_is_answered_by_its_cell(family: Any, booked: Any) -> None:
    page = (await family.get(DAY)).text
    data = {"form_token": token_in(page), **WHERE, "reason": "strike"}
    effect = await family.post(f"/enfants/{LOU}/absences/effet", data=data, headers=CELL)
    assert "Ce jour ne sera pas facturé." in html.unescape(effect.text)
    assert "Justificatif attendu avant le samedi 28 novembre" in html.unescape(effect.text)

    answer = await family.post(f"/enfants/{LOU}/absences", data=data, headers=CELL)
    assert answer.status_code == 200
    assert 'data-outcome="Absence déclarée, numéro D-2026-01342"' in answer.text
    (sent,) = booked.enrolment.asked("POST", "/v1/me/absences")
    assert json.loads(sent.body) == {
        "request_id": REQUEST,
        "child_ids": [LOU],
        "first_day": "2026-11-26",
        "last_day": "2026-11-26",
        "slot_id": SLOT,
        "reason": "strike",
        "reason_text": None,
    }


async def test_without_a_script_the_effect_is_read_before_confirming(
    family: Any, booked: Any
) -> None:
    page = (await family.get(DAY)).text
    assert f'action="{DAY}/absence"' in page
    silent = await family.submit(f"{DAY}/absence", page, **WHERE)
    assert silent.status_code == 409
    assert "Choisissez le motif" in silent.text
    other = await family.submit(f"{DAY}/absence", page, **WHERE, reason="other")
    assert "Précisez le motif" in other.text
    shown = html.unescape(
        (await family.submit(f"{DAY}/absence", page, **WHERE, reason="strike")).text
    )
    assert "Motif\u00a0: Grève." in shown
    assert "Ce jour ne sera pas facturé." in shown
    assert not booked.enrolment.asked("POST", "/v1/me/absences")
    sent = await family.submit(f"/enfants/{LOU}/absences", shown, **WHERE, reason="strike")
    assert sent.headers["location"] == f"/demandes/{REQUEST}"


async def test_cancelling_is_confirmed_sent_and_its_refusal_shown(family: Any, booked: Any) -> None:
    page = (await family.get(DAY)).text
    shown = html.unescape((await family.submit(f"{DAY}/annuler", page, **WHERE)).text)
    assert "ce jour ne sera pas facturé" in shown
    sent = await family.submit(f"/enfants/{LOU}/annulations", page, **WHERE)
    assert sent.headers["location"] == f"/demandes/{REQUEST}"
    booked.enrolment.answers["POST /v1/me/cancellations"] = (
        409,
        {"type": "x", "detail": "Non", "lines": [{"reason": "Il est trop tard pour ce jour."}]},
    )
    late = await family.submit(f"/enfants/{LOU}/annulations", page, **WHERE)
    assert late.status_code == 409
    assert "Il est trop tard pour ce jour." in late.text


@pytest.mark.parametrize(
    ("end", "path", "words"),
    [
        ("accepter", f"/v1/me/offers/{BOOKING}/accept", "La place est réservée"),
        ("refuser", f"/v1/me/offers/{BOOKING}/decline", "Place refusée"),
        ("quitter", f"/v1/me/waiting-list/{BOOKING}/leave", "plus dans la liste d’attente"),
    ],
)
async def test_an_offer_is_answered_from_its_cell(
    family: Any, booked: Any, end: str, path: str, words: str
) -> None:
    async def nothing(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    answer_of = request_item(state="applied") if end == "accepter" else nothing
    booked.enrolment.answers[f"POST {path}"] = answer_of
    page = (await family.get(DAY)).text
    data = {"form_token": token_in(page), "child_id": LOU, **WHERE}
    answer = await family.post(f"/places/{BOOKING}/{end}", data=data, headers=CELL)
    assert words in html.unescape(answer.text)
    plain = await family.post(
        f"/places/{BOOKING}/{end}", data=data, headers={"Origin": CELL["Origin"]}
    )
    assert plain.status_code == 303


async def test_an_offer_that_is_over_says_so(family: Any, booked: Any) -> None:
    path = f"POST /v1/me/offers/{BOOKING}/accept"
    booked.enrolment.answers[path] = (
        409,
        {"type": "enrolment.offer-over", "detail": "Cette proposition a expiré."},
    )
    page = (await family.get(DAY)).text
    data = {"form_token": token_in(page), "child_id": LOU, **WHERE}
    answer = await family.post(f"/places/{BOOKING}/accepter", data=data, headers=CELL)
    assert answer.status_code == 409
    assert "Cette proposition a expiré." in html.unescape(answer.text)


async def test_the_week_shows_the_same_cells_and_leads_to_the_month(
    family: Any, services: Any
) -> None:
    week = html.unescape((await family.get("/agenda/semaine/2026-11-25")).text)
    assert "Semaine du lundi 23 novembre 2026" in week
    assert "/agenda/semaine/2026-11-16" in week
    one = await family.get(f"/enfants/{LOU}/agenda/semaine/2026-11-25")
    assert one.status_code == 200
    assert (await family.get("/agenda/semaine/9999-12-31")).status_code == 404
    assert (await family.get(f"/enfants/{REQUEST}/agenda/semaine/2026-11-25")).status_code == 404


SEVERAL = {
    "enfants": [LOU, NOE],
    "creneaux": SLOT,
    "jours": "3",
    "du": "2026-11-25",
    "au": "2026-12-31",
}


@pytest.fixture
def offered(services: Any) -> Any:
    answers = services.enrolment.answers
    slot = {"slot_id": SLOT, "label": "Journée", "starts": "07:30", "ends": "18:00", "meal": True}
    answers["GET /v1/me/activities"] = {
        "items": [
            {
                "activity_id": ACTIVITY,
                "label": "Mercredi",
                "centre_name": "Les Libellules",
                "season": "term",
                "kind": "wednesday",
                "slots": [slot],
            }
        ]
    }
    lines = [LINE, {**LINE, "outcome": "refused", "why": "full", "reason": "Complet."}]
    answers["POST /v1/me/requests/several/preview"] = {"lines": lines}
    answers["POST /v1/me/requests/several"] = (201, request_item(lines=lines))
    answers["POST /v1/me/absences/preview"] = {"lines": [{**LINE, "effect": "free"}]}
    answers["POST /v1/me/absences"] = (201, request_item())
    answers["GET /v1/me/absence-reasons"] = {"items": [{"code": "strike", "label": "Grève"}]}
    answers["POST /v1/me/enrolments"] = (201, request_item())
    answers["GET /v1/me/schools"] = {
        "schools": [{"school_id": SLOT, "name": "École Jean-Moulin"}],
        "levels": [{"code": "CP", "label": "CP"}],
        "documents": [{"code": "address", "label": "Justificatif de domicile"}],
        "years": [2026, 2027],
    }
    answers["POST /v1/me/school-enrolments"] = (201, request_item())
    return services


async def test_several_days_are_answered_before_they_are_sent_and_after(
    family: Any, offered: Any
) -> None:
    page = (await family.get(f"/agenda/plusieurs-jours?enfant={LOU}")).text
    assert "Mercredi, Journée (Les Libellules)" in html.unescape(page)
    seen = await family.submit("/agenda/plusieurs-jours", page, **SEVERAL)
    shown = html.unescape(seen.text)
    assert "1\u00a0réservation peut être demandée" in shown
    assert "Complet." in shown
    assert not offered.enrolment.asked("POST", "/v1/me/requests/several")
    sent = await family.submit(
        "/agenda/plusieurs-jours", shown, **SEVERAL, etape="envoyer", request_id=REQUEST
    )
    assert sent.headers["location"] == f"/demandes/{REQUEST}"
    (made,) = offered.enrolment.asked("POST", "/v1/me/requests/several")
    assert json.loads(made.body) == {
        "request_id": REQUEST,
        "child_ids": [LOU, NOE],
        "slot_ids": [SLOT],
        "weekdays": [3],
        "first_day": "2026-11-25",
        "last_day": "2026-12-31",
    }
    offered.enrolment.answers[f"GET /v1/me/requests/{REQUEST}"] = request_item(
        lines=[LINE, {**LINE, "outcome": "refused", "why": "full", "reason": "Complet."}]
    )
    after = html.unescape((await family.get(f"/demandes/{REQUEST}")).text)
    assert "Non demandé\u00a0: complet." in after


@pytest.mark.parametrize(
    ("address", "given", "said"),
    [
        ("/agenda/plusieurs-jours", {}, "Choisissez au moins un enfant."),
        ("/agenda/plusieurs-jours", {**SEVERAL, "au": "2026-01-01"}, "avant le premier"),
        ("/agenda/plusieurs-jours", {**SEVERAL, "jours": "mercredi"}, "jour de la semaine"),
        ("/absences/nouvelle", {"du": "hier"}, "Choisissez au moins un enfant."),
        (f"/enfants/{LOU}/inscriptions/nouvelle", {"activite": "x"}, "Choisissez une activité."),
        (f"/enfants/{LOU}/inscriptions/scolaire", {}, "Choisissez une école."),
    ],
)
async def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays(
    family: Any, offered: Any, address: str, given: dict[str, str], said: str
) -> None:
    page = (await family.get(address)).text
    answer = await family.submit(address, page, **given)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    if "du" in given and given["du"] != "hier":
        assert f'value="{given["du"]}"' in answer.text


async def test_an_absence_of_several_days_shows_its_effect_then_is_declared(
    family: Any, offered: Any
) -> None:
    given = {"enfants": LOU, "du": "2026-11-25", "au": "2026-12-02", "reason": "strike"}
    page = (await family.get(f"/absences/nouvelle?enfant={LOU}")).text
    seen = await family.submit("/absences/nouvelle", page, **given)
    assert "Confirmer l’absence" in html.unescape(seen.text)
    sent = await family.submit(
        "/absences/nouvelle", seen.text, **given, etape="envoyer", request_id=REQUEST
    )
    assert sent.headers["location"] == f"/demandes/{REQUEST}"
    offered.enrolment.answers["POST /v1/me/absences/preview"] = (
        422,
        problem(
            422,
            "enrolment.absence-incomplete",
            "Incomplet",
            "Précisez le motif de l’absence.",
            fields=[{"field": "reason_text", "rule": "missing"}],
        ),
    )
    wrong = html.unescape((await family.submit("/absences/nouvelle", page, **given)).text)
    assert 'href="#reason_text">Précisez le motif' in wrong


async def test_both_enrolments_are_asked_for_and_refusals_keep_the_form(
    family: Any, offered: Any
) -> None:
    address = f"/enfants/{LOU}/inscriptions/nouvelle"
    page = (await family.get(address)).text
    given = {
        "activite": ACTIVITY,
        "du": "2026-11-25",
        "au": "2027-07-02",
        "request_id": REQUEST,
    }
    assert (await family.submit(address, page, **given)).headers["location"] == (
        f"/demandes/{REQUEST}"
    )
    offered.enrolment.answers["POST /v1/me/enrolments"] = (
        409,
        {"type": "enrolment.not-possible", "detail": "Votre enfant est déjà inscrit."},
    )
    refused = await family.submit(address, page, **given)
    assert refused.status_code == 409
    assert "Votre enfant est déjà inscrit." in refused.text
    assert 'value="2027-07-02"' in refused.text

    address = f"/enfants/{LOU}/inscriptions/scolaire"
    school = {"ecole": SLOT, "niveau": "CP", "annee": "2027", "pieces": "address"}
    page = (await family.get(address)).text
    sent = await family.submit(address, page, **school, request_id=REQUEST)
    assert sent.headers["location"] == f"/demandes/{REQUEST}"
    other = await family.get(f"/enfants/{REQUEST}/inscriptions/nouvelle")
    assert other.status_code == 404


async def test_the_child_page_lists_enrolments_in_progress(family: Any, services: Any) -> None:
    services.enrolment.answers["GET /v1/me/enrolments"] = {
        "activities": [
            {
                "enrolment_id": SLOT,
                "request_id": REQUEST,
                "request_number": "D-2026-00001",
                "child_id": LOU,
                "activity_label": "Mercredi",
                "centre_name": "Les Libellules",
                "first_day": "2026-09-01",
                "last_day": "2027-07-02",
                "state": "active",
            }
        ],
        "schools": [],
    }
    page = html.unescape((await family.get(f"/enfants/{LOU}")).text)
    assert "Mercredi (Les Libellules)" in page
    assert "Nouvelle inscription scolaire" in page


async def test_a_calendar_is_made_shown_once_revoked_and_fetched_by_nobody_signed_in(
    family: Any, browser: Any, services: Any
) -> None:
    secret = "s" * 43
    answers = services.enrolment.answers
    feed = {"feed_id": SLOT, "created_at": "2026-11-24T07:00:00Z"}
    answers["GET /v1/me/calendar-feeds"] = {"items": [feed]}
    answers["POST /v1/me/calendar-feeds"] = (201, {**feed, "secret": secret})
    answers[f"POST /v1/me/calendar-feeds/{SLOT}/revoke"] = (204, web.Response(status=204))
    page = (await family.get("/agenda/abonnement")).text
    made = await family.submit("/agenda/abonnement", page)
    assert f"https://portail.test/calendrier/{secret}.ics" in made.text
    assert secret not in (await family.get("/agenda/abonnement")).text
    revoked = await family.submit(f"/agenda/abonnement/{SLOT}/revoquer", page)
    assert revoked.headers["location"] == "/agenda/abonnement"

    async def calendar(_request: web.Request) -> web.Response:
        return web.Response(text="BEGIN:VCALENDAR", content_type="text/calendar")

    answers[f"GET /v1/calendar-feeds/{secret}"] = calendar
    browser.cookies.clear()
    fetched = await browser.get(f"/calendrier/{secret}.ics")
    assert (fetched.status_code, fetched.text) == (200, "BEGIN:VCALENDAR")
    (asked,) = services.enrolment.asked("GET", f"/v1/calendar-feeds/{secret}")
    assert "authorization" not in asked.headers
    for wrong in (f"{secret}", f"{secret}.txt", "court.ics", "..%2F..%2Fx.ics"):
        assert (await browser.get(f"/calendrier/{wrong}")).status_code == 404
