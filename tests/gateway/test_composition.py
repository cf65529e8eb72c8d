"""Pages in front of services that are slow, away, or answer nonsense."""

import asyncio
import html
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

SLOW = 30
"""Seconds after which a slow service answers; every call of the gateway gives up before."""

LOU = "0197a000-0000-7000-8000-0000000000a1"
NOT_AVAILABLE = "indisponible pour le moment"


async def slow(_: web.Request) -> web.Response:
    await asyncio.sleep(SLOW)
    return web.Response()


async def garbage(_: web.Request) -> web.Response:
    return web.Response(body=b"\x00\xff<html>", content_type="application/json")


async def cut(request: web.Request) -> web.Response:
    request.transport.close()
    return web.Response()


TROUBLES = {
    "slow": slow,
    "garbage": garbage,
    "cut": cut,
    "500": (500, {"type": "x"}),
    "503": (503, {}),
    "404": (404, {"type": "x"}),
    "a list": [1, 2],
    "null": (200, None),
    "another shape": {"balance": "beaucoup"},
    "a list as a problem": (409, [1]),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_card_whose_service_is_in_trouble_says_so_and_the_page_comes(
    family: Any, services: Any, trouble: str
) -> None:
    services.billing.answers["GET /v1/me/summary"] = TROUBLES[trouble]

    # Long before the slow one would answer: the page waits for nobody.
    async with asyncio.timeout(SLOW / 2):
        answer = await family.get("/")

    page = html.unescape(answer.text)
    assert answer.status_code == 200
    assert page.count(NOT_AVAILABLE) == 1
    assert "Votre solde" in page
    assert "Bonjour Camille et Sacha" in page


async def test_calls_are_made_at_the_same_time(family: Any, services: Any) -> None:
    asked = {
        services.billing: "GET /v1/me/summary",
        services.accounts: "GET /v1/me/family",
        services.enrolment: "GET /v1/me/week",
        services.messaging: "GET /v1/me/counts",
    }
    together = asyncio.Barrier(len(asked))

    def once_all_are_asked(body: Any) -> Handler:
        async def answer(_: web.Request) -> web.Response:
            await together.wait()
            return web.json_response(body)

        return answer

    for service, call in asked.items():
        service.answers[call] = once_all_are_asked(service.answers[call])

    page = (await family.get("/")).text

    assert NOT_AVAILABLE not in page


PAGES = [
    "/",
    "/enfants",
    f"/enfants/{LOU}",
    f"/enfants/{LOU}/agenda",
    f"/enfants/{LOU}/agenda/2026-11-26",
    "/agenda",
    "/agenda/2026-11-26",
    "/demandes",
    "/demandes/0197a000-0000-7000-8000-0000000000c1",
    "/messages",
    "/messages/0197a000-0000-7000-8000-0000000000d1",
    "/mon-compte",
    "/releve",
    "/factures",
    "/factures/0197a000-0000-7000-8000-0000000000e1",
]


@pytest.mark.parametrize("path", PAGES)
async def test_with_every_service_away_each_page_still_comes(
    family: Any, services: Any, path: str
) -> None:
    for service in services.all:
        await service.stop()

    answer = await family.get(path)

    assert answer.status_code == 200
    assert NOT_AVAILABLE in answer.text


async def test_prices_that_may_be_wrong_are_not_said(family: Any, services: Any) -> None:
    path = f"/enfants/{LOU}/agenda?mois=2026-11"
    with_price = html.unescape((await family.get(path)).text)
    services.billing.answers["GET /v1/me/rates"] = (503, {})

    without = html.unescape((await family.get(path)).text)

    assert "1,50\u00a0€" in with_price
    assert "€" not in without
    assert "Demande de réservation" in without


@pytest.mark.parametrize("path", ["/rien", "/enfants/x", "/agenda/2026-13-45"])
async def test_an_unknown_page_is_a_page(family: Any, path: str) -> None:
    answer = await family.get(path)

    assert answer.status_code in (404, 422)
    assert "Revenir à l’accueil" in answer.text


async def test_a_child_of_another_family_is_a_page_that_does_not_exist(family: Any) -> None:
    other = "0197a000-0000-7000-8000-0000000000ff"
    for path in ("", "/agenda", "/agenda/2026-11-26"):
        assert (await family.get(f"/enfants/{other}{path}")).status_code == 404


HOSTILE = "<script>alert(1)</script>\"'&{{7*7}}"


async def test_hostile_names_are_only_words(family: Any, services: Any) -> None:
    agenda = services.enrolment.answers["GET /v1/me/agenda"]
    names = {"given_name": HOSTILE, "family_name": HOSTILE}
    hostile = [{**child, **names} for child in agenda["children"]]
    cells = agenda["days"][0]["cells"]
    day = {
        "date": "2026-11-26",
        "cells": [
            {
                **cells[0],
                "slot_label": HOSTILE,
                "reason": HOSTILE,
                "note": HOSTILE,
                "state": "few_left",
            }
        ],
    }
    services.enrolment.answers["GET /v1/me/agenda"] = {**agenda, "children": hostile, "days": [day]}
    services.enrolment.answers["GET /v1/me/week"] = {**agenda, "children": hostile, "days": []}
    services.accounts.answers["GET /v1/me/family"].update(
        children=hostile,
        name=HOSTILE,
        reference=HOSTILE,
        guardians=[{"guardian_id": LOU, "given_name": HOSTILE, "family_name": HOSTILE}],
    )
    item = services.enrolment.answers["GET /v1/me/requests"]["items"][0]
    item.update(object=HOSTILE, reason=HOSTILE, number=HOSTILE)
    note = services.messaging.answers["GET /v1/me/threads"]["items"][0]
    note.update(subject=HOSTILE, excerpt=HOSTILE)

    for path in (
        "/",
        "/enfants",
        f"/enfants/{LOU}",
        "/agenda?mois=2026-11",
        "/demandes",
        f"/enfants/{LOU}/agenda/2026-11-26",
        "/messages",
        "/mon-compte",
    ):
        page = (await family.get(path)).text
        assert "<script>alert" not in page, path
        assert "49" not in page.split("alert(1)")[1][:60], path
        assert "&lt;script&gt;" in page, path


async def test_french_spaces_and_first_days_are_right(family: Any, services: Any) -> None:
    thread = services.messaging.answers["GET /v1/me/threads"]["items"][0]
    thread.update(subject="Une place : pour qui ? « Lou » !", last_posted_at="2026-11-01T08:00:00Z")

    page = html.unescape((await family.get("/messages")).text)

    assert "Une place\u00a0: pour qui\u202f? «\u00a0Lou\u00a0»\u202f!" in page
    assert "1er nov" in page


async def test_a_receipt_says_all_that_the_law_asks(family: Any) -> None:
    page = html.unescape((await family.get("/demandes/0197a000-0000-7000-8000-0000000000c1")).text)

    for words in (
        "D-2026-01342",
        "lundi 23 novembre 2026",
        "21\u00a0h\u00a014",
        "samedi 23 janvier 2027",
        "Service Enfance",
        "04 74 00 00 00",
        "enfance@val-arbelle.example",
        "la demande est acceptée",
    ):
        assert words in page


async def test_reading_a_message_marks_it_and_lowers_the_count(family: Any, services: Any) -> None:
    thread = "0197a000-0000-7000-8000-0000000000d1"

    page = (await family.get(f"/messages/{thread}")).text

    assert services.messaging.asked("POST", f"/v1/me/threads/{thread}/read")
    assert 'data-count="messages">1<' in page


async def test_a_message_whose_mark_cannot_be_made_is_shown(family: Any, services: Any) -> None:
    thread = "0197a000-0000-7000-8000-0000000000d1"
    services.messaging.answers[f"POST /v1/me/threads/{thread}/read"] = (503, {})

    assert "Votre demande est acceptée." in (await family.get(f"/messages/{thread}")).text
