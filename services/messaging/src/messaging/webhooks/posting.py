"""One try at one address: signed, bounded in time and size, followed nowhere."""

import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import UUID

import aiohttp
from standardwebhooks import Webhook

from messaging.domain.webhooks import Told

from .addresses import ForbiddenAddress, Gate
from .names import Names

WITHIN_SECONDS = 15.0
CONNECT_SECONDS = 5.0
HEARD_AT_MOST = 16 * 1024
"""Bytes of an answer, of which nothing is kept."""


def signed(secrets: Sequence[bytes], event_id: UUID, body: bytes, now: datetime) -> dict[str, str]:
    """Headers of Standard Webhooks; one signature for each secret that still holds."""
    text = body.decode()
    signatures = [Webhook(secret).sign(str(event_id), now, text) for secret in secrets]
    return {
        "webhook-id": str(event_id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "User-Agent": "portail-familles-webhooks",
    }


class Poster:
    """Connections of webhooks; no number of slow ones keeps another from being made."""

    def __init__(self, *, loopback: bool) -> None:
        self._gate, self._names = Gate(loopback=loopback), Names()
        self._session: aiohttp.ClientSession | None = None

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,
                    resolver=self._names,
                    use_dns_cache=False,
                    keepalive_timeout=4,
                    socket_factory=self._gate,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                # What is small and becomes large when unpacked is not unpacked.
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(
                    total=WITHIN_SECONDS, sock_connect=CONNECT_SECONDS, connect=CONNECT_SECONDS
                ),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
        await self._names.close()

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Told:
        """Never raises for what the other end does."""
        try:
            async with self._opened().post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                told = Told(answer.status, retry_after=_asked(answer.headers.get("Retry-After")))
                await _hear(answer)
                return told
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return Told(reason=_reason(error))


async def _hear(answer: aiohttp.ClientResponse) -> None:
    """The rest of a short answer, so that the connection serves again; a long one is cut."""
    heard = 0
    try:
        async for part in answer.content.iter_any():
            heard += len(part)
            if heard > HEARD_AT_MOST:
                answer.close()
                return
    except (aiohttp.ClientError, TimeoutError):
        # Its status was had: what it thinks of the event is known.
        answer.close()


def _reason(error: BaseException) -> str:
    causes: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        if (one := waiting.pop()) is None or one in causes:
            continue
        causes.append(one)
        waiting += [one.__cause__, one.__context__, getattr(one, "os_error", None)]
        waiting += getattr(one, "exceptions", ())
    kinds = (
        (ForbiddenAddress, "forbidden-address"),
        (TimeoutError, "timeout"),
        (ssl.SSLError, "tls"),
        (ssl.CertificateError, "tls"),
        (aiohttp.ClientConnectorDNSError, "unknown-name"),
        (aiohttp.ClientConnectorError, "no-connection"),
    )
    found = (said for kind, said in kinds if any(isinstance(one, kind) for one in causes))
    return next(found, "broken-off")


def _asked(text: str | None) -> timedelta | None:
    """Retry-After: seconds, or an instant."""
    if text is None:
        return None
    if text.isdecimal() and len(text) < 9:
        return timedelta(seconds=int(text))
    try:
        until = parsedate_to_datetime(text)
        return max(until - datetime.now(until.tzinfo), timedelta(0))
    except (ValueError, TypeError):
        return None
