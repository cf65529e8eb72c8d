"""Questions to the other services, over HTTP, with a timeout on every call."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from portail_contracts.catalogue import Context

from . import data_version
from .clock import Clock
from .correlation import current_trace
from .settings import SharedSettings
from .tokens import LIFETIME

TIMEOUT = 3.0
FILE_SECONDS = 60.0
"""A large table takes its time on both sides."""

LARGEST_ANSWER = 8 * 1024 * 1024


class PeerUnavailable(Exception):
    """The other service did not answer, or not in time: try later, or show the page without it."""


class PeerBusy(PeerUnavailable):
    """It does not do it now, and says in how many seconds it will; `words` are French."""

    def __init__(self, peer: Context, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{peer}: busy")
        self.problem = problem
        self.seconds = int(problem["retry_after"])

    @property
    def words(self) -> str:
        return str(self.problem.get("detail", ""))


class PeerRefused(Exception):
    """The other service answered with a problem."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('type', '')}")
        self.status = status
        self.problem = problem


def _unavailable(peer: Context, status: int, answer: Any) -> PeerUnavailable:
    says_when = isinstance(answer, dict) and isinstance(answer.get("retry_after"), int)
    return PeerBusy(peer, answer) if says_when else PeerUnavailable(f"{peer}: {status}")


def _read(peer: Context, content: bytes) -> Any:
    try:
        return json.loads(content) if content.strip() else None
    except ValueError as error:
        raise PeerUnavailable(f"{peer}: {type(error).__name__}") from error


@dataclass(frozen=True)
class Download:
    """A file of another service, on its way."""

    media_type: str
    disposition: str
    parts: AsyncIterator[bytes]


async def _parts(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    # Left early, the connection is closed rather than kept with half an answer in it.
    async with response:
        async for part in response.content.iter_any():
            yield part


class Peers:
    """An HTTP client for the house; speaks in a caller's name when given their token."""

    def __init__(self, name: str, shared: SharedSettings, secret: str, clock: Clock) -> None:
        self._name = name
        self._secret = secret
        self._clock = clock
        self._addresses = {
            Context.ACCOUNTS: shared.accounts_url,
            Context.ENROLMENT: shared.enrolment_url,
            Context.BILLING: shared.billing_url,
            Context.MESSAGING: shared.messaging_url,
        }
        self._session: aiohttp.ClientSession | None = None
        self._token: tuple[str, datetime] | None = None
        self._token_lock = asyncio.Lock()

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                # Shorter than servers keep them: a POST must not meet a closing connection.
                connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=4),
                # The cookie of one person must never be sent for another.
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session

    def address(self, peer: Context) -> str:
        return self._addresses[peer]

    async def get(
        self, peer: Context, path: str, *, token: str | None = None, **params: str
    ) -> Any:
        return await self.call("GET", peer, path, token=token, params=params)

    async def post(self, peer: Context, path: str, body: Any, *, token: str | None = None) -> Any:
        return await self.call("POST", peer, path, token=token, json=body)

    async def call(
        self, method: str, peer: Context, path: str, *, token: str | None = None, **options: Any
    ) -> Any:
        """The answer's JSON; in our own name unless a token is given.

        Raises PeerUnavailable (PeerBusy when it says until when) or PeerRefused.
        """
        bearer = token if token is not None else await self.own_token()
        return await self.send(method, peer, path, bearer, **options)

    async def send(self, method: str, peer: Context, path: str, bearer: str, **options: Any) -> Any:
        status, content, _ = await self._exchange(method, peer, path, bearer, {}, options)
        return _read(peer, content) if status != 204 else None

    async def read(
        self, peer: Context, path: str, *, token: str, labelled: bool = False, **options: Any
    ) -> tuple[bytes, str | None]:
        """The answer as it came; `labelled`: and of which state of the data it tells, if known.

        Raises as `call` does.
        """
        headers = {data_version.HEADER: "?"} if labelled else {}
        _, content, version = await self._exchange("GET", peer, path, token, headers, options)
        return content, version

    async def data_version(self, peer: Context, **options: Any) -> str:
        """The state of its data at this moment; see `chassis.data_version`. Raises as `call`."""
        version: str = (await self.call("GET", peer, data_version.DOOR, **options))["version"]
        return version

    async def _exchange(
        self,
        method: str,
        peer: Context,
        path: str,
        bearer: str,
        headers: dict[str, str],
        options: Mapping[str, Any],
    ) -> tuple[int, bytes, str | None]:
        """Status, content and label of a good answer; a bad one is raised."""
        headers["traceparent"] = current_trace().traceparent
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        try:
            async with self.session.request(
                method, self._addresses[peer] + path, headers=headers, **options
            ) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise PeerUnavailable(f"{peer}: {type(error).__name__}") from error
        if response.status >= 500:
            raise _unavailable(peer, response.status, _read(peer, content))
        if response.status >= 400:
            raise PeerRefused(response.status, _read(peer, content) or {})
        return response.status, content, response.headers.get(data_version.HEADER)

    async def upload(
        self, peer: Context, path: str, fields: Mapping[str, str], content: bytes, *, token: str
    ) -> Any:
        """A form with one file, named `file`; the answer's JSON. Raises as `call` does."""
        form = aiohttp.FormData()
        for name, value in fields.items():
            form.add_field(name, value)
        form.add_field("file", content, filename="file", content_type="application/octet-stream")
        timeout = aiohttp.ClientTimeout(total=FILE_SECONDS)
        return await self.call("POST", peer, path, token=token, data=form, timeout=timeout)

    async def download(self, peer: Context, path: str, *, token: str, **params: str) -> "Download":
        """A file that leaves as it comes; it must be read to its end. Raises as `call` does."""
        headers = {
            "traceparent": current_trace().traceparent,
            "Authorization": f"Bearer {token}",
        }
        timeout = aiohttp.ClientTimeout(total=None, connect=TIMEOUT, sock_read=FILE_SECONDS)
        try:
            response = await self.session.get(
                self._addresses[peer] + path, headers=headers, params=params, timeout=timeout
            )
        except (aiohttp.ClientError, TimeoutError) as error:
            raise PeerUnavailable(f"{peer}: {type(error).__name__}") from error
        if response.status >= 400:
            response.close()
            if response.status >= 500:
                raise PeerUnavailable(f"{peer}: {response.status}")
            raise PeerRefused(response.status, {})
        return Download(
            response.content_type, response.headers.get("Content-Disposition", ""), _parts(response)
        )

    async def published_keys(self) -> Mapping[str, Any]:
        keys: Mapping[str, Any] = await self.send(
            "GET", Context.ACCOUNTS, "/.well-known/jwks.json", bearer=""
        )
        return keys

    async def own_token(self) -> str:
        """A token in this service's own name, asked from accounts and kept until it ages."""
        async with self._token_lock:
            if self._token is None or self._token[1] <= self._clock.now():
                answer = await self.send(
                    "POST",
                    Context.ACCOUNTS,
                    "/v1/service-tokens",
                    bearer="",
                    json={"name": self._name, "secret": self._secret},
                )
                renew_at = self._clock.now() + LIFETIME - timedelta(minutes=1)
                self._token = (answer["token"], renew_at)
            return self._token[0]

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
