"""Who is let in where, with which cookie, under which headers, and from which pages."""

import json
import re

import pytest
from playwright.async_api import Page, Response, Route, expect

from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller
from portail_local.demo_data.families import PASSWORD

from . import booking
from .days import Cell, free_day, requests_for
from .forms import plant_form
from .people import JOURNEY, People, sign_in

pytestmark = JOURNEY

COOKIE = "__Host-portail"
STRICT = {
    "content-security-policy": r"^default-src 'none'; script-src 'self'; style-src 'self';"
    r".*form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "^nosniff$",
    "x-frame-options": "^DENY$",
    "referrer-policy": "^same-origin$",
    "cross-origin-opener-policy": "^same-origin$",
    "cross-origin-resource-policy": "^same-origin$",
    "permissions-policy": r"camera=\(\)",
    "x-correlation-id": "^[0-9a-f]{32}$",
}
ELSEWHERE = "http://ailleurs.test/"


@pytest.mark.parametrize(
    "path", ["/console", "/console/demandes", "/console/demandes?etat=refusees"]
)
async def test_a_family_at_the_console_is_sent_to_the_staff_s_door(
    people: People, path: str
) -> None:
    page = await people.signed_in("noisetier")
    await page.goto(path)
    await expect(page).to_have_url(re.compile("/console/connexion"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Console des agents")


async def test_a_family_s_password_opens_no_staff_door(people: People) -> None:
    page = await people.stranger()
    await page.goto("/console")
    await page.get_by_label("Identifiant").fill("noisetier")
    await page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Se connecter").click()
    await expect(page.get_by_role("alert")).to_contain_text("incorrect")
    assert await _cookie(page, COOKIE) is None


async def test_an_agent_at_the_portal_is_sent_to_the_console(people: People) -> None:
    page = await people.signed_in("secretariat")
    await page.goto("/")
    await expect(page).to_have_url(re.compile("/console/demandes"))


async def test_an_agent_without_the_role_reads_why_and_can_leave(people: People) -> None:
    page = await people.stranger()
    await sign_in(page, "regie")
    answer = await page.goto("/console/demandes")
    assert answer is not None
    assert answer.status == 403
    await expect(page.get_by_role("heading", level=1)).to_contain_text("pas accessible")
    await expect(page.get_by_role("main").locator(".lead")).not_to_be_empty()
    await page.get_by_role("button", name="Se déconnecter").first.click()
    await expect(page).to_have_url(re.compile("/console/connexion"))


async def test_a_team_opens_the_files_of_its_own_centre_only(people: People) -> None:
    team, secretariat = await people.calls("centre"), await people.calls("secretariat")

    async def found(agent: Caller) -> dict[str, list[str]]:
        listed = await agent.get(Context.ACCOUNTS, "/v1/staff/families")
        return {
            one["family_id"]: [child["child_id"] for child in one["children"]]
            for one in listed["items"]
        }

    stranger = {
        "reference": f"X-{new_id()}",
        "name": "Prunellier",
        "resident": True,
        "guardians": [{"given_name": "Ève", "family_name": "Prunellier", "is_payer": True}],
        "children": [{"given_name": "Lin", "family_name": "Prunellier", "born_on": "2020-01-01"}],
    }
    await secretariat.post(Context.ACCOUNTS, "/v1/staff/families", stranger)
    everybody, own = await found(secretariat), await found(team)
    assert own
    assert own.keys() < everybody.keys()
    others = {family: everybody[family] for family in everybody.keys() - own.keys()}
    for families, opens in ((own, True), (others, False)):
        family_id, (child_id, *_) = next(item for item in families.items() if item[1])
        for path in (f"families/{family_id}", f"children/{child_id}/health"):
            if opens:
                assert await team.get(Context.ACCOUNTS, f"/v1/staff/{path}")
                continue
            with pytest.raises(PeerRefused) as refused:
                await team.get(Context.ACCOUNTS, f"/v1/staff/{path}")
            assert refused.value.status == 403


@pytest.mark.parametrize("identifier", ["centre", "audit"])
async def test_who_may_read_the_queue_cannot_decide(people: People, identifier: str) -> None:
    page, (number, request_id) = await _at_a_pending_request(people, identifier)
    await expect(page.get_by_role("main")).to_contain_text("Échéance légale")
    await expect(page.get_by_role("button", name="Accepter")).to_have_count(0)
    await expect(page.get_by_text("Refuser…")).to_have_count(0)
    await plant_form(page, f"/console/demandes/{request_id}/accepter", {"version": "1"})
    async with page.expect_navigation() as going:
        await page.evaluate("document.querySelector('#planted').submit()")
    assert (await going.value).status == 403
    agent = await people.calls("secretariat")
    seen = await agent.get(Context.ENROLMENT, f"/v1/staff/requests/{request_id}")
    assert (seen["number"], seen["state"]) == (number, "pending")


@pytest.mark.parametrize(
    ("identifier", "path", "door"),
    [
        ("noisetier", "/releve?mois=2026-10", "/connexion"),
        ("noisetier", "/demandes?liste=mes-enfants", "/connexion"),
        ("secretariat", "/console/demandes?etat=refusees", "/console/connexion"),
    ],
)
async def test_a_link_followed_signed_out_comes_back_after_signing_in(
    people: People, identifier: str, path: str, door: str
) -> None:
    page = await people.stranger()
    await page.goto(path)
    await expect(page).to_have_url(re.compile(re.escape(door) + r"\?suite="))
    await sign_in(page, identifier, path)
    await expect(page).to_have_url(people.house.portal + path)


@pytest.mark.parametrize("suite", ["https://ailleurs.test/", "//ailleurs.test", r"/\ailleurs.test"])
async def test_no_link_leads_elsewhere_after_signing_in(people: People, suite: str) -> None:
    page = await people.stranger()
    await sign_in(page, "noisetier", f"/connexion?suite={suite}")
    await expect(page).to_have_url(people.house.portal + "/")


async def test_after_signing_out_going_back_shows_nothing(people: People) -> None:
    page = await people.stranger()
    await sign_in(page, "genet")
    await page.get_by_role("button", name="Se déconnecter").first.click()
    await expect(page.get_by_role("status").first).to_contain_text("déconnecté")
    assert await _cookie(page, COOKIE) is None
    await page.go_back()
    await expect(page.get_by_label("Mot de passe")).to_be_visible()


@pytest.mark.parametrize("identifier", ["noisetier", "secretariat"])
async def test_the_session_cookie_is_out_of_reach(people: People, identifier: str) -> None:
    page = await people.stranger()
    await sign_in(page, identifier)
    cookie = await _cookie(page, COOKIE)
    assert cookie is not None
    assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"]) == (True, True, "Lax")
    assert (cookie["path"], cookie["domain"], cookie["expires"]) == ("/", "localhost", -1)
    assert await page.evaluate("document.cookie") == ""
    assert identifier not in json.dumps(cookie)


SEEN_BY = {
    "noisetier": ["/", "/agenda", "/direct/recent", "/nulle-part", "/connexion"],
    "secretariat": ["/console/demandes", "/console/nulle-part"],
}


@pytest.mark.parametrize("identifier", SEEN_BY)
async def test_every_answer_carries_the_strict_headers(people: People, identifier: str) -> None:
    page = await people.signed_in(identifier)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    for path in SEEN_BY[identifier]:
        await page.goto(path)
    assert len(answers) > len(SEEN_BY[identifier])
    for answer in answers:
        await _is_strict(answer)


async def _is_strict(answer: Response) -> None:
    headers = await answer.all_headers()
    for name, pattern in STRICT.items():
        assert re.search(pattern, headers.get(name, "")), f"{answer.url}: {name}"
    assert "server" not in headers
    is_kept = "/static/" in answer.url
    assert ("no-store" in headers["cache-control"]) is not is_kept, answer.url


async def test_a_form_on_another_site_does_nothing(people: People) -> None:
    page, cell = await _at_a_free_day(people)
    fields = {**cell.line, "request_id": "0197a000-0000-7000-8000-0000000000f1"}
    token = await page.locator("[name=form_token]").first.get_attribute("value")
    inputs = "".join(
        f'<input name="{name}" value="{value}">'
        for name, value in {**fields, "form_token": token}.items()
    )
    target = f"{people.house.portal}/enfants/{cell.child_id}/demandes"

    async def forged(route: Route) -> None:
        body = f'<form method="post" action="{target}">{inputs}<button>ok</button></form>'
        await route.fulfill(body=body, content_type="text/html")

    await page.route(ELSEWHERE, forged)
    await page.goto(ELSEWHERE)
    async with page.expect_navigation() as going:
        await page.get_by_role("button").click()
    assert (await going.value).status == 403
    await expect(page.get_by_role("main")).to_contain_text("pas été faite depuis le portail")
    assert await requests_for(await people.calls("noisetier"), cell) == []


@pytest.mark.parametrize("token", [None, "", "faux"])
async def test_a_form_without_its_token_does_nothing(people: People, token: str | None) -> None:
    page, cell = await _at_a_free_day(people)
    fields = {**cell.line, "request_id": "0197a000-0000-7000-8000-0000000000f2"}
    await plant_form(page, f"/enfants/{cell.child_id}/demandes", fields, token)
    async with page.expect_navigation() as going:
        await page.evaluate("document.querySelector('#planted').submit()")
    assert (await going.value).status == 403
    await expect(page.get_by_role("heading", level=1)).to_contain_text("restée ouverte")
    assert await requests_for(await people.calls("noisetier"), cell) == []


async def _at_a_free_day(people: People) -> tuple[Page, Cell]:
    cell = await free_day(await people.calls("noisetier"))
    page = await people.signed_in("noisetier")
    await booking.open_month(page, cell)
    return page, cell


async def _at_a_pending_request(people: People, identifier: str) -> tuple[Page, tuple[str, str]]:
    # Of those that this agent may see: a centre's agents see their centres' only.
    agent = await people.calls(identifier)
    listed = await agent.get(Context.ENROLMENT, "/v1/staff/requests", state="pending")
    request = listed["items"][0]
    page = await people.signed_in(identifier)
    await page.goto(f"/console/demandes/{request['request_id']}")
    return page, (request["number"], request["request_id"])


async def _cookie(page: Page, name: str) -> dict | None:
    return next((one for one in await page.context.cookies() if one["name"] == name), None)
