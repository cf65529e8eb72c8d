"""A client of the services' HTTP doors, speaking in the name of whoever signed in."""

from dataclasses import dataclass
from typing import Any

import aiohttp

from chassis.clock import Clock
from chassis.peers import Peers
from chassis.settings import SharedSettings
from portail_contracts.catalogue import Context


@dataclass(frozen=True)
class Caller:
    """Somebody signed in; every call carries their token."""

    peers: Peers
    token: str
    name: str

    async def get(self, service: Context, path: str, **params: str) -> Any:
        return await self.peers.get(service, path, token=self.token, **params)

    async def post(self, service: Context, path: str, body: Any) -> Any:
        return await self.peers.post(service, path, body, token=self.token)

    async def put(self, service: Context, path: str, body: Any) -> Any:
        return await self.peers.call("PUT", service, path, token=self.token, json=body)

    async def send_file(
        self, service: Context, path: str, fields: dict[str, str], name: str, content: bytes
    ) -> Any:
        """A form with a file, as a browser sends it."""
        form = aiohttp.FormData(fields)
        form.add_field("file", content, filename=name)
        waiting = aiohttp.ClientTimeout(total=30)
        return await self.peers.call(
            "POST", service, path, token=self.token, data=form, timeout=waiting
        )


class Doors:
    """The services of one system; close it when done."""

    def __init__(self, urls: dict[str, str], gateway_secret: str, clock: Clock) -> None:
        shared = SharedSettings(
            accounts_url=urls["accounts"],
            enrolment_url=urls["enrolment"],
            billing_url=urls["billing"],
            messaging_url=urls["messaging"],
        )
        self._peers = Peers("gateway", shared, gateway_secret, clock)

    async def sign_in(self, identifier: str, password: str, door: str) -> Caller:
        """`door` is `family` or `staff`; raises PeerRefused when not let in."""
        body = {
            "identifier": identifier,
            "password": password,
            "door": door,
            "address": "127.0.0.1",
        }
        answer = await self._peers.post(Context.ACCOUNTS, "/v1/sign-in", body)
        return Caller(self._peers, answer["token"], answer["principal"]["name"])

    async def service_token(self) -> str:
        """The gateway's own token, as one service presents it to another."""
        return await self._peers.own_token()

    async def close(self) -> None:
        await self._peers.close()
