"""Pages travel compressed, of a length that says nothing; the rest passes untouched."""

import gzip

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from chassis.web.compressing import LONGEST_NAME, CompressedPages

PAGE = "<p>Mercredi</p>" * 1000


async def page(_):
    return HTMLResponse(PAGE)


async def pieces(_):
    async def body():
        for _ in range(1000):
            yield "<p>Mercredi</p>"

    return StreamingResponse(body(), media_type="text/html; charset=utf-8")


async def small(_):
    return HTMLResponse("<p>Bref</p>")


async def words(_):
    return PlainTextResponse(PAGE)


async def zipped(_):
    return Response(
        gzip.compress(PAGE.encode()), media_type="text/html", headers={"Content-Encoding": "gzip"}
    )


ROUTES = [Route(f"/{one.__name__}", one) for one in (page, pieces, small, words, zipped)]


async def ask(path: str, accepted: str = "gzip, br") -> httpx.Response:
    app = CompressedPages(Starlette(routes=ROUTES))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        return await client.get(path, headers={"Accept-Encoding": accepted})


@pytest.mark.parametrize("path", ["/page", "/pieces", "/zipped"])
async def test_a_page_arrives_compressed_and_whole(path: str) -> None:
    answer = await ask(path)

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == PAGE
    assert int(answer.headers["content-length"]) < len(PAGE) / 20


async def test_whoever_does_not_accept_it_gets_the_page_as_it_is() -> None:
    for accepted in ("identity", "gzip;q=0", ""):
        answer = await ask("/page", accepted)
        assert "content-encoding" not in answer.headers
        assert answer.text == PAGE


@pytest.mark.parametrize("path", ["/small", "/words"])
async def test_what_is_small_or_no_page_passes_as_it_is(path: str) -> None:
    assert "content-encoding" not in (await ask(path)).headers


async def test_the_length_of_the_same_page_is_a_matter_of_chance() -> None:
    lengths = {int((await ask("/page")).headers["content-length"]) for _ in range(40)}

    assert len(lengths) > 10
    assert max(lengths) - min(lengths) <= LONGEST_NAME
