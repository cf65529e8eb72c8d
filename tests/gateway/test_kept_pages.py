"""Kept pages: the same as new ones, for nobody else, and only while nothing changed."""

import asyncio
import gzip
import re
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.clock import SteppedClock
from chassis.data_version import DOOR
from gateway.keeping_answers import OVERHEAD, Shelf
from gateway.packing import packed

from .conftest import FAMILY_ID, LOU, NOE, cell, children, family_answer, principal

PAGES = ("/", "/agenda", f"/enfants/{LOU}/agenda", "/agenda/semaine/2026-11-23", "/factures")
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
REQUEST_ID = re.compile(r'name="request_id" value="([^"]+)"')
NOT_AVAILABLE = "indisponible pour le moment"


@pytest.fixture(autouse=True)
def told(services: Any) -> None:
    """Every service tells the version of its data."""
    for service in services.all:
        service.version = f"{service.name}-1"
        service.answers.setdefault("GET /v1/me/absence-reasons", {"items": []})
        service.answers.setdefault("GET /v1/me/documents", {"items": []})


def is_kept(answer: Any) -> bool:
    return "kept" in answer.headers.get("Server-Timing", "")


def questions(services: Any) -> list[str]:
    """What was asked of the services beside the version of their data; forgets it."""
    asked = [one.path for service in services.all for one in service.seen if one.path != DOOR]
    for service in services.all:
        service.seen.clear()
    return asked


def without_gaps(page: str) -> str:
    return REQUEST_ID.sub("", page)


def agenda(*cells: dict[str, Any], pending: int = 3) -> dict[str, Any]:
    days = [{"date": "2026-11-26", "cells": list(cells)}]
    return {"month": "2026-11", "children": children(), "days": days, "pending": pending}


@pytest.mark.parametrize("path", PAGES)
async def test_a_kept_page_is_the_same_with_its_own_request_id_and_asks_nothing(
    family: Any, services: Any, path: str
) -> None:
    first = await family.get(path)
    questions(services)
    second, third = await family.get(path), await family.get(path)

    assert not is_kept(first)
    assert is_kept(second)
    assert is_kept(third)
    assert questions(services) == []
    assert without_gaps(first.text) == without_gaps(second.text) == without_gaps(third.text)
    assert TOKEN.findall(first.text) == TOKEN.findall(third.text) != []
    ids = [one for page in (first, second, third) for one in REQUEST_ID.findall(page.text)]
    assert len(set(ids)) == len(ids) == (3 if "agenda" in path else 0)
    for name in ("Cache-Control", "Content-Security-Policy", "Content-Type", "Vary"):
        assert first.headers[name] == third.headers[name]
    assert third.headers["X-Correlation-Id"] != second.headers["X-Correlation-Id"]


async def test_nobody_is_sent_what_was_kept_for_somebody_else(
    family: Any, services: Any, browser: Any, gateway: Any
) -> None:
    """The other guardian, then another family, at the same browser and address."""
    await family.get("/")
    await family.get("/agenda")
    signed_in = services.accounts.answers["POST /v1/sign-in"]
    others = {
        "token-2": principal(name="Famille Noisetier") | {"guardian_id": FAMILY_ID},
        "token-3": principal(name="Famille Bleuet") | {"id": NOE, "family_id": NOE},
    }
    for token, who in others.items():
        # The services answer by token; no version changes by that.
        name = f"Vu par {token}"
        services.accounts.answers["POST /v1/sign-in"] = {
            **signed_in,
            "session": token * 7,
            "token": token,
            "principal": who,
        }
        services.accounts.answers["GET /v1/me/family"] = family_answer(
            guardians=[{"guardian_id": LOU, "given_name": name, "family_name": "Noisetier"}]
        )
        browser.cookies.clear()
        await browser.sign_in()
        questions(services)
        page = await browser.get("/")

        assert not is_kept(page)
        assert f"Bonjour {name}" in page.text
        assert not is_kept(await browser.get("/agenda"))
        assert {"/v1/me/week", "/v1/me/agenda", "/v1/me/family"} <= set(questions(services))
        assert is_kept(await browser.get("/"))
    browser.cookies.clear()
    assert (await browser.get("/", headers={"Accept": "text/html"})).status_code == 303


async def test_a_session_whose_token_was_renewed_begins_anew(
    family: Any, services: Any, clock: SteppedClock
) -> None:
    await family.get("/agenda")
    services.accounts.answers["POST /v1/sessions/refresh"] = {
        "token": "token-2",
        "token_expires_at": (clock.now() + timedelta(minutes=9)).isoformat(),
        "principal": principal(),
    }
    clock.advance(timedelta(minutes=4, seconds=30))

    assert not is_kept(await family.get("/agenda"))
    last = services.enrolment.asked("GET", "/v1/me/agenda")[-1]
    assert last.headers["authorization"] == "Bearer token-2"


async def test_what_is_written_is_on_the_very_next_page(family: Any, services: Any) -> None:
    """Whoever wrote: the family in another tab, at another process, the authority, an operator."""
    await family.get("/agenda")
    assert is_kept(await family.get("/agenda"))
    services.enrolment.answers["GET /v1/me/agenda"] = agenda(cell(state="booked", actions=[]))
    services.enrolment.version = "enrolment-2"
    questions(services)

    page = await family.get("/agenda")

    assert 'data-state="booked"' in page.text
    # Only the service whose data changed was asked, and once.
    assert questions(services).count("/v1/me/agenda") == 1
    assert is_kept(await family.get("/agenda"))


async def test_what_is_written_about_others_costs_one_question_and_no_new_page(
    family: Any, services: Any
) -> None:
    await family.get("/factures")
    questions(services)
    services.billing.version = "billing-2"

    assert is_kept(await family.get("/factures"))
    assert sorted(questions(services)) == ["/v1/me/invoices", "/v1/me/summary"]
    assert is_kept(await family.get("/factures"))
    assert questions(services) == []


async def test_what_is_written_while_an_answer_is_made_makes_it_old(
    family: Any, services: Any
) -> None:
    async def writes_meanwhile(_: Any) -> Any:
        services.enrolment.version = "enrolment-2"
        return web.json_response(agenda(cell()))

    services.enrolment.answers["GET /v1/me/agenda"] = writes_meanwhile
    await family.get("/agenda")
    services.enrolment.answers["GET /v1/me/agenda"] = agenda(cell(state="booked", actions=[]))

    assert 'data-state="booked"' in (await family.get("/agenda")).text


@pytest.mark.parametrize("passing", ["minute", "cut-off within the minute"])
async def test_a_cell_whose_cut_off_passes_is_no_longer_kept_as_it_was(
    family: Any, services: Any, clock: SteppedClock, passing: str
) -> None:
    wait = timedelta(minutes=1) if passing == "minute" else timedelta(seconds=1)
    clock.advance(-timedelta(seconds=clock.now().second, microseconds=clock.now().microsecond))
    ends = (clock.now() + wait).isoformat()
    services.enrolment.answers["GET /v1/me/agenda"] = agenda(cell(cut_off=ends))
    await family.get("/agenda")
    assert is_kept(await family.get("/agenda"))
    services.enrolment.answers["GET /v1/me/agenda"] = agenda(cell(state="locked", actions=[]))
    if passing == "minute":
        # As a service's version tells its minute.
        services.enrolment.version = "enrolment-1 a minute later"

    clock.advance(wait)
    page = await family.get("/agenda")

    assert not is_kept(page)
    assert 'data-state="locked"' in page.text
    assert "booking.request" not in page.text.split('id="menu-icons"')[0]


async def test_a_service_that_is_away_costs_its_card_and_comes_back(
    family: Any, services: Any
) -> None:
    """Nothing is shown from memory in the name of a service that cannot vouch for it."""
    await family.get("/")
    assert is_kept(await family.get("/"))
    version, summary = services.billing.version, services.billing.answers["GET /v1/me/summary"]
    services.billing.version = ""
    services.billing.answers["GET /v1/me/summary"] = (503, {})

    page = await family.get("/")

    assert page.text.count(NOT_AVAILABLE) == 1
    assert "Bonjour Camille et Sacha" in page.text
    services.billing.version = version
    services.billing.answers["GET /v1/me/summary"] = summary
    assert NOT_AVAILABLE not in (await family.get("/")).text
    assert is_kept(await family.get("/"))


async def test_a_page_with_a_card_missing_is_not_kept(family: Any, services: Any) -> None:
    services.messaging.answers["GET /v1/me/counts"] = (500, {})
    await family.get("/")
    questions(services)
    assert not is_kept(await family.get("/"))
    # What its other services said stands all the same.
    assert questions(services) == ["/v1/me/counts"]


async def test_documents_to_renew_are_not_kept_for_their_names_may_tell_of_health(
    family: Any, services: Any
) -> None:
    document = {
        "document_id": LOU,
        "kind": "pai",
        "label": "Projet d’accueil individualisé",
        "state": "accepted",
        "submitted_at": "2026-01-02T10:00:00Z",
        "submitted_by": "Camille",
        "media_type": "application/pdf",
        "byte_size": 10,
        "pages": 1,
        "dated_on": "2026-01-02",
        "expires_on": "2026-11-30",
    }
    services.accounts.answers["GET /v1/me/documents"] = {"items": [document]}
    for _ in range(2):
        page = await family.get("/")
        assert "Projet d’accueil individualisé" in page.text
        assert not is_kept(page)


@pytest.mark.parametrize(
    "headers",
    [{"Cache-Control": "no-cache"}, {"Accept-Encoding": "identity"}],
    ids=["reload all", "no gzip"],
)
async def test_who_asks_for_a_new_page_is_made_one(
    family: Any, services: Any, headers: dict[str, str]
) -> None:
    await family.get("/agenda")
    questions(services)
    assert not is_kept(await family.get("/agenda", headers=headers))
    assert "/v1/me/agenda" in questions(services)


async def test_other_pages_are_made_each_time(family: Any) -> None:
    for path in ("/mon-compte", "/demandes", f"/enfants/{LOU}", "/agenda/2026-11-26"):
        await family.get(path)
        assert not is_kept(await family.get(path))


async def test_many_at_once_ask_a_service_once_and_after_they_came(
    family: Any, services: Any
) -> None:
    await family.get("/factures")
    questions(services)
    pages = await asyncio.gather(*(family.get("/factures") for _ in range(12)))
    assert all(map(is_kept, pages))
    assert len(services.billing.seen) <= 3


def test_the_shelf_is_bounded_and_forgets_what_is_old(clock: SteppedClock) -> None:
    shelf: Shelf[bytes] = Shelf(10 * (OVERHEAD + 100), clock)
    for number in range(30):
        shelf.put(number, b"", 100)
        shelf.get(0)
    assert len(shelf) == 10
    assert shelf.weight <= shelf.bytes_at_most
    # What is used stays, what is not goes first.
    assert shelf.get(0) is not None
    assert shelf.get(15) is None
    shelf.put("too large", b"", shelf.bytes_at_most)
    assert shelf.get("too large") is None
    clock.advance(timedelta(minutes=2))
    assert shelf.get("anything") is None
    assert (len(shelf), shelf.weight) == (0, 0)


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(st.text(alphabet="abé<>", max_size=40), min_size=1, max_size=6),
    token=st.binary(min_size=1, max_size=70_000 // 1000),
)
def test_a_packed_page_opens_as_the_page_with_its_gaps_filled(
    parts: list[str], token: bytes
) -> None:
    page = b"[[T]]".join(part.encode() for part in parts)
    assert gzip.decompress(packed(page, {b"[[T]]": "t"}).filled({"t": token})) == page.replace(
        b"[[T]]", token
    )


def test_what_fills_a_gap_is_not_compressed_with_its_page() -> None:
    """Else the length would tell whoever may write on a page how near its secret they are."""
    token = b"s3cret-" * 6
    sent = packed(token * 30 + b"[[T]]", {b"[[T]]": "t"}).filled({"t": token})
    assert sent.count(token) == 1
