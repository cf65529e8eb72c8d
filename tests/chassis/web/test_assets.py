"""Static files: one name per content, and an answer that a cache may keep for ever."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from chassis.web.assets import Assets, static_app


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets()


async def ask(assets: Assets, path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": raw}
    await static_app(assets)(scope, receive, send)
    start, body = sent
    answered = {name.decode(): value.decode() for name, value in start["headers"]}
    return {"status": start["status"], "headers": answered, "body": body["body"]}


def test_the_sheets_of_a_folder_are_one_in_the_order_of_their_names(assets: Assets) -> None:
    asset = assets.open(assets.url("portal.css"))
    assert asset is not None
    text = asset.content.decode()
    assert text.index("--paper") < text.index("@media print")
    assert "/*" not in text
    assert asset.content_type == "text/css; charset=utf-8"
    assert gzip.decompress(asset.gzip) == asset.content
    # Of the hundred thousand that a first page may weigh.
    assert len(asset.gzip) < 12_000


def test_imports_between_modules_point_to_hashed_names(assets: Assets) -> None:
    asset = assets.open(assets.url("agenda.js"))
    assert asset is not None
    page = assets.url("page.js").removeprefix("/static/")
    assert f'from "./{page}"' in asset.content.decode()
    assert '"./page.js"' not in asset.content.decode()


def test_a_change_in_an_imported_module_changes_the_name_of_the_importer(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b } from "./b.js";')
    (tmp_path / "b.js").write_text("export const b = 1;")
    before = Assets(tmp_path).url("a.js")
    (tmp_path / "b.js").write_text("export const b = 2;")
    assert Assets(tmp_path).url("a.js") != before


def test_modules_that_import_each_other_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import "./b.js";')
    (tmp_path / "b.js").write_text('import "./a.js";')
    with pytest.raises(ValueError, match="import each other"):
        Assets(tmp_path)


def test_a_service_adds_and_replaces_files(tmp_path: Path) -> None:
    (tmp_path / "own.css").write_text("a{}")
    (tmp_path / "mark.svg").write_text("<svg/>")
    assets = Assets(tmp_path)
    own, mark = assets.open(assets.url("own.css")), assets.open(assets.url("mark.svg"))
    assert own is not None
    assert own.content == b"a{}"
    assert mark is not None
    assert mark.content == b"<svg/>"


def test_an_unknown_name_is_an_error_at_once(assets: Assets) -> None:
    with pytest.raises(KeyError):
        assets.url("absent.css")


async def test_a_file_may_be_kept_for_ever(assets: Assets) -> None:
    answer = await ask(assets, assets.url("portal.css"))
    assert answer["status"] == 200
    assert answer["headers"]["cache-control"] == "public, max-age=31536000, immutable"
    assert answer["headers"]["x-content-type-options"] == "nosniff"
    assert answer["headers"]["vary"] == "accept-encoding"
    assert "content-encoding" not in answer["headers"]
    assert int(answer["headers"]["content-length"]) == len(answer["body"])


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [("gzip, br", True), ("br;q=1, GZIP;q=0.5", True), ("gzip;q=0", False), ("br", False)],
)
async def test_gzip_when_it_is_accepted(assets: Assets, accepted: str, compressed: bool) -> None:
    answer = await ask(assets, assets.url("agenda.js"), accept_encoding=accepted)
    assert (answer["headers"].get("content-encoding") == "gzip") is compressed


async def test_a_known_etag_is_answered_without_a_body(assets: Assets) -> None:
    url = assets.url("portal.css")
    etag = (await ask(assets, url))["headers"]["etag"]
    packed = (await ask(assets, url, accept_encoding="gzip"))["headers"]["etag"]
    assert packed != etag
    again = await ask(assets, url, if_none_match=etag)
    assert (again["status"], again["body"]) == (304, b"")


async def test_head_has_no_body_and_post_is_refused(assets: Assets) -> None:
    url = assets.url("portal.css")
    head = await ask(assets, url, method="HEAD")
    assert (head["status"], head["body"]) == (200, b"")
    assert int(head["headers"]["content-length"]) > 0
    assert (await ask(assets, url, method="POST"))["status"] == 405


@pytest.mark.parametrize("path", ["/static/portal.css", "/static/../french.py", "/static/", "/x"])
async def test_anything_else_is_not_found(assets: Assets, path: str) -> None:
    answer = await ask(assets, path)
    assert answer["status"] == 404
    assert answer["headers"]["x-content-type-options"] == "nosniff"
