"""Writing to the service: forms with files, drafts, choices of e-mails, visitors."""

import json
from typing import Any

import pytest
from aiohttp import web

from .conftest import MESSAGE, PUBLIC, token_of

IDS = {
    "message_id": "0197a000-0000-7000-8000-0000000000e1",
    "thread_id": "0197a000-0000-7000-8000-0000000000e2",
}
DRAFT = f"/v1/me/drafts/{IDS['message_id']}"


def done() -> tuple[int, web.Response]:
    return 204, web.Response(status=204)


OURS = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}


async def form_token(family: Any) -> str:
    return token_of((await family.get("/messages/nouveau")).text)


async def send(family: Any, path: str, fields: dict[str, str], files: Any = ()) -> Any:
    # The token stands first, as in our own forms.
    fields = {"form_token": await form_token(family), **IDS, **fields}
    parts = [(name, (None, value)) for name, value in fields.items()]
    everything = [*parts, *(("files", one) for one in files)]
    return await family.post(path, files=everything, headers=OURS)


@pytest.fixture
def posted(services: Any) -> Any:
    """Messaging takes everything."""
    services.messaging.answers |= {
        "POST /v1/me/threads": (201, IDS),
        f"POST /v1/me/threads/{MESSAGE}/messages": (201, IDS),
        f"PUT {DRAFT}": done(),
    }
    return services.messaging


async def test_a_new_message_is_sent_with_the_ids_of_its_form(family: Any, posted: Any) -> None:
    answer = await send(
        family, "/messages/nouveau", {"subject": "Sortie", "body": "À quelle heure ?"}
    )

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/messages/{IDS['thread_id']}?envoye=1"
    (seen,) = posted.asked("POST", "/v1/me/threads")
    body = json.loads(seen.body)
    assert {name: body[name] for name in IDS} == IDS
    assert (body["subject"], body["body"]) == ("Sortie", "À quelle heure ?")
    assert not posted.asked("PUT", DRAFT)


async def test_files_are_joined_before_the_message_is_sent(family: Any, posted: Any) -> None:
    seen: list[str] = []

    async def attach(request: web.Request) -> web.Response:
        seen.append(request.query["name"])
        return web.json_response({}, status=201)

    family_files = [("a.pdf", b"%PDF-1.7"), ("été.png", b"\x89PNG")]
    # The attachment's id is made by the gateway: any will do.
    posted.otherwise = attach
    answer = await send(family, f"/messages/{MESSAGE}", {"body": "Voici"}, family_files)

    assert answer.status_code == 303
    assert seen == ["a.pdf", "été.png"]
    assert len(posted.asked("PUT", DRAFT)) == 1
    assert len(posted.asked("POST", f"/v1/me/threads/{MESSAGE}/messages")) == 1


async def test_what_messaging_refuses_is_said_beside_the_field_and_nothing_typed_is_lost(
    family: Any, services: Any
) -> None:
    services.messaging.answers["POST /v1/me/threads"] = (
        422,
        {
            "type": "urn:portail:problem:messaging.unusable",
            "field": "subject",
            "detail": "Écrivez un objet.",
        },
    )
    answer = await send(family, "/messages/nouveau", {"subject": " ", "body": "<b>Mes mots</b>"})

    assert answer.status_code == 422
    assert "Écrivez un objet." in answer.text
    assert "&lt;b&gt;Mes mots&lt;/b&gt;" in answer.text
    assert IDS["message_id"] in answer.text


async def test_when_messaging_is_away_the_form_comes_back_to_be_sent_again(
    family: Any, services: Any
) -> None:
    await services.messaging.stop()
    answer = await send(family, "/messages/nouveau", {"subject": "Sortie", "body": "Mes mots"})
    assert answer.status_code == 503
    assert "Mes mots" in answer.text
    assert IDS["message_id"] in answer.text


async def test_a_form_without_its_token_or_ids_is_refused(family: Any, posted: Any) -> None:
    token = await form_token(family)
    foreign = [("form_token", (None, "x")), ("body", (None, "a"))]
    assert (await family.post("/messages/nouveau", files=foreign, headers=OURS)).status_code == 403
    without = [("form_token", (None, token)), ("body", (None, "a"))]
    assert (await family.post("/messages/nouveau", files=without, headers=OURS)).status_code == 422
    assert not posted.asked("POST", "/v1/me/threads")


async def test_the_script_keeps_a_draft_without_a_page(family: Any, posted: Any) -> None:
    answer = await family.post(
        f"/messages/brouillons/{IDS['message_id']}",
        data={**IDS, "subject": "S", "body": "Début", "about": "facture:nothing"},
        headers={**OURS, "X-Form-Token": await form_token(family)},
    )
    assert answer.status_code == 204
    (seen,) = posted.asked("PUT", DRAFT)
    assert json.loads(seen.body)["body"] == "Début"


async def test_what_is_not_ticked_is_not_wanted(family: Any, services: Any) -> None:
    services.messaging.answers["PUT /v1/me/preferences"] = done()
    page = (await family.get("/mon-compte/notifications")).text
    answer = await family.submit("/mon-compte/notifications", page)
    assert answer.status_code == 303
    (seen,) = services.messaging.asked("PUT", "/v1/me/preferences")
    assert json.loads(seen.body) == {"by_email": {"decision": False}}


async def test_opening_the_link_of_an_email_stops_nothing_its_button_does(
    browser: Any, services: Any
) -> None:
    path = "/courriels/arret/0197a000-0000-7000-8000-0000000000e9"
    services.messaging.answers["POST /v1/unsubscriptions"] = {
        "category": "decision",
        "label": "Réponses à vos demandes",
    }
    page = await browser.get(path)
    assert not services.messaging.asked("POST", "/v1/unsubscriptions")
    answer = await browser.submit(path, page.text)
    assert "réponses à vos demandes" in answer.text
    assert len(services.messaging.asked("POST", "/v1/unsubscriptions")) == 1


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
async def test_a_mailbox_stops_its_emails_by_one_post_without_page_or_session(
    browser: Any, services: Any, form: str
) -> None:
    services.messaging.answers["POST /v1/unsubscriptions"] = {
        "category": "decision",
        "label": "Réponses à vos demandes",
    }
    path = "/courriels/arret/0197a000-0000-7000-8000-0000000000e9"
    said = {"List-Unsubscribe": "One-Click"}
    as_file = {"List-Unsubscribe": (None, "One-Click")}
    sent = {"data": said} if form == "urlencoded" else {"files": as_file}
    # What a mailbox may not do: anything else, or what only a page's button does.
    assert (await browser.post(f"{path}/un-clic", data={"a": "b"})).status_code == 422
    assert (await browser.post(path, data=said)).status_code in (401, 403)
    assert not services.messaging.asked("POST", "/v1/unsubscriptions")
    answer = await browser.post(f"{path}/un-clic", **sent)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    (asked,) = services.messaging.asked("POST", "/v1/unsubscriptions")
    assert json.loads(asked.body) == {"token": path.rsplit("/", 1)[-1]}
    services.messaging.answers["POST /v1/unsubscriptions"] = (404, {"title": "Lien inconnu"})
    assert (await browser.post(f"{path}/un-clic", **sent)).status_code == 404


async def test_a_visitor_writes_and_is_told_what_is_wrong(browser: Any, services: Any) -> None:
    services.messaging.answers["POST /v1/visitor-messages"] = (
        422,
        {"field": "email", "detail": "Indiquez une adresse électronique."},
    )
    page = (await browser.get("/contact")).text
    typed = {"name": "Camille", "email": "c", "body": "Mes mots"}
    answer = await browser.submit("/contact", page, **typed)
    assert answer.status_code == 422
    assert "Indiquez une adresse" in answer.text
    assert "Mes mots" in answer.text
    services.messaging.answers["POST /v1/visitor-messages"] = done()
    answer = await browser.submit("/contact", page, **typed)
    assert answer.headers["location"] == "/contact?envoye=1"
    sent = json.loads(services.messaging.asked("POST", "/v1/visitor-messages")[-1].body)
    assert sent["address"]


async def test_a_file_comes_to_be_saved_and_never_as_a_page(family: Any, services: Any) -> None:
    file = "0197a000-0000-7000-8000-0000000000d3"
    services.messaging.answers[f"GET /v1/me/attachments/{file}"] = (
        200,
        web.Response(
            body=b"%PDF",
            content_type="application/pdf",
            headers={
                "Content-Disposition": 'attachment; filename="a.pdf"',
                "Content-Security-Policy": "sandbox; default-src 'none'",
            },
        ),
    )
    answer = await family.get(f"/messages/pieces/{file}")
    assert answer.content == b"%PDF"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
