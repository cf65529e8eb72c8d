"""What every request must prove and what every answer must carry."""

from ipaddress import ip_network
from typing import Any

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from chassis.auth import ANONYMOUS, Audience, api_routes, guard_of, undeclared_routes
from gateway.__main__ import servers
from gateway.bootstrap import create_app
from gateway.headers import CONTENT_SECURITY_POLICY, Entrance

from .conftest import settings

PUBLIC = "https://portail.test"
LOU = "0197a000-0000-7000-8000-0000000000a1"
SLOT = "0197a000-0000-7000-8000-0000000000b1"
REQUEST = "0197a000-0000-7000-8000-0000000000c1"
ASK = f"/enfants/{LOU}/demandes"
FIELDS = {"slot_id": SLOT, "day": "2026-11-26", "request_id": REQUEST}
OURS = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}


async def token(browser: Any) -> str:
    page = (await browser.get("/mon-compte/mot-de-passe")).text
    return str(page.split('name="form_token" value="')[1].split('"')[0])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://ailleurs.example"},
        {"Origin": "null"},
        {"Origin": "http://portail.test"},
        {"Origin": "https://portail.test:8443"},
        {"Origin": "https://portail.test.ailleurs.example"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "cross-site"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Referer": f"{PUBLIC}/"},
    ],
)
async def test_an_action_from_elsewhere_is_refused(
    family: Any, services: Any, headers: dict[str, str]
) -> None:
    data = {"form_token": await token(family), **FIELDS}

    answer = await family.post(ASK, data=data, headers=headers)

    assert answer.status_code == 403
    assert not services.enrolment.asked("POST", "/v1/me/requests")


@pytest.mark.parametrize(
    "headers",
    [OURS, {"Origin": PUBLIC}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": PUBLIC.upper()}],
)
async def test_an_action_from_our_pages_is_accepted(family: Any, headers: dict[str, str]) -> None:
    data = {"form_token": await token(family), **FIELDS}

    assert (await family.post(ASK, data=data, headers=headers)).status_code == 303


@pytest.mark.parametrize("planted", [None, "", "x", "é"])
async def test_a_form_without_its_token_does_nothing(
    family: Any, services: Any, planted: str | None
) -> None:
    data = FIELDS if planted is None else {"form_token": planted, **FIELDS}

    answer = await family.post(ASK, data=data, headers=OURS)

    assert answer.status_code == 403
    assert "restée ouverte trop longtemps" in answer.text
    assert not services.enrolment.asked("POST", "/v1/me/requests")


async def test_the_token_of_another_session_does_nothing(family: Any, services: Any) -> None:
    stolen = await token(family)
    await family.submit("/deconnexion", (await family.get("/")).text)
    await family.sign_in()

    answer = await family.post(ASK, data={"form_token": stolen, **FIELDS}, headers=OURS)

    assert answer.status_code == 403
    assert not services.enrolment.asked("POST", "/v1/me/requests")


async def test_a_token_given_twice_is_no_token(family: Any) -> None:
    good = await token(family)
    body = f"form_token={good}&form_token={good}&slot_id={SLOT}&day=2026-11-26&request_id={REQUEST}"
    headers = {**OURS, "Content-Type": "application/x-www-form-urlencoded"}

    assert (await family.post(ASK, content=body, headers=headers)).status_code == 403


async def test_scripts_may_send_the_token_in_a_header(family: Any) -> None:
    headers = {**OURS, "X-Form-Token": await token(family)}

    assert (await family.post(ASK, data=FIELDS, headers=headers)).status_code == 303


@pytest.mark.parametrize("media_type", ["text/plain", "application/json", "multipart/form-data"])
async def test_other_kinds_of_body_need_the_header(
    family: Any, services: Any, media_type: str
) -> None:
    body = f"form_token={await token(family)}"

    answer = await family.post(ASK, content=body, headers={**OURS, "Content-Type": media_type})

    assert answer.status_code == 403


async def test_signing_in_needs_the_token_of_the_page(browser: Any, services: Any) -> None:
    await browser.get("/connexion")

    answer = await browser.post(
        "/connexion", data={"identifier": "a", "password": "b"}, headers=OURS
    )

    assert answer.status_code == 403
    assert not services.accounts.asked("POST", "/v1/sign-in")


async def test_the_token_of_one_browser_is_of_no_use_in_another(browser: Any) -> None:
    page = (await browser.get("/connexion")).text
    browser.cookies.clear()
    await browser.get("/connexion")

    answer = await browser.submit("/connexion", page, identifier="a", password="b")

    assert answer.status_code == 403


async def test_an_action_after_the_end_of_the_session_leads_back_to_its_page(
    family: Any,
) -> None:
    page = (await family.get("/demandes")).text
    family.cookies.clear()

    answer = await family.post(
        f"/demandes/{REQUEST}/retirer",
        data={"form_token": page.split('name="form_token" value="')[1].split('"')[0]},
        headers={**OURS, "Referer": f"{PUBLIC}/demandes?liste=mes-enfants"},
    )

    assert answer.headers["location"] == "/connexion?suite=/demandes%3Fliste%3Dmes-enfants"


async def test_a_body_too_large_is_refused(family: Any) -> None:
    answer = await family.post(ASK, content=b"a" * (1024 * 1024 + 1), headers=OURS)

    assert answer.status_code == 413
    assert "Envoi trop volumineux" in answer.text


async def test_a_body_too_large_that_does_not_say_so_is_refused(family: Any) -> None:
    async def parts() -> Any:
        for _ in range(20):
            yield b"a" * 64 * 1024 * 2

    headers = {**OURS, "Content-Type": "application/x-www-form-urlencoded"}

    assert (await family.post(ASK, content=parts(), headers=headers)).status_code == 413


PATHS = [
    "/",
    "/connexion",
    "/console/connexion",
    "/console",
    "/rien",
    "/enfants/pas-un-identifiant",
    "/static/rien.css",
    "/health/live",
    "/metrics",
    "/direct",
    "/accessibilite",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_every_answer_carries_the_strict_headers(
    browser: Any, method: str, path: str
) -> None:
    answer = await browser.request(method, path)

    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert "camera=()" in answer.headers["permissions-policy"]
    assert len(answer.headers["x-correlation-id"]) == 32
    assert answer.headers["cache-control"] == "no-store"


async def test_a_fault_of_ours_is_a_page_with_the_headers_and_without_the_inside(
    family: Any, gateway: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(gateway, "upstream", None)

    answer = await family.get("/messages")

    assert answer.status_code == 500
    assert "Une erreur est survenue de notre côté" in answer.text
    assert "NoneType" not in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


async def test_the_trace_begins_here_and_goes_with_every_call(family: Any, services: Any) -> None:
    forged = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"

    answer = await family.get("/messages", headers={"traceparent": forged})

    trace = answer.headers["x-correlation-id"]
    assert trace != "a" * 32
    assert services.messaging.seen[-1].headers["traceparent"].split("-")[1] == trace


async def test_a_bearer_token_of_the_browsers_own_is_worth_nothing(browser: Any) -> None:
    answer = await browser.get("/messages", headers={"Authorization": "Bearer token-1"})

    assert answer.status_code == 303


def test_every_route_says_whom_it_is_for(gateway: Any) -> None:
    app = create_app(gateway)
    guards = {route.path: guard_of(route) for route in api_routes(app)}

    assert not undeclared_routes(app)
    assert len(guards) == len({found.path for found in iter_route_contexts(app.routes)})
    assert guards["/console/{path:path}"].audiences >= {Audience.SECRETARIAT, Audience.ADMIN}
    assert Audience.FAMILY not in guards["/console/{path:path}"].audiences
    assert guards["/direct"].audiences == {Audience.FAMILY}


async def test_nothing_but_the_open_pages_answers_a_stranger(browser: Any, gateway: Any) -> None:
    routes = [
        (method, route.path)
        for route in api_routes(create_app(gateway))
        for method in route.methods
        if not ANONYMOUS.audiences & guard_of(route).audiences
    ]
    for method, path in routes:
        filled = path.replace("{day}", "2026-11-26").replace("{path:path}", "demandes")
        for name in ("child_id", "request_id", "message_id", "booking_id", "feed_id"):
            filled = filled.replace(f"{{{name}}}", REQUEST)
        answer = await browser.request(method, filled, headers=OURS)
        assert answer.status_code == 303, (method, path)
        assert "connexion" in answer.headers["location"], (method, path)


@pytest.mark.parametrize(
    ("client", "forwarded", "found"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "mensonge", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
    ],
)
async def test_only_our_proxies_are_believed_about_addresses(
    client: str, forwarded: str | None, found: str
) -> None:
    seen: list[Any] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        seen.append(scope)

    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    scope = {"type": "http", "client": (client, 1), "headers": headers}
    await Entrance(app, [ip_network("10.0.0.0/8")])(scope, None, None)

    assert seen[0]["client"][0] == found
    assert seen[0]["headers"] == []


async def test_the_figures_are_on_a_port_of_their_own(gateway: Any) -> None:
    public, private = servers(gateway, settings(metrics_port=2))

    async def asked(server: Any, path: str) -> httpx.Response:
        transport = httpx.ASGITransport(server.config.app)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as client:
            return await client.get(path)

    assert (public.config.port, private.config.port) == (1, 2)
    hidden = await asked(public, "/metrics")
    assert hidden.status_code == 404
    assert "portail_http_seconds" not in hidden.text
    assert "portail_http_seconds" in (await asked(private, "/metrics")).text
    assert (await asked(private, "/connexion")).status_code == 404
    assert len(servers(gateway, settings())) == 1
