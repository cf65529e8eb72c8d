"""The console read as a browser reads it, with billing played by a function."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from chassis.auth import Audience
from chassis.peers import PeerRefused, PeerUnavailable

LOU = "2019-05-04"
QUEUE = "/console/demandes"
# Fixed: every worker must collect the same tests.
NOBODY = "0199e2b0-0000-7000-8000-00000000dead"
HOSTILE = "<script>alert(1)</script>"
WEDNESDAY = "2026-12-02"


class Tags(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def words(answer: httpx.Response) -> str:
    """The text that is read, its spaces made one; spaces that do not break are kept."""
    bare = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", bare))).strip()


async def state_of(enrolment: Any, request: dict[str, Any]) -> tuple[str, str | None]:
    statement = "SELECT state, reason FROM requests WHERE request_id = :id"
    (row,) = await enrolment.rows(statement, id=request["request_id"])
    return row.state, row.reason


@dataclass
class FakeBilling:
    """Billing as the console asks it; `price` may raise, or never come."""

    price: Any = None
    elsewhere: Any = None
    never: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)

    async def get(self, _peer: object, path: str, **asked: str) -> Any:
        self.asked.append({"path": path, **asked})
        if self.never:
            await asyncio.Event().wait()
        return self._said(self.price)

    async def call(self, _method: str, peer: object, path: str, **options: Any) -> Any:
        """Every service but billing is away, until a test says what it answers."""
        self.asked.append({"path": path, "token": options.get("token", "")})
        return self._said(self.elsewhere or PeerUnavailable(str(peer)))

    async def post(self, peer: object, path: str, *_: object, **options: Any) -> Any:
        return await self.call("POST", peer, path, **options)

    def _said(self, answer: Any) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        pass


@dataclass
class Reader:
    """A member of staff in front of the console, through the gateway."""

    client: httpx.AsyncClient
    token: str

    async def open(self, path: str, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.token}", "X-Form-Token": "jeton<&", **headers}
        return await self.client.get(path, headers=sent)

    async def send(self, path: str, **fields: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.token}", "X-Form-Token": "jeton<&"}
        return await self.client.post(path, data=fields, headers=sent)

    async def send_file(self, path: str, file: dict[str, bytes], **fields: str) -> httpx.Response:
        """A form with one file."""
        sent = {"Authorization": f"Bearer {self.token}", "X-Form-Token": "jeton<&"}
        parts = [("file", (name, content)) for name, content in file.items()]
        return await self.client.post(path, data=fields, files=parts, headers=sent)

    async def send_files(self, path: str, files: dict[str, bytes], **fields: str) -> httpx.Response:
        """A form that may carry files, as browsers send it."""
        sent = {"Authorization": f"Bearer {self.token}", "X-Form-Token": "jeton<&"}
        parts = [("files", (name, content)) for name, content in files.items()]
        nothing = [("files", ("", b""))]
        return await self.client.post(path, data=fields, files=parts or nothing, headers=sent)


@pytest.fixture
def billing(enrolment: Any) -> FakeBilling:
    price = {
        "unit_cents": 750,
        "band_label": "T2",
        "quotient": 540,
        "explanation": "Tranche T2",
    }
    enrolment.runtime.peers = FakeBilling(price)
    return enrolment.runtime.peers


@pytest.fixture
def reader(enrolment: Any, billing: FakeBilling) -> Callable[..., Reader]:
    def as_staff(*roles: Audience, name: str = "Dominique Lemoine") -> Reader:
        person = enrolment.staff(*(roles or (Audience.SECRETARIAT,)), name=name)
        return Reader(enrolment.client, person.token)

    return as_staff


Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def ask(enrolment: Any, wednesdays: Any) -> Ask:
    """A family asks for places; the request as its family sees it."""

    async def one_request(
        *days: str,
        slot: str = "Journée",
        name: str = "Noisetier",
        given: str = "Lou",
        born: str = LOU,
    ) -> dict[str, Any]:
        family = await enrolment.family(born, name=name, names=(given,))
        lines = [
            {
                "child_id": str(family.children[0]),
                "slot_id": str(wednesdays.slots[slot]),
                "day": day,
            }
            for day in days or (WEDNESDAY,)
        ]
        from chassis.identifiers import new_id

        body = {"request_id": str(new_id()), "kind": "booking.request", "lines": lines}
        answer = await family.post("/v1/me/requests", body)
        assert answer.status_code == 201, answer.text
        request: dict[str, Any] = answer.json()
        return request

    return one_request


REFUSED_BY_BILLING = PeerRefused(404, {})
AWAY = PeerUnavailable("billing")
