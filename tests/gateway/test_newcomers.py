"""« Pré-inscription »: a form for anybody; nothing typed is lost, and only its sender reads it."""

import html
import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from .conftest import PUBLIC

URL = "/preinscription"
ID = "0197a000-0000-7000-8000-0000000000e1"


def field(name: str, label: str, widget: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "label": label, "widget": widget, "required": True, "longest": 80, **more}


FORM = {
    "guardian": [
        field("civility", "Civilité", "choice", choices={"mme": "Madame"}, required=False),
        field("given_name", "Prénom", autocomplete="given-name"),
    ],
    "child": [field("given_name", "Prénom"), field("born_on", "Date de naissance", "date")],
    "wish": [field("centre", "Centre souhaité"), field("message", "Message", "lines")],
    "most_children": 6,
    "documents": [{"kind": "insurance", "label": "Assurance", "of_a_child": True}],
    "most_documents": 6,
}
NOTHING = {"items": []}
JOINED = {
    "items": [
        {
            "document_id": ID,
            "kind": "insurance",
            "label": "Assurance",
            "child": 1,
            "byte_size": 2048,
            "dated_on": "2026-11-02",
        }
    ]
}
RECEIPT = {
    "request_id": ID,
    "number": "F-2026-00042",
    "submitted_at": "2026-11-24T06:00:00Z",
    "due_on": "2027-01-24",
    "silence": "Sans réponse, votre demande sera acceptée.",
}
TYPED = {
    "guardian.1.given_name": "Ousmane <b>",
    "child.1.given_name": "Awa",
    "child.1.born_on": "2022-05-12",
    "wish.message": "Bonjour\nMerci",
    "consent": "yes",
}


SAID = {
    "document.document_id": ID,
    "document.kind": "insurance",
    "document.child": "1",
    "document.dated_on": "2026-11-02",
}


@pytest.fixture(autouse=True)
def accounts(services: Any) -> Any:
    services.accounts.answers |= {
        "GET /v1/preregistrations/form": FORM,
        "POST /v1/preregistrations": (201, RECEIPT),
    }
    return services.accounts


async def sent(browser: Any, **more: str) -> Any:
    page = (await browser.get(URL)).text
    request_id = page.split('name="request_id" value="')[1].split('"')[0]
    return await browser.submit(URL, page, **TYPED, **more, request_id=request_id)


@pytest.mark.guide("5.5")
async def test_a_family_gets_a_numbered_receipt(browser: Any, accounts: Any) -> None:
    answer = await sent(browser)

    assert answer.status_code == 303
    receipt = html.unescape((await browser.get(answer.headers["location"])).text)
    for words in ("F-2026-00042", "dimanche 24 janvier 2027", "sera acceptée", "04 74 00 00 00"):
        assert words in receipt
    (asked,) = accounts.asked("POST", "/v1/preregistrations")
    body = json.loads(asked.body)
    assert body["typed"] == TYPED
    assert body["address"] == "127.0.0.1"
    assert len(body["request_id"]) == 36


async def test_the_centre_is_chosen_from_the_list_or_typed_while_it_is_away(
    browser: Any, services: Any
) -> None:
    names = [{"centre_id": ID, "name": "Les <i>Libellules"}, {"centre_id": ID, "name": "Le Préau"}]
    asked = "GET /v1/internal/centres"
    services.enrolment.answers[asked] = {"items": names}
    assert '<option value="Les &lt;i&gt;Libellules">' in (await browser.get(URL)).text
    again = await sent(browser, children="1", **{"add-child": "1", "wish.centre": "Le Préau"})
    assert '<option value="Le Préau" selected>' in again.text
    # Typed while the list was away, and still there when it is back.
    kept = await sent(browser, children="1", **{"add-child": "1", "wish.centre": "Chez <b>"})
    assert '<option value="Chez &lt;b&gt;" selected>' in kept.text
    for trouble in ((503, {}), (403, {"type": "x"}), {"items": "none"}):
        services.enrolment.answers[asked] = trouble
        typed = await sent(browser, children="1", **{"add-child": "1", "wish.centre": "Chez <b>"})
        assert '<select id="wish.centre"' not in typed.text
        assert 'value="Chez &lt;b&gt;"' in typed.text


async def test_another_child_is_another_row_and_nothing_is_lost(
    browser: Any, accounts: Any
) -> None:
    page = await sent(browser, children="1", **{"add-child": "1"})

    assert 'name="child.2.born_on"' in page.text
    assert 'value="Ousmane &lt;b&gt;"' in page.text
    assert "Bonjour\nMerci" in page.text
    assert accounts.asked("POST", "/v1/preregistrations") == []
    last = await sent(browser, children="6", **{"add-child": "1"})
    assert 'name="child.7.' not in last.text


async def test_what_is_wrong_is_said_beside_its_field(browser: Any, accounts: Any) -> None:
    listed = [{"field": "child.1.born_on", "message": "Cette date est dans le futur."}]
    problem = {"type": "urn:portail:problem:accounts.wrong-fields", "fields": listed}
    accounts.answers["POST /v1/preregistrations"] = (422, problem)

    answer = await sent(browser)

    assert answer.status_code == 422
    assert 'id="child.1.born_on-error"' in answer.text
    assert 'value="2022-05-12"' in answer.text
    assert 'value="Ousmane &lt;b&gt;"' in answer.text


async def test_too_many_forms_wait_and_keep_their_words(browser: Any, accounts: Any) -> None:
    problem = {"type": "urn:portail:problem:accounts.too-many-attempts", "retry_after": 600}
    accounts.answers["POST /v1/preregistrations"] = (429, problem)

    answer = await sent(browser)

    assert (answer.status_code, "Réessayez à partir de" in answer.text) == (429, True)
    assert 'value="Awa"' in answer.text


@pytest.mark.parametrize("token", ["", "x", "a.b", "😀", "a" * 3000])
async def test_a_receipt_that_we_did_not_seal_is_not_found(browser: Any, token: str) -> None:
    for path in (f"{URL}/recue", f"{URL}/fiche.pdf"):
        assert (await browser.get(path, params={"recu": token})).status_code == 404


async def test_the_receipt_is_shown_for_two_hours(browser: Any, clock: Any) -> None:
    location = (await sent(browser)).headers["location"]
    clock.advance(timedelta(hours=2))

    assert (await browser.get(location)).status_code == 404


async def test_paper_is_asked_from_accounts_in_our_own_name(browser: Any, accounts: Any) -> None:
    def pdf() -> web.Response:
        return web.Response(body=b"%PDF", content_type="application/pdf")

    accounts.answers["GET /v1/preregistrations/blank-form.pdf"] = (200, pdf())
    accounts.answers[f"GET /v1/preregistrations/{ID}/form.pdf"] = (200, pdf())
    assert (await browser.get(f"{URL}/imprimer.pdf")).content == b"%PDF"
    location = (await sent(browser)).headers["location"]

    filled = await browser.get(location.replace("/recue?", "/fiche.pdf?"))

    assert filled.headers["content-type"] == "application/pdf"
    (asked,) = accounts.asked("GET", f"/v1/preregistrations/{ID}/form.pdf")
    assert asked.headers["authorization"] == "Bearer service-token"
    assert asked.query == ""


async def test_a_form_too_large_or_of_too_many_fields_is_refused(browser: Any) -> None:
    many = {f"child.1.x{number}": "a" for number in range(200)}
    assert (await sent(browser, **many)).status_code in (400, 422)
    assert (await sent(browser, **{"wish.other": "a" * (16 * 1024 * 1024)})).status_code == 413


async def test_while_accounts_is_away_the_page_says_so(browser: Any, accounts: Any) -> None:
    page = (await browser.get(URL)).text
    accounts.answers["POST /v1/preregistrations"] = (503, {"type": "x"})

    answer = await browser.submit(URL, page, **TYPED)

    assert answer.status_code == 503
    assert "n’a pas répondu" in html.unescape(answer.text)
    assert 'value="Awa"' in answer.text


async def with_file(
    browser: Any, accounts: Any, said: dict[str, str], content: bytes = b"%PDF", **more: str
) -> Any:
    """The form as a browser sends it: in parts, its file among them."""
    accounts.answers.setdefault(f"GET /v1/preregistrations/{ID}/documents", JOINED)
    page = (await browser.get(URL)).text
    assert 'enctype="multipart/form-data"' in page
    token = page.split('name="form_token" value="')[1].split('"')[0]
    fields = {"form_token": token, "request_id": ID, "children": "1", **TYPED, **said, **more}
    parts = {name: (None, value) for name, value in fields.items()}
    file = {"document.file": ("é.pdf", content, "application/pdf")}
    return await browser.post(
        URL, files={**parts, **file}, headers={"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}
    )


def parts_of(asked: Any) -> dict[str, bytes]:
    boundary = asked.headers["content-type"].split("boundary=")[1].encode()
    found = {}
    for part in asked.body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        found[head.split(b'name="')[1].split(b'"')[0].decode()] = content[:-2]
    return found


DOCUMENTS = f"/v1/preregistrations/{ID}/documents"


async def test_a_document_is_joined_and_shown_with_everything_typed(
    browser: Any, accounts: Any
) -> None:
    accounts.answers[f"POST {DOCUMENTS}"] = (201, JOINED)

    page = await with_file(browser, accounts, SAID, **{"add-document": "1"})

    assert page.status_code == 200
    for words in ("Assurance</strong>, Awa, du 02/11/2026", 'value="Ousmane &lt;b&gt;"'):
        assert words in page.text
    assert 'name="remove-document" value="' + ID in page.text
    assert f'name="document.document_id" value="{ID}"' not in page.text
    (asked,) = accounts.asked("POST", DOCUMENTS)
    assert asked.headers["authorization"] == "Bearer service-token"
    assert parts_of(asked) == {
        "document_id": ID.encode(),
        "kind": b"insurance",
        "child": b"1",
        "dated_on": b"2026-11-02",
        "expires_on": b"",
        "address": b"127.0.0.1",
        "file": b"%PDF",
    }
    assert accounts.asked("POST", "/v1/preregistrations") == []


async def test_the_chosen_file_leaves_with_the_form(browser: Any, accounts: Any) -> None:
    accounts.answers[f"POST {DOCUMENTS}"] = (201, JOINED)
    receipt = {**RECEIPT, "documents": ["Assurance, <b>Awa"]}
    accounts.answers["POST /v1/preregistrations"] = (201, receipt)

    answer = await with_file(browser, accounts, SAID)

    assert answer.status_code == 303
    assert "Assurance, &lt;b&gt;Awa" in (await browser.get(answer.headers["location"])).text
    (sent_words,) = accounts.asked("POST", "/v1/preregistrations")
    assert json.loads(sent_words.body)["typed"] == TYPED
    assert len(accounts.asked("POST", DOCUMENTS)) == 1


async def test_a_file_too_heavy_or_broken_is_told_beside_it_and_nothing_is_lost(
    browser: Any, accounts: Any
) -> None:
    wrong = {"fields": [{"field": "file", "message": "Trop lourd."}, {"field": "child_id"}]}
    accounts.answers[f"POST {DOCUMENTS}"] = (422, {"type": "x", **wrong})

    page = await with_file(browser, accounts, SAID, content=b"x" * (12 * 1024 * 1024))

    assert page.status_code == 422
    for words in (
        'id="document.file-error"',
        "Trop lourd.",
        'id="document.child-error"',
        'value="Ousmane &lt;b&gt;"',
        'value="2026-11-02"',
        f'name="document.document_id" value="{ID}"',
    ):
        assert words in page.text, words
    # Of the file no more is passed on than makes it too large.
    assert len(parts_of(accounts.asked("POST", DOCUMENTS)[0])["file"]) == 8 * 1024 * 1024 + 1
    accounts.answers[f"POST {DOCUMENTS}"] = (422, {"type": "x", "detail": "Six au plus."})
    assert "Six au plus." in (await with_file(browser, accounts, SAID)).text
    assert accounts.asked("POST", "/v1/preregistrations") == []


async def test_a_joined_document_is_taken_back(browser: Any, accounts: Any) -> None:
    accounts.answers[f"DELETE {DOCUMENTS}/{ID}"] = NOTHING
    accounts.answers[f"GET {DOCUMENTS}"] = NOTHING

    page = await with_file(browser, accounts, {}, **{"remove-document": ID})

    assert page.status_code == 200
    assert "Retirer" not in page.text
    assert 'value="Ousmane &lt;b&gt;"' in page.text
    assert len(accounts.asked("DELETE", f"{DOCUMENTS}/{ID}")) == 1
