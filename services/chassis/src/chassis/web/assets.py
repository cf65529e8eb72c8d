"""Static files with their content in their name, so that a browser keeps them for ever.

A folder of style sheets is one sheet: `static/portal/*.css`, in the order of
their names, is served as `portal.css`. Imports between modules are rewritten to
the hashed names, since an import map would need an inline script, which our
content security policy forbids.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

STATIC: Final = Path(__file__).parent / "static"
PREFIX: Final = "/static/"
_COMMENT: Final = re.compile(rb"/\*.*?\*/\s*", re.DOTALL)
FOREVER: Final = "public, max-age=31536000, immutable"
# Named here because the table of the system may lack them or disagree.
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_IMPORT: Final = re.compile(rb"""(\bfrom\s+|\bimport\s+)(["'])\./([\w.-]+\.js)\2""")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file ready to send: as it is, compressed, and what it is."""

    content: bytes
    gzip: bytes
    content_type: str
    etag: str


class Assets:
    """The static files of the theme and of the folders given, which may replace them by name."""

    def __init__(self, *extra_folders: Path) -> None:
        sources = _read((STATIC, *extra_folders))
        hashed: dict[str, str] = {}
        self._by_path: dict[str, Asset] = {}
        for name in sources:
            self._add(name, sources, hashed, ())
        self._urls: Mapping[str, str] = hashed

    def url(self, name: str) -> str:
        """The address of a file: `/static/portal.3f2a….css`. Raises KeyError when unknown."""
        return self._urls[name]

    def named(self, name: str) -> Asset:
        """The file of that name, for the few that browsers want at a fixed address."""
        return self._by_path[self._urls[name]]

    def open(self, path: str) -> Asset | None:
        """The file at an address that `url` gave, None for any other."""
        return self._by_path.get(PREFIX + path.rsplit("/", 1)[-1])

    def _add(
        self, name: str, sources: Mapping[str, bytes], hashed: dict[str, str], path: tuple[str, ...]
    ) -> str:
        """Register a file after those that it imports, whose names are part of its content."""
        if name in hashed:
            return hashed[name]
        if name in path:
            raise ValueError(f"modules import each other: {' → '.join((*path, name))}")

        def renamed(found: re.Match[bytes]) -> bytes:
            target = self._add(found[3].decode(), sources, hashed, (*path, name))
            return found[1] + found[2] + b"./" + target.removeprefix(PREFIX).encode() + found[2]

        content = sources[name]
        if name.endswith(".js"):
            content = _IMPORT.sub(renamed, content)
        digest = hashlib.sha256(content).hexdigest()[:16]
        stem, dot, extension = name.rpartition(".")
        hashed[name] = f"{PREFIX}{stem}.{digest}{dot}{extension}"
        self._by_path[hashed[name]] = Asset(
            content=content,
            gzip=gzip.compress(content, mtime=0),
            content_type=_content_type(name),
            etag=digest,
        )
        return hashed[name]


def _read(folders: tuple[Path, ...]) -> dict[str, bytes]:
    sources: dict[str, bytes] = {}
    for folder in folders:
        for entry in sorted(folder.iterdir()):
            if entry.is_dir():
                sheets = sorted(entry.glob("*.css"))
                if sheets:
                    joined = b"\n".join(s.read_bytes() for s in sheets)
                    # What is written for those who edit a sheet is no use to who loads it.
                    sources[f"{entry.name}.css"] = _COMMENT.sub(b"", joined)
            elif not entry.name.startswith("."):
                sources[entry.name] = entry.read_bytes()
    return sources


def _content_type(name: str) -> str:
    suffix = Path(name).suffix
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def static_app(assets: Assets) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """A bare ASGI application that serves these files and nothing else."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asset = assets.open(scope["path"])
        if asset is None:
            await _send(send, 404, [(b"content-type", b"text/plain")], b"")
            return
        if scope["method"] not in ("GET", "HEAD"):
            await _send(send, 405, [(b"allow", b"GET, HEAD")], b"")
            return
        request = {key.lower(): value for key, value in scope["headers"]}
        compressed = accepts_gzip(request.get(b"accept-encoding", b""))
        etag = f'"{asset.etag}{"-gzip" if compressed else ""}"'.encode()
        headers = [
            (b"cache-control", FOREVER.encode()),
            (b"etag", etag),
            (b"vary", b"accept-encoding"),
        ]
        if etag in [tag.strip() for tag in request.get(b"if-none-match", b"").split(b",")]:
            await _send(send, 304, headers, b"")
            return
        body = asset.gzip if compressed else asset.content
        headers.append((b"content-type", asset.content_type.encode()))
        headers.append((b"content-length", str(len(body)).encode()))
        if compressed:
            headers.append((b"content-encoding", b"gzip"))
        await _send(send, 200, headers, b"" if scope["method"] == "HEAD" else body)

    return app


def accepts_gzip(header: bytes) -> bool:
    """Whether gzip is named and not refused by a quality of zero."""
    for choice in header.lower().split(b","):
        name, _, quality = choice.partition(b";")
        if name.strip() == b"gzip":
            return re.fullmatch(rb"q=0(\.0*)?", quality.replace(b" ", b"")) is None
    return False


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    everywhere = [(b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": headers + everywhere})
    await send({"type": "http.response.body", "body": body})
