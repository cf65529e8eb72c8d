"""Whole pages, kept compressed while every answer that they are made of stands (decision 52).

The innermost wall: what it keeps was let through by every guard for this very session and token.
What is another one each time, the form's token and the request's id, is filled in anew.
"""

import asyncio
import hashlib
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.clock import Clock
from chassis.correlation import current_trace
from chassis.data_version import minute_of
from chassis.identifiers import new_id
from chassis.settings import Authority, SharedSettings
from chassis.telemetry import PAGES_SENT
from chassis.web.assets import accepts_gzip

from .keeping_answers import Answers, Shelf
from .packing import Packed, packed
from .rounds import Answer, Round, begun
from .session import Session
from .upstream import SECONDS
from .visit import Visit

_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_MONTH_OR_WEEK = r"/agenda(?:/semaine/\d{4}-\d\d-\d\d)?"
PAGES: Final = re.compile(rf"/|(?:/enfants/{_ID})?{_MONTH_OR_WEEK}|/factures")
"""Read again and again, and of no health. Whatever is not named here is made each time."""

KNOWN_HEADERS: Final = frozenset({"content-type", "content-length", "server-timing"})
FORM_GAP: Final = "form"
"""The gap of the form's token; those of request ids have their number."""

TOKEN_FIELD: Final = b'name="form_token"'
ID_FIELD: Final = b'name="request_id"'


@dataclass
class Page:
    """One page of one session."""

    packed: Packed
    answers: tuple[Answer, ...]
    minute: int
    authority: Authority
    route: Any
    """For the log and the figures, as if it had been asked."""

    headers: list[tuple[bytes, bytes]] = field(default_factory=list)


class KeptPages:
    """Sends what it kept when nothing changed; keeps what may be kept of all else."""

    def __init__(
        self,
        app: ASGIApp,
        answers: Answers,
        shared: SharedSettings,
        clock: Clock,
        bytes_at_most: int,
    ) -> None:
        self._app = app
        self._answers, self._shared, self._clock = answers, shared, clock
        self._shelf: Shelf[Page] = Shelf(bytes_at_most, clock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = _reader(scope) if self._shelf.bytes_at_most else None
        if visit is None or visit.session is None:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        key = _key(visit.session, scope)
        with begun(_wants_all_anew(scope)) as of:
            page = None if of.is_fresh else self._shelf.get(key)
            if page is not None and await self._stands(page, of):
                PAGES_SENT.labels("kept").inc()
                scope["route"] = page.route
                timing = f"kept, render;dur={1000 * (time.perf_counter() - started):.1f}"
                await _send_packed(page, visit, timing, [], send)
                return
            self._shelf.drop(key)
            await self._make(scope, receive, send, visit, key, of)

    async def _stands(self, page: Page, of: Round) -> bool:
        """Whether the page would be made of the same answers now, in the same minute."""
        now = self._clock.now()
        if page.minute != minute_of(now) or page.authority != self._shared.authority:
            return False
        if any(answer.until is not None and now >= answer.until for answer in page.answers):
            return False
        versions = await self._answers.versions({one.question.peer for one in page.answers}, of)
        if None in versions.values():
            return False
        if old := [one for one in page.answers if one.version != versions[one.question.peer]]:
            # Most of what is written in a town is about others: what is said may be the same.
            said = await asyncio.gather(*(self._answers.again(one, of, SECONDS) for one in old))
            if None in said:
                return False
            kept = {one.question: one for one in (*page.answers, *said) if one is not None}
            page.answers = tuple(kept.values())
        return True

    async def _make(
        self, scope: Scope, receive: Receive, send: Send, visit: Visit, key: bytes, of: Round
    ) -> None:
        minute, authority = minute_of(self._clock.now()), self._shared.authority
        cookies = dict(visit.outgoing)
        held = _Held(send)
        await self._app(scope, receive, held)
        if held.start is None:
            return
        PAGES_SENT.labels("made").inc()
        start, body = held.start, bytes(held.body)
        timing, headers = _headers_of(start)
        is_whole = of.is_whole and bool(of.answers) and visit.outgoing == cookies
        found = _packed_page(body, visit, of) if is_whole and headers is not None else None
        if found is None:
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return
        page = Page(found, tuple(of.answers), minute, authority, scope.get("route"), headers or [])
        size = found.size + sum(len(answer.content) for answer in of.answers)
        self._shelf.put(key, page, size)
        await _send_packed(page, visit, timing, of.request_ids, send)


class _Held:
    """Holds a good page back until it is whole; lets everything else through at once."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.start: Message | None = None
        self.body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_good_page(message):
            self.start = message
        elif self.start is None:
            await self._send(message)
        else:
            self.body += message.get("body", b"")


def _is_good_page(start: Message) -> bool:
    kind = Headers(raw=start.get("headers", [])).get("content-type", "")
    return start["status"] == 200 and kind.startswith("text/html")


def _reader(scope: Scope) -> Visit | None:
    """Whose kept pages may be looked for: someone signed in, now, who reads a page that is kept."""
    if scope["type"] != "http" or scope["method"] != "GET" or not PAGES.fullmatch(scope["path"]):
        return None
    visit: Visit | None = scope.get("state", {}).get("visit")
    if visit is None or visit.session is None or visit.is_stale:
        return None
    asked = Headers(scope=scope).get("accept-encoding", "")
    return visit if accepts_gzip(asked.encode()) else None


def _wants_all_anew(scope: Scope) -> bool:
    """Ctrl + Shift + R."""
    return "no-cache" in Headers(scope=scope).get("cache-control", "")


def _key(session: Session, scope: Scope) -> bytes:
    """Of one session with one token, at one address; a renewed token begins anew."""
    parts = (
        session.secret.encode(),
        session.csrf.encode(),
        session.grant.token.encode(),
        scope["path"].encode(),
        scope["query_string"],
    )
    return hashlib.blake2b(b"\0".join(parts), digest_size=32).digest()


def _headers_of(start: Message) -> tuple[str, list[tuple[bytes, bytes]] | None]:
    """Its timing, and its headers to be kept; None: it says what is not known to be the same
    again."""
    headers = Headers(raw=start["headers"])
    kept = [(b"content-type", headers["content-type"].encode())]
    timing = headers.get("server-timing", "")
    return timing, kept if set(headers.keys()) <= KNOWN_HEADERS else None


def _packed_page(body: bytes, visit: Visit, of: Round) -> Packed | None:
    """None when the page holds something of this one request that has no gap."""
    gaps = {visit.form_token.encode(): FORM_GAP}
    gaps |= {made.encode(): str(number) for number, made in enumerate(of.request_ids)}
    found = packed(body, gaps)
    ids = sum(gap != FORM_GAP for gap in found.gaps)
    has_all = (
        body.count(TOKEN_FIELD) <= len(found.gaps) - ids
        and body.count(ID_FIELD) == ids
        and current_trace().correlation_id.encode() not in body
    )
    return found if has_all else None


async def _send_packed(
    page: Page, visit: Visit, timing: str, request_ids: Sequence[str], send: Send
) -> None:
    """With the request ids given, or new ones."""
    values: dict[str, bytes] = {FORM_GAP: visit.form_token.encode()}
    for gap in set(page.packed.gaps) - {FORM_GAP}:
        values[gap] = (request_ids[int(gap)] if request_ids else str(new_id())).encode()
    body = page.packed.filled(values)
    headers = [
        *page.headers,
        (b"content-encoding", b"gzip"),
        (b"vary", b"Accept-Encoding"),
        (b"content-length", str(len(body)).encode()),
        (b"server-timing", timing.encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
