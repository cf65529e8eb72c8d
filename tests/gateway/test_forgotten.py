"""« Mot de passe oublié »: one answer for everyone; what was typed is kept when it is wrong."""

import html
import json
from typing import Any

import pytest

URL = "/mot-de-passe-oublie"
TYPED = {
    "identifier": " noisetier ",
    "name": "Camille <b>",
    "email": "camille@example.test",
    "message": "Je n’ai plus\nmon mot de passe",
}


def refused(*fields: str) -> tuple[int, dict[str, Any]]:
    body = {
        "type": "urn:portail:problem:portail.invalid-input",
        "title": "Saisie",
        "fields": [{"field": name, "rule": "x"} for name in fields],
    }
    return 422, body


async def test_a_call_is_handed_on_and_answered_the_same(browser: Any, services: Any) -> None:
    services.accounts.answers["POST /v1/help-calls"] = (202, None)
    page = (await browser.get(URL)).text

    answer = await browser.submit(URL, page, **TYPED, request_id=page_id(page))

    assert answer.headers["location"] == f"{URL}/recu"
    assert "trente minutes" in (await browser.get(f"{URL}/recu")).text
    (asked,) = services.accounts.asked("POST", "/v1/help-calls")
    assert json.loads(asked.body) == {
        **TYPED,
        "identifier": "noisetier",
        "call_id": page_id(page),
        "address": "127.0.0.1",
    }


def page_id(page: str) -> str:
    return page.split('name="request_id" value="')[1].split('"')[0]


@pytest.mark.parametrize("field", ["identifier", "name", "email", "message"])
async def test_what_is_wrong_is_said_beside_its_field(
    browser: Any, services: Any, field: str
) -> None:
    services.accounts.answers["POST /v1/help-calls"] = refused(field)
    page = (await browser.get(URL)).text

    answer = await browser.submit(URL, page, **TYPED)

    shown = html.unescape(answer.text)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert "Camille &lt;b&gt;" in answer.text
    assert "Je n’ai plus\nmon mot de passe" in shown


async def test_too_many_calls_wait_and_keep_their_words(browser: Any, services: Any) -> None:
    body = {"type": "urn:portail:problem:accounts.too-many-attempts", "retry_after": 600}
    services.accounts.answers["POST /v1/help-calls"] = (429, body)
    page = (await browser.get(URL)).text

    answer = await browser.submit(URL, page, **TYPED)

    assert (answer.status_code, "Réessayez à partir de" in answer.text) == (429, True)
    assert "camille@example.test" in answer.text


async def test_a_broken_identifier_of_the_form_is_no_fault_of_ours(
    browser: Any, services: Any
) -> None:
    page = (await browser.get(URL)).text
    assert (await browser.submit(URL, page, **TYPED, request_id="x")).status_code == 422
