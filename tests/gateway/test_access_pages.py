"""Choosing a password by a link, the second step of signing in, one's own access."""

import html
import json
from typing import Any

import pytest

POLICY = {"rule": "De 12 à 20 caractères : des lettres sans accent et des chiffres."}
SECRET = "ABCDE-FGHIJ-KLMNO-PQRST"
OPENED = {
    "purpose": "activation",
    "identifier": "noisetier",
    "name": "Noisetier",
    "door": "family",
    "expires_at": "2026-12-09T06:00:00Z",
    "policy": POLICY,
}


def problem(status: int, kind: str, title: str, detail: str = "") -> dict[str, Any]:
    return {
        "type": f"urn:portail:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
    }


OVER = (410, problem(410, "accounts.link-over", "Ce lien n’est plus valable"))


@pytest.fixture
def links(services: Any) -> Any:
    services.accounts.answers |= {
        "POST /v1/access-links/open": OPENED,
        "POST /v1/access-links/redeem": {"door": "family"},
    }
    return services.accounts


def text(answer: Any) -> str:
    return html.unescape(answer.text)


async def test_a_link_leads_to_the_choice_of_a_password(browser: Any, links: Any) -> None:
    page = await browser.get(f"/activation/{SECRET}")

    assert "De 12 à 20 caractères" in text(page)
    assert "Votre identifiant" in text(page)
    chosen = await browser.submit(
        "/activation/choisir",
        page.text,
        secret=SECRET,
        new="grandnavire2026",
        again="grandnavire2026",
    )
    assert chosen.headers["location"] == "/connexion?choisi=1"
    assert "Votre mot de passe est choisi" in text(await browser.get("/connexion?choisi=1"))
    (asked,) = links.asked("POST", "/v1/access-links/redeem")
    assert json.loads(asked.body) == {
        "secret": SECRET,
        "password": "grandnavire2026",
        "address": "127.0.0.1",
    }


async def test_the_secret_is_told_to_nobody(browser: Any, links: Any) -> None:
    page = await browser.get(f"/activation/{SECRET}")

    assert page.headers["referrer-policy"] == "strict-origin"
    assert page.headers["cache-control"] == "no-store"
    assert f'action="/activation/{SECRET}' not in page.text
    assert (await browser.get("/activation")).headers["referrer-policy"] == "same-origin"
    assert all(SECRET not in one.path + one.query for one in links.seen)


@pytest.mark.parametrize("secret", ["x", "a" * 64, "a" * 65, "😀", "%00", "..%2f..", "<script>"])
async def test_a_secret_that_is_none_says_so(browser: Any, links: Any, secret: str) -> None:
    links.answers["POST /v1/access-links/open"] = OVER

    answer = await browser.get(f"/activation/{secret}")

    assert answer.status_code in (404, 410)
    assert "<script>alert" not in answer.text


async def test_a_code_from_a_letter_is_typed(browser: Any, links: Any) -> None:
    page = (await browser.get("/activation")).text
    empty = await browser.submit("/activation", page, secret="  ")
    assert (empty.status_code, "Tapez le code du courrier" in text(empty)) == (422, True)
    long = await browser.submit("/activation", page, secret="x" * 5000)
    assert long.status_code == 410
    good = await browser.submit("/activation", page, secret=SECRET)
    assert "Choisir ce mot de passe" in text(good)
    links.answers["POST /v1/access-links/open"] = OVER
    over = await browser.submit("/activation", page, secret=SECRET)
    assert (over.status_code, "n’est plus valable" in text(over)) == (410, True)


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("", "", "Choisissez un nouveau mot de passe"),
        ("x" * 201, "x" * 201, "Choisissez un nouveau mot de passe"),
        ("grandnavire2026", "petitnavire2026", "ne sont pas identiques"),
        ("court1", "court1", "Il est trop court"),
    ],
)
async def test_what_is_wrong_with_a_password_is_said_beside_it(
    browser: Any, links: Any, new: str, again: str, words: str
) -> None:
    weak = problem(422, "accounts.weak-password", "Non", "Il est trop court")
    links.answers["POST /v1/access-links/redeem"] = (422, weak)
    page = (await browser.get(f"/activation/{SECRET}")).text

    answer = await browser.submit("/activation/choisir", page, secret=SECRET, new=new, again=again)

    assert (answer.status_code, words in text(answer)) == (422, True)
    assert SECRET in answer.text
    assert "navire2026" not in answer.text


async def test_pressing_twice_says_that_the_link_has_served(browser: Any, links: Any) -> None:
    page = (await browser.get(f"/activation/{SECRET}")).text
    links.answers["POST /v1/access-links/redeem"] = OVER

    answer = await browser.submit(
        "/activation/choisir", page, secret=SECRET, new="grandnavire2026", again="grandnavire2026"
    )

    assert answer.status_code == 410
    assert "Vous venez de choisir votre mot de passe" in text(answer)


async def test_other_sessions_are_closed_from_the_list(family: Any) -> None:
    page = (await family.get("/mon-compte/connexions")).text

    closed = await family.submit("/mon-compte/connexions/fermer-les-autres", page)

    assert closed.headers["location"] == "/mon-compte/connexions?fermees=1"
    assert "connexion fermée" in text(await family.get(closed.headers["location"]))


@pytest.fixture
async def agent(browser: Any, services: Any, clock: Any) -> Any:
    """A member of staff signed in."""
    signed_in = services.accounts.answers["POST /v1/sign-in"]
    services.accounts.answers["POST /v1/sign-in"] = {**signed_in, "principal": STAFF}
    answer = await browser.sign_in("/console/connexion")
    assert answer.headers["location"] == "/console"
    return browser


STAFF = {
    "id": "0197a000-0000-7000-8000-0000000000f1",
    "name": "Dominique Roy",
    "audiences": ["secretariat"],
    "family_id": None,
}


async def test_a_second_factor_is_asked_for_after_the_password(browser: Any, services: Any) -> None:
    whole = services.accounts.answers["POST /v1/sign-in"]
    services.accounts.answers["POST /v1/sign-in"] = {"session": "h" * 43, "code_needed": True}
    page = await browser.sign_in("/console/connexion", suite="/console/demandes")
    assert "Code à six chiffres" in text(page)
    assert "h" * 43 not in page.text
    half = page.text.split('name="half" value="')[1].split('"')[0]
    url = "/console/connexion/code"

    wrong = problem(422, "accounts.wrong-code", "Ce code n’est pas le bon")
    services.accounts.answers["POST /v1/sign-in/code"] = (422, wrong)
    refused = await browser.submit(url, page.text, half=half, code="000000")
    assert (refused.status_code, "n’est pas le bon" in text(refused)) == (422, True)
    services.accounts.answers["POST /v1/sign-in/code"] = {**whole, "principal": STAFF}
    done = await browser.submit(url, page.text, half=half, code=" 123456 ")
    assert done.headers["location"] == "/console/demandes"
    assert json.loads(services.accounts.asked("POST", "/v1/sign-in/code")[-1].body) == {
        "session": "h" * 43,
        "code": "123456",
        "address": "127.0.0.1",
    }


@pytest.mark.parametrize("half", ["", "x", "x.y", "a" * 60_000])
async def test_half_a_sign_in_that_is_not_ours_begins_again(browser: Any, half: str) -> None:
    page = (await browser.get("/console/connexion")).text
    answer = await browser.submit("/console/connexion/code", page, half=half, code="123456")
    assert answer.headers["location"] == "/console/connexion"


async def test_a_second_factor_is_enrolled_by_a_drawing(agent: Any, services: Any) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    services.accounts.answers |= {
        "POST /v1/me/second-factor": {
            "secret": secret,
            "address": f"otpauth://totp/x?secret={secret}",
        },
        "POST /v1/me/second-factor/confirm": (422, problem(422, "accounts.wrong-code", "Non")),
    }
    home = (await agent.get("/console/mon-acces")).text
    drawing = await agent.submit("/console/mon-acces/second-facteur", home)
    assert "<svg" in drawing.text
    assert "JBSW Y3DP EHPK 3PXP" in drawing.text
    proposed = drawing.text.split('name="proposed" value="')[1].split('"')[0]
    url = "/console/mon-acces/second-facteur/confirmer"
    again = await agent.submit(url, drawing.text, proposed=proposed, code="000000")
    assert (again.status_code, "JBSW Y3DP EHPK 3PXP" in again.text) == (422, True)
    services.accounts.answers["POST /v1/me/second-factor/confirm"] = {"codes": ["ABCD-EFGH"]}
    done = await agent.submit(url, drawing.text, proposed=proposed, code="123456")
    assert "ABCD-EFGH" in done.text


async def test_a_second_factor_is_removed_by_a_code(agent: Any, services: Any) -> None:
    services.accounts.answers |= {
        "GET /v1/me/access": {
            "identifier": "secretariat",
            "has_second_factor": True,
            "policy": POLICY,
        },
        "POST /v1/me/second-factor/remove": (422, problem(422, "accounts.wrong-code", "Non")),
    }
    home = (await agent.get("/console/mon-acces")).text
    url = "/console/mon-acces/second-facteur/retirer"
    wrong = await agent.submit(url, home, code="000000")
    assert (wrong.status_code, "n’est pas le bon" in text(wrong)) == (422, True)
    services.accounts.answers["POST /v1/me/second-factor/remove"] = {}
    done = await agent.submit(url, home, code="123456")
    assert done.headers["location"] == "/console/mon-acces?retire=1"


async def test_staff_have_the_same_pages_of_their_own(agent: Any) -> None:
    for path, words in (
        ("/console/mon-acces", "Ajouter un second facteur"),
        ("/console/mon-acces/mot-de-passe", "Nouveau mot de passe"),
        ("/console/mon-acces/connexions", "Connexion réussie"),
    ):
        answer = await agent.get(path)
        assert (answer.status_code, words in text(answer)) == (200, True), path
    assert (await agent.get("/mon-compte/connexions")).status_code == 303
