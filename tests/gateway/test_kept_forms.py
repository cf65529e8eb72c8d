"""A form sent after the end of its session comes back filled after signing in, and is not sent."""

import html
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.responses import HTMLResponse

from gateway.keeping import KeptForm
from gateway.refilling import refilled
from gateway.routes import account
from gateway.visit import VisitOf

PUBLIC = "https://portail.test"
OVER = (401, {"type": "urn:portail:problem:accounts.session-over", "title": "Terminée"})
OURS = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}
PAGE = "/mon-compte/mot-de-passe"
FORM = """<!doctype html><html><body><main id="contenu"><form method="post" action="/autre">
<input name="comment" value="pas celui-ci"></form>
<form method="post" action="/ici">
<input type="hidden" name="form_token" value="neuf"><input type="hidden" name="version" value="7">
<input name="comment" value="ancien"><textarea name="words" rows="4">anciens &amp; vieux</textarea>
<input type="password" name="secret-word"><input type="file" name="file">
<input type="checkbox" name="days" value="lundi" checked>
<input type="checkbox" name="days" value="mardi">
<select name="centre"><option value="">Choisissez</option><option value="1" selected>Un</option>
<option value="2">Deux</option></select></form><p>Fin &eacute; &#233;</p></main></body></html>"""


def kept(*fields: tuple[str, str], action: str = "/ici") -> KeptForm:
    return KeptForm("a", "/page", action, fields)


def test_every_control_is_filled_and_nothing_else_is_touched() -> None:
    page, left = refilled(
        FORM,
        kept(
            ("comment", 'dit "oui" & <b>'),
            ("words", "deux\nlignes </textarea><script>"),
            ("days", "mardi"),
            ("centre", "2"),
            ("version", "6"),
            ("inconnu", "perdu ?"),
        ),
        "<p>avis</p>",
    )

    assert '<main id="contenu"><p>avis</p>' in page
    assert 'value="pas celui-ci"' in page
    assert 'name="comment" value="dit &quot;oui&quot; &amp; &lt;b&gt;"' in page
    assert ">\ndeux\nlignes &lt;/textarea&gt;&lt;script&gt;</textarea>" in page
    assert 'value="lundi" checked' not in page
    assert 'value="mardi" checked' in page
    assert '<option value="2" selected>' in page
    assert '<option value="1">' in page
    assert 'name="version" value="7"' in page
    assert 'name="form_token" value="neuf"' in page
    assert "<p>Fin &eacute; &#233;</p>" in page
    assert sorted(left) == [("inconnu", "perdu ?"), ("version", "6")]


def test_a_page_without_the_form_is_left_as_it_is() -> None:
    page, left = refilled(FORM, kept(("comment", "x"), action="/ailleurs"), "")

    assert page == FORM
    assert left == [("comment", "x")]


async def over(family: Any, services: Any, clock: Any) -> None:
    services.accounts.answers["POST /v1/sessions/refresh"] = OVER
    clock.advance(timedelta(minutes=10))
    renew(services, clock)


def renew(services: Any, clock: Any) -> None:
    expires = (clock.now() + timedelta(minutes=5)).isoformat()
    for answer in ("POST /v1/sign-in",):
        services.accounts.answers[answer] |= {"token_expires_at": expires}


async def sent_too_late(family: Any, services: Any, clock: Any, **fields: str) -> Any:
    """The answer to a form of the page of a request, sent after the end of the session."""
    page = (await family.get("/mon-compte/essai")).text
    await over(family, services, clock)
    return await family.post(
        "/mon-compte/essai",
        data={"form_token": page.split('name="form_token" value="')[1].split('"')[0], **fields},
        headers={**OURS, "Referer": f"{PUBLIC}/mon-compte/essai"},
    )


@pytest.fixture(autouse=True)
def a_page_with_a_form() -> Iterator[None]:
    """The same frame and guard as every page, and a form with every kind of control."""

    async def page(visit: VisitOf) -> HTMLResponse:
        return HTMLResponse(
            FORM.replace("/ici", "/mon-compte/essai").replace("neuf", visit.form_token)
        )

    async def received() -> HTMLResponse:
        return HTMLResponse("reçu")

    before = list(account.router.routes)
    account.router.add_api_route("/mon-compte/essai", page, methods=["GET"])
    account.router.add_api_route("/mon-compte/essai", received, methods=["POST"])
    yield
    account.router.routes[:] = before


def sealed_in(page: str) -> str:
    return html.unescape(page.split('name="kept" value="')[1].split('"')[0])


async def sign_in_with(family: Any, page: str) -> Any:
    return await family.submit(
        "/connexion",
        page,
        identifier="noisetier",
        password="soleil2026bleu",
        suite="/mon-compte/essai",
        kept=sealed_in(page),
    )


async def test_what_was_typed_comes_back_in_its_form(
    family: Any, services: Any, clock: Any
) -> None:
    page = await sent_too_late(
        family, services, clock, comment="Léa a changé d’école", centre="2", password="secretsecret"
    )
    assert page.status_code == 401
    assert "ce que vous aviez saisi est gardé" in html.unescape(page.text)
    assert "Léa a changé" not in html.unescape(page.text)

    back = await sign_in_with(family, page.text)

    shown = html.unescape(back.text)
    assert back.status_code == 200
    assert "rien n’a encore été envoyé" in shown
    assert 'value="Léa a changé d’école"' in shown
    assert '<option value="2" selected>' in shown
    assert "secretsecret" not in shown
    token = back.text.split('name="form_token" value="')[1].split('"')[0]
    sent = await family.post("/mon-compte/essai", data={"form_token": token}, headers=OURS)
    assert sent.text == "reçu"


async def test_nobody_else_gets_what_was_typed(family: Any, services: Any, clock: Any) -> None:
    page = await sent_too_late(family, services, clock, comment="Léa a changé d’école")
    other = {**services.accounts.answers["POST /v1/sign-in"]["principal"], "id": "x"}
    services.accounts.answers["POST /v1/sign-in"] |= {"principal": other}

    back = await sign_in_with(family, page.text)

    assert back.status_code == 303
    assert back.headers["location"] == "/mon-compte/essai"


async def test_after_an_hour_it_is_forgotten(family: Any, services: Any, clock: Any) -> None:
    page = await sent_too_late(family, services, clock, comment="Léa")
    again = await family.get("/connexion")
    clock.advance(timedelta(minutes=61))
    renew(services, clock)
    again = await family.get("/connexion")

    back = await family.submit(
        "/connexion",
        again.text,
        identifier="noisetier",
        password="soleil2026bleu",
        kept=sealed_in(page.text),
    )

    assert back.status_code == 303


@pytest.mark.parametrize("kept_text", ["x", "a.b", "a" * 60_000, "😀"])
async def test_what_we_did_not_seal_is_ignored(browser: Any, kept_text: str) -> None:
    page = (await browser.get("/connexion")).text
    answer = await browser.submit(
        "/connexion", page, identifier="noisetier", password="soleil2026bleu", kept=kept_text
    )
    assert answer.status_code == 303


async def test_a_form_too_long_to_be_kept_says_so(family: Any, services: Any, clock: Any) -> None:
    page = await sent_too_late(family, services, clock, comment="a" * 60_000)

    assert "trop long pour être gardé" in html.unescape(page.text)
    assert 'name="kept"' not in page.text


async def test_a_form_of_somebody_elses_making_is_not_kept(
    family: Any, services: Any, clock: Any
) -> None:
    await family.get("/mon-compte/essai")
    await over(family, services, clock)

    answer = await family.post(
        "/mon-compte/essai", data={"form_token": "forgé", "comment": "x"}, headers=OURS
    )

    assert answer.status_code == 303


async def test_words_without_their_page_are_shown_all_the_same(
    family: Any, services: Any, clock: Any
) -> None:
    page = (await family.get("/mon-compte/essai")).text
    await over(family, services, clock)
    token = page.split('name="form_token" value="')[1].split('"')[0]
    refused = await family.post(
        "/mon-compte/essai",
        data={"form_token": token, "comment": "Léa <b>"},
        headers={**OURS, "Referer": f"{PUBLIC}/nulle-part"},
    )

    back = await sign_in_with(family, refused.text)

    assert "Ce que vous aviez saisi" in back.text
    assert "Léa &lt;b&gt;" in back.text


async def test_a_night_later_the_form_is_still_kept(family: Any, services: Any, clock: Any) -> None:
    page = (await family.get("/mon-compte/essai")).text
    clock.advance(timedelta(hours=13))
    renew(services, clock)
    token = page.split('name="form_token" value="')[1].split('"')[0]
    answer = await family.post(
        "/mon-compte/essai",
        data={"form_token": token, "comment": "Léa"},
        headers={**OURS, "Referer": f"{PUBLIC}/mon-compte/essai"},
    )
    back = await sign_in_with(family, answer.text)
    assert 'value="Léa"' in html.unescape(back.text)
