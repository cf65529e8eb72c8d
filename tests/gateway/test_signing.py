"""The two doors."""

import html
import json
from typing import Any

import pytest

from gateway import links
from gateway.routes.signing import FAMILY, STAFF

PUBLIC = "https://portail.test"
HOSTILE = [
    "https://ailleurs.example/",
    "//ailleurs.example",
    "///ailleurs.example",
    "/\\ailleurs.example",
    "\\\\ailleurs.example",
    "/\t/ailleurs.example",
    "/\n/ailleurs.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "ailleurs",
    "http:ailleurs",
    "/" + "a" * 2000,
    " /messages",
    "",
]
LOCAL = ["/messages", "/enfants/1/agenda?mois=2026-11", "/demandes?liste=mes-enfants", "/a//b"]


@pytest.mark.parametrize("path", HOSTILE)
def test_the_way_back_never_leaves_the_portal(path: str) -> None:
    assert FAMILY.way(path) == "/"
    assert not links.is_local(path)


@pytest.mark.parametrize("path", LOCAL)
def test_a_local_way_back_is_followed(path: str) -> None:
    assert FAMILY.way(path) == path


def test_each_door_leads_to_its_own_pages_only() -> None:
    assert FAMILY.way("/console/demandes") == "/"
    assert STAFF.way("/console/demandes") == "/console/demandes"
    assert STAFF.way("/messages") == "/console"
    assert STAFF.way("/consoles") == "/console"


@pytest.mark.parametrize("path", HOSTILE[:-1])
async def test_signing_in_with_a_hostile_way_back_leads_home(browser: Any, path: str) -> None:
    answer = await browser.sign_in(suite=path)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


async def test_a_deep_link_survives_signing_in(browser: Any) -> None:
    asked = await browser.get("/enfants/x/agenda?mois=2026-11")
    page = await browser.get(asked.headers["location"])
    suite = html.unescape(page.text.split('name="suite" value="')[1].split('"')[0])

    answer = await browser.sign_in(suite=suite)

    assert answer.headers["location"] == "/enfants/x/agenda?mois=2026-11"


async def test_accounts_is_told_the_door_and_the_address(browser: Any, services: Any) -> None:
    await browser.sign_in()

    asked = services.accounts.asked("POST", "/v1/sign-in")[0]
    assert json.loads(asked.body) == {
        "identifier": "noisetier",
        "password": "soleil2026bleu",
        "door": "family",
        "address": "127.0.0.1",
        "user_agent": browser.headers["user-agent"],
    }
    assert asked.headers["authorization"] == "Bearer service-token"


async def test_a_wrong_password_is_said_beside_the_field(browser: Any, services: Any) -> None:
    services.accounts.answers["POST /v1/sign-in"] = (
        401,
        {"type": "urn:portail:problem:accounts.sign-in-refused"},
    )

    answer = await browser.sign_in()

    assert answer.status_code == 401
    assert "error-summary" in answer.text
    assert "L’identifiant ou le mot de passe est incorrect" in answer.text
    assert 'value="noisetier"' in answer.text
    assert "soleil2026bleu" not in answer.text
    assert "__Host-portail=" not in str(answer.headers.get_list("set-cookie"))


async def test_an_empty_form_asks_nothing_of_accounts(browser: Any, services: Any) -> None:
    page = (await browser.get("/connexion")).text

    answer = await browser.submit("/connexion", page, identifier=" ", password="")

    assert answer.status_code == 422
    assert "2\u00a0points à corriger" in answer.text
    assert not services.accounts.asked("POST", "/v1/sign-in")


@pytest.mark.parametrize("said", [90, "2026-11-24T06:01:30+00:00"])
async def test_too_many_attempts_say_when_to_come_back(
    browser: Any, services: Any, said: object
) -> None:
    services.accounts.answers["POST /v1/sign-in"] = (
        429,
        {"type": "accounts.too-many-attempts", "retry_after": said},
    )

    answer = await browser.sign_in()

    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "120"
    assert "à partir de 7\u00a0h\u00a002" in answer.text


@pytest.mark.parametrize("status", [503, 500, 403])
async def test_a_troubled_accounts_is_not_a_wrong_password(
    browser: Any, services: Any, status: int
) -> None:
    services.accounts.answers["POST /v1/sign-in"] = (status, {"type": "x"})

    answer = await browser.sign_in()

    assert answer.status_code == 503
    assert "retry-after" in answer.headers
    assert "incorrect" not in answer.text


async def test_our_own_refused_token_is_not_a_wrong_password(browser: Any, services: Any) -> None:
    services.accounts.answers["POST /v1/sign-in"] = (
        401,
        {"type": "urn:portail:problem:portail.sign-in-needed"},
    )

    assert (await browser.sign_in()).status_code == 503


async def test_accounts_away_is_said_on_the_sign_in_page(browser: Any, services: Any) -> None:
    await services.accounts.stop()

    answer = await browser.sign_in()

    assert answer.status_code == 503
    assert 'value="noisetier"' in answer.text


async def test_signing_out_forgets_the_session_and_tells_accounts(
    family: Any, services: Any
) -> None:
    page = (await family.get("/")).text

    answer = await family.submit("/deconnexion", page)

    assert answer.headers["location"] == "/connexion?au-revoir=1"
    assert json.loads(services.accounts.asked("POST", "/v1/sessions/end")[0].body) == {
        "session": "s" * 43
    }
    assert "Vous êtes déconnecté" in (await family.get("/connexion?au-revoir=1")).text
    assert (await family.get("/")).headers["location"] == "/connexion"


async def test_signing_out_works_without_accounts(family: Any, services: Any) -> None:
    page = (await family.get("/")).text
    await services.accounts.stop()

    assert (await family.submit("/deconnexion", page)).status_code == 303
    assert (await family.get("/")).status_code == 303


async def test_a_family_at_the_console_meets_the_staff_door(family: Any, services: Any) -> None:
    answer = await family.get("/console/demandes")

    assert answer.headers["location"] == "/console/connexion?suite=/console/demandes"
    assert (await family.get("/console/connexion")).status_code == 200
    assert not services.enrolment.asked("GET", "/console/demandes")


async def test_staff_at_the_family_pages_meet_the_family_door(browser: Any, services: Any) -> None:
    as_staff(services)
    await browser.sign_in("/console/connexion")

    assert (await browser.get("/messages")).headers["location"] == "/connexion?suite=/messages"
    assert (await browser.get("/")).headers["location"] == "/console"


async def test_who_is_signed_in_is_not_asked_again(family: Any) -> None:
    answer = await family.get("/connexion?suite=/messages")

    assert answer.headers["location"] == "/messages"


async def test_programs_are_told_rather_than_sent_elsewhere(browser: Any) -> None:
    answer = await browser.get("/direct/etat", headers={"Accept": "application/json"})

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_upstream_that_no_longer_knows_the_person_ends_the_session(
    family: Any, services: Any
) -> None:
    services.messaging.answers["GET /v1/me/threads"] = (401, {"type": "portail.sign-in-needed"})

    answer = await family.get("/messages")

    assert answer.headers["location"] == "/connexion?suite=/messages"
    assert (await family.get("/connexion")).status_code == 200


def as_staff(services: Any) -> None:
    answers = services.accounts.answers
    answers["POST /v1/sign-in"] = {
        **answers["POST /v1/sign-in"],
        "principal": {
            "id": "0197a000-0000-7000-8000-0000000000f1",
            "name": "Dominique Ferrand",
            "audiences": ["secretariat"],
            "family_id": None,
        },
    }
