"""What an unsafe request must prove: that it comes from our pages, and from this browser."""

import re
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.auth import unauthenticated
from chassis.problems import Problem

from .session import same_token
from .visit import Visit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "form_token"
HEADER = "x-form-token"
ONE_CLICK = re.compile(r"/courriels/arret/[0-9a-f-]{36}/un-clic")
"""A mailbox's own button (RFC 8058): a machine that has never seen a page of ours. It proves by
the token of the e-mail what others prove by their page, and nothing of a session is used."""

PAYMENT_NOTIFICATION = "/paiement/notification"
"""The treasury's server posts here: it is no browser and has no session, and what it says is only a
hint to ask the treasury ourselves, so that a forged one changes nothing."""
MANY_FIELDS = 1000
FIRST_FIELD_BYTES = 2048
FIRST_FIELD = re.compile(
    rb"--[^\r\n]{1,200}\r\n"
    rb"Content-Disposition: form-data; name=\"form_token\"\r\n\r\n"
    rb"(?P<token>[A-Za-z0-9_-]{1,200})\r\n--",
    re.IGNORECASE,
)


def foreign_origin() -> Problem:
    return Problem(
        403,
        "gateway.foreign-origin",
        "Cette action n’a pas été faite depuis le portail",
        "Par sécurité, elle n’a pas été prise en compte. Recommencez depuis le portail.",
    )


def form_expired() -> Problem:
    return Problem(
        403,
        "gateway.form-expired",
        "Cette page est restée ouverte trop longtemps",
        "Par sécurité, rien n’a été enregistré. Rechargez la page, puis recommencez.",
    )


def comes_from_us(request: Request, public_url: str) -> bool:
    """Browsers say where a request comes from; one that says nothing at all is refused."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    if origin is not None:
        return origin.lower() == public_url
    return site == "same-origin"


def _is_from_a_machine(path: str) -> bool:
    return path == PAYMENT_NOTIFICATION or ONE_CLICK.fullmatch(path) is not None


class UnsafeRequests:
    """Checks the origin and the form token before any route, forwarded ones included."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS or "state" not in scope:
            await self._app(scope, receive, send)
            return
        if _is_from_a_machine(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if not comes_from_us(request, self._public_url):
            raise foreign_origin()
        visit: Visit = scope["state"]["visit"]
        given = request.headers.get(HEADER)
        if given is None and _media_type(request) == "application/x-www-form-urlencoded":
            body = await _read(receive)
            given = _field(body)
            visit.typed = body
            receive = _again(body, receive)
        elif given is None and _media_type(request) == "multipart/form-data":
            head, ended = await _beginning(receive)
            given = _first_field(head)
            receive = _again(head, receive, more=not ended)
        if not visit.form_token or not same_token(visit.form_token, given):
            raise form_expired() if visit.session or _is_sign_in(scope) else unauthenticated()
        await self._app(scope, receive, send)


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_sign_in(scope: Scope) -> bool:
    return bool(scope["path"].endswith("/connexion"))


async def _read(receive: Receive) -> bytes:
    """The whole body; the limit on bodies stands outside and ends the reading."""
    parts: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(parts)


async def _beginning(receive: Receive) -> tuple[bytes, bool]:
    """As much of the body as holds its first field, and whether that was all of it.

    A file behind it is not read here: it goes on to the route part by part.
    """
    head = b""
    while len(head) < FIRST_FIELD_BYTES and _first_field(head) is None:
        message = await receive()
        if message["type"] == "http.disconnect":
            return head, True
        head += message.get("body", b"")
        if not message.get("more_body", False):
            return head, True
    return head, False


def _first_field(head: bytes) -> str | None:
    """The token of a form that carries files: our forms have it before anything else."""
    found = FIRST_FIELD.match(head)
    return found["token"].decode() if found else None


def _field(body: bytes) -> str | None:
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=MANY_FIELDS)
    except (UnicodeDecodeError, ValueError):
        return None
    values = fields.get(FIELD, [])
    return values[0] if len(values) == 1 else None


def _again(body: bytes, receive: Receive, *, more: bool = False) -> Receive:
    """Gives what was read to whoever asks next, then listens for the client again."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": more}

    return replay
