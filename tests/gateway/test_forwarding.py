"""Requests passed on as they are, through a real server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import uvicorn
from aiohttp import web

from gateway.bootstrap import create_app
from gateway.forwarding import is_plain
from gateway.session import COOKIE

PUBLIC = "https://portail.test"
OURS = {"Origin": PUBLIC, "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def address(gateway: Any) -> AsyncIterator[str]:
    """The gateway on a real port: streams cannot be seen through a test transport."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(create_app(gateway), log_config=None, proxy_headers=False, lifespan="off")
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    server.force_exit = True
    await serving
    listening.close()


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest.fixture
async def staff(browser: Any, services: Any) -> Any:
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
    assert (await browser.sign_in("/console/connexion")).status_code == 303
    return browser


def cookie_of(browser: Any) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={browser.cookies[COOKIE]}"}


def answering(**headers: str) -> Any:
    async def answer(request: web.Request) -> web.Response:
        token = request.headers.get("X-Form-Token", "")
        return web.Response(
            text=f'<input name="form_token" value="{token}">',
            content_type="text/html",
            headers=headers,
        )

    return answer


async def test_the_console_is_passed_on_with_who_asks_and_the_token_of_its_forms(
    staff: Any, services: Any
) -> None:
    services.enrolment.answers["GET /console/demandes"] = answering()

    answer = await staff.get(
        "/console/demandes?etat=pending&q=%C3%A9t%C3%A9",
        headers={
            "X-Form-Token": "forged",
            "Authorization": "Bearer forged",
            "TE": "trailers",
            "Connection": "keep-alive, X-Secret-Hop",
            "X-Secret-Hop": "1",
            "X-Forwarded-For": "1.2.3.4",
        },
    )

    seen = services.enrolment.seen[-1]
    assert answer.status_code == 200
    assert seen.query == "etat=pending&q=%C3%A9t%C3%A9"
    assert seen.headers["authorization"] == "Bearer token-1"
    assert seen.headers["x-form-token"] not in ("", "forged")
    assert seen.headers["x-form-token"] in answer.text
    assert seen.headers["traceparent"].split("-")[1] == answer.headers["x-correlation-id"]
    assert seen.headers["x-forwarded-for"] == "127.0.0.1"
    for name in ("te", "x-secret-hop", "cookie"):
        assert name not in seen.headers


async def test_programs_come_for_events_with_a_key_and_are_answered_as_programs(
    browser: Any, services: Any
) -> None:
    services.messaging.answers["GET /v1/partner-events"] = {"events": []}
    answer = await browser.get(
        "/api/events?after=abc&wait=1",
        headers={"Authorization": "Bearer ptl_one", "X-Api-Key": "forged", "Cookie": "a=b"},
    )
    seen = services.messaging.seen[-1]
    assert (answer.status_code, answer.json()) == (200, {"events": []})
    assert answer.headers["cache-control"] == "no-store"
    assert (seen.query, seen.headers["x-api-key"]) == ("after=abc&wait=1", "ptl_one")
    assert {"authorization", "cookie"}.isdisjoint(seen.headers)
    await services.messaging.stop()
    away = await browser.get("/api/events", headers={"Accept": "*/*"})
    assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
    assert away.headers["retry-after"]


async def test_a_program_that_goes_away_is_no_longer_waited_for(
    address: str, client: aiohttp.ClientSession, services: Any
) -> None:
    asked, left = asyncio.Event(), asyncio.Event()

    async def never(request: web.Request) -> web.Response:
        asked.set()
        while request.transport is not None and not request.transport.is_closing():
            await asyncio.sleep(0.02)
        left.set()
        return web.Response()

    services.messaging.answers["GET /v1/partner-events"] = never
    asking = asyncio.create_task(client.get(f"{address}/api/events?wait=25").__aenter__())
    async with asyncio.timeout(60):
        await asked.wait()
        asking.cancel()
        await left.wait()


async def test_what_a_service_says_about_security_gives_way_to_ours(
    staff: Any, services: Any
) -> None:
    services.enrolment.answers["GET /console"] = answering(
        **{
            "Content-Security-Policy": "default-src *",
            "Set-Cookie": "a=b",
            "X-Powered-By": "x",
            "Cache-Control": "private",
        }
    )

    answer = await staff.get("/console")

    assert answer.headers.get_list("content-security-policy")[0].startswith("default-src 'none'")
    assert len(answer.headers.get_list("content-security-policy")) == 1
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "private"


async def test_redirections_are_passed_and_stay_on_the_portal(staff: Any, services: Any) -> None:
    async def away(_: web.Request) -> web.Response:
        raise web.HTTPSeeOther(f"{services.enrolment.url}/console/demandes?page=2")

    async def near(_: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/console/demandes")

    services.enrolment.answers["GET /console/a"] = away
    services.enrolment.answers["GET /console/b"] = near

    first, second = await staff.get("/console/a"), await staff.get("/console/b")

    assert (first.status_code, first.headers["location"]) == (303, "/console/demandes?page=2")
    assert second.headers["location"] == "/console/demandes"


async def test_a_decision_needs_the_token_and_arrives_whole(staff: Any, services: Any) -> None:
    services.enrolment.answers["GET /console"] = answering()
    services.enrolment.answers["POST /console/demandes/1/refuser"] = {"done": True}
    page = (await staff.get("/console")).text

    without = await staff.post("/console/demandes/1/refuser", data={"reason": "x"}, headers=OURS)
    foreign = await staff.post("/console/demandes/1/refuser", data={"reason": "x"})
    good = await staff.submit("/console/demandes/1/refuser", page, reason="Plus de place")

    assert (without.status_code, foreign.status_code, good.status_code) == (403, 403, 200)
    asked = services.enrolment.asked("POST", "/console/demandes/1/refuser")
    assert len(asked) == 1
    assert asked[0].body.endswith(b"reason=Plus+de+place")
    assert "transfer-encoding" not in asked[0].headers


async def test_with_enrolment_away_the_console_says_so(staff: Any, services: Any) -> None:
    await services.enrolment.stop()

    answer = await staff.get("/console/demandes")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "momentanément indisponible" in answer.text
    assert "Revenir à la console" in answer.text


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/console/a/b", True),
        ("/console/../v1/x", False),
        ("/console/./a", False),
        ("/console/a\\..\\b", False),
        ("/console/a..b", True),
    ],
)
def test_a_path_that_steps_up_is_not_passed_on(path: str, plain: bool) -> None:
    assert is_plain(path) is plain


async def test_a_hidden_step_up_reaches_no_service(address: str, staff: Any, services: Any) -> None:
    host, port = address.removeprefix("http://").split(":")
    for path in (
        "/console/../v1/staff/requests",
        "/console/%2e%2e/v1/staff/requests",
        "/console/..%2fv1/staff/requests",
    ):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            (
                f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                f"Cookie: {cookie_of(staff)['Cookie']}\r\n\r\n"
            ).encode()
        )
        status = (await reader.read()).split(b" ")[1]
        writer.close()
        assert status == b"404", path
    assert not [one for one in services.enrolment.seen if "requests" in one.path]


async def test_a_large_body_is_refused_before_enrolment_reads_it(
    address: str, staff: Any, services: Any, client: Any
) -> None:
    services.enrolment.answers["GET /console"] = answering()
    token = (await staff.get("/console")).text.split('value="')[1].split('"')[0]
    headers = {**OURS, **cookie_of(staff), "X-Form-Token": token}

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"a" * 65536

    announced = await client.post(f"{address}/console/x", data=b"a" * 1_100_000, headers=headers)
    streamed = await client.post(f"{address}/console/x", data=endless(), headers=headers)

    assert (announced.status, streamed.status) == (413, 413)


async def test_a_large_answer_goes_through_whole(
    address: str, staff: Any, services: Any, client: Any
) -> None:
    services.enrolment.answers["GET /console/export"] = (
        200,
        web.Response(body=b"0123456789" * 1_000_000),
    )

    answer = await client.get(f"{address}/console/export", headers=cookie_of(staff))

    assert await answer.read() == b"0123456789" * 1_000_000


class Stream:
    """An upstream that says one event at a time, when it is told to."""

    def __init__(self) -> None:
        self.say: asyncio.Queue[str | None] = asyncio.Queue()
        self.last_id: str | None = None
        self.left = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.last_id = request.headers.get("Last-Event-ID")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        try:
            while (words := await self.say.get()) is not None:
                await response.write(words.encode())
        finally:
            self.left.set()
        return response


async def until_left(stream: Stream) -> None:
    """A server only learns that nobody listens when it speaks."""
    while not stream.left.is_set():
        stream.say.put_nowait("data: too late\n\n")
        await asyncio.sleep(0.02)


async def test_events_pass_one_by_one_and_the_stream_ends_with_the_browser(
    address: str, family: Any, services: Any, client: Any
) -> None:
    stream = Stream()
    services.messaging.answers["GET /v1/me/stream"] = stream
    headers = {**cookie_of(family), "Last-Event-ID": "41", "Accept": "text/event-stream"}

    async with client.get(f"{address}/direct", headers=headers) as answer:
        assert answer.content_type == "text/event-stream"
        assert answer.headers["cache-control"] == "no-store"
        for number in range(3):
            stream.say.put_nowait(f"id: {number}\ndata: {{}}\n\n")
            part = await asyncio.wait_for(answer.content.readuntil(b"\n\n"), 2)
            assert part == f"id: {number}\ndata: {{}}\n\n".encode()
        answer.close()
    assert stream.last_id == "41"
    await asyncio.wait_for(until_left(stream), 3)


async def test_a_stream_that_upstream_ends_ends_here(
    address: str, family: Any, services: Any, client: Any
) -> None:
    stream = Stream()
    services.messaging.answers["GET /v1/me/stream"] = stream
    stream.say.put_nowait("data: {}\n\n")
    stream.say.put_nowait(None)

    async with client.get(f"{address}/direct", headers=cookie_of(family)) as answer:
        assert await asyncio.wait_for(answer.read(), 3) == b"data: {}\n\n"


async def test_open_streams_leave_room_for_pages(
    address: str, family: Any, services: Any, client: Any
) -> None:
    services.messaging.answers["GET /v1/me/stream"] = Stream()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as many:
        opening = [many.get(f"{address}/direct", headers=cookie_of(family)) for _ in range(250)]
        streams = await asyncio.wait_for(asyncio.gather(*opening), 15)
        page = await client.get(f"{address}/messages", headers=cookie_of(family))
        assert page.status == 200
        for stream in streams:
            stream.close()


async def test_the_poll_tells_counts_and_changed_days(family: Any) -> None:
    first = (await family.get("/direct/etat")).json()
    later = (await family.get("/direct/recent?since=2026-11-23T00:00:00%2B00:00")).json()

    assert first["counts"] == {"requests": 3, "messages": 2}
    assert first["changes"] == []
    assert later["changes"] == [
        {"child_id": "0197a000-0000-7000-8000-0000000000a1", "days": ["2026-11-26"]}
    ]
    assert first["cursor"] == "2026-11-24T06:00:00+00:00"


async def test_a_receipt_on_paper_is_passed_on_from_enrolment_in_the_familys_name(
    family: Any, services: Any
) -> None:
    request = "0197a000-0000-7000-8000-0000000000c1"
    path = f"/v1/me/requests/{request}/receipt.pdf"
    services.enrolment.answers[f"GET {path}"] = web.Response(
        body=b"%PDF-", content_type="application/pdf"
    )

    answer = await family.get(f"/demandes/{request}/accuse.pdf")

    assert (answer.status_code, answer.content) == (200, b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"
    assert services.enrolment.asked("GET", path)[0].headers["authorization"] == "Bearer token-1"
    assert (await family.get("/demandes/x/accuse.pdf")).status_code == 404
