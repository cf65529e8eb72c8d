"""Questions to other services in the reader’s own name: one that is away costs its card only."""

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request

from chassis.peers import PeerRefused, Peers, PeerUnavailable
from portail_contracts.catalogue import Context

PATIENCE = 2.0
"""Seconds: the page does not wait longer for any of its cards."""


@dataclass(frozen=True)
class Answer:
    """`hidden`: not for this reader, or nothing of the sort exists."""

    state: Literal["here", "away", "hidden"]
    value: Any = None


@dataclass(frozen=True)
class Asking:
    """Who asks, with whose token."""

    peers: Peers
    token: str

    async def card(self, peer: Context, path: str, **params: str) -> Answer:
        """For a card of a page: whatever fails, the page is shown."""
        try:
            return Answer("here", await self.get(peer, path, **params))
        except PeerRefused:
            return Answer("hidden")
        except PeerUnavailable:
            return Answer("away")

    async def get(self, peer: Context, path: str, **params: str) -> Any:
        """Raises PeerRefused or PeerUnavailable."""
        return await self.send("GET", peer, path, params=params)

    async def send(self, method: str, peer: Context, path: str, **options: Any) -> Any:
        """Raises PeerRefused or PeerUnavailable."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.peers.call(method, peer, path, token=self.token, **options)
        except TimeoutError:
            raise PeerUnavailable(f"{peer}: too late") from None


def asking(request: Request, peers: Peers) -> Asking:
    _, _, token = request.headers.get("authorization", "").partition(" ")
    return Asking(peers, token)
