"""The outermost walls: what comes in is cleaned, what goes out carries the strict headers."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.correlation import current_trace

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "manifest-src 'self'",
    ]
)
STRICT = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ),
}
STRICTER = {
    "Referrer-Policy": ("strict-origin",),
    "Content-Security-Policy": ("sandbox; default-src 'none'",),
}
"""What an answer may say instead, because it allows less: an address that holds a secret is not
told even to our own pages, and somebody's file is no page at all."""
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
CORRELATION = "X-Correlation-Id"

NOT_FROM_BROWSERS = frozenset(
    {
        b"authorization",
        b"data-version",
        b"traceparent",
        b"tracestate",
        b"x-api-key",
        b"x-forwarded-for",
        b"forwarded",
    }
)
"""Ours to say: a browser that sends them must not be believed."""

FOR_PROGRAMS = "/api/"
"""Under it callers are programs: they prove who they are by a key, and are answered in JSON."""

Networks = Sequence[IPv4Network | IPv6Network]


class Entrance:
    """Finds the client's address, then drops the headers that only we may set."""

    def __init__(self, app: ASGIApp, trusted: Networks) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope["client"] = (self._address(scope), 0)
            if scope.get("path", "").startswith(FOR_PROGRAMS):
                scope.setdefault("state", {})["key"] = _bearer(scope)
            scope["headers"] = [
                (name, value) for name, value in scope["headers"] if name not in NOT_FROM_BROWSERS
            ]
        await self._app(scope, receive, send)

    def _address(self, scope: Scope) -> str:
        """The nearest address that no proxy of ours wrote for itself, read from the right."""
        address = str((scope.get("client") or ("",))[0])
        claimed = [
            part.strip()
            for name, value in scope["headers"]
            if name == b"x-forwarded-for"
            for part in value.decode("latin-1").split(",")
        ]
        while claimed and self._is_trusted(address):
            candidate = claimed.pop()
            if not _is_address(candidate):
                break
            address = candidate
        return address

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(
            ip_address(address) in network for network in self._trusted
        )


def _bearer(scope: Scope) -> str:
    """The key that a program shows; empty when it shows none."""
    given = [value for name, value in scope["headers"] if name == b"authorization"]
    scheme, _, key = given[0].decode("latin-1").partition(" ") if given else ("", "", "")
    return key.strip() if scheme.lower() == "bearer" else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class StrictHeaders:
    """On every answer, whoever made it: page, problem, forwarded answer, static file."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        transport = {"Strict-Transport-Security": STRICT_TRANSPORT} if https else {}
        self._strict = {**STRICT, **transport}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message.setdefault("headers", [])
                headers = MutableHeaders(scope=message)
                for name, value in self._strict.items():
                    if headers.get(name) not in STRICTER.get(name, ()):
                        headers[name] = value
                headers[CORRELATION] = current_trace().correlation_id
                # Files with their content in their name say so themselves.
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, sending)
