"""The running gateway: what its doors and pages are given."""

from dataclasses import dataclass
from typing import Annotated

import jinja2
from fastapi import Depends, Request

from chassis.clock import Clock
from chassis.peers import Peers
from chassis.settings import SharedSettings
from chassis.web.assets import Assets

from .forwarding import Forwarder
from .keeping_answers import Answers
from .refreshing import Refresher
from .sealing import Seal
from .session import Cookies
from .settings import Settings
from .upstream import Upstream


@dataclass
class Gateway:
    """One running gateway."""

    settings: Settings
    shared: SharedSettings
    clock: Clock
    peers: Peers
    answers: Answers
    upstream: Upstream
    forwarder: Forwarder
    seal: Seal
    cookies: Cookies
    refresher: Refresher
    assets: Assets
    templates: jinja2.Environment

    async def close(self) -> None:
        await self.peers.close()
        await self.forwarder.close()


def gateway_of(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


async def _of_request(request: Request) -> Gateway:
    # A plain function would be called in another thread, at every request.
    return gateway_of(request)


GatewayOf = Annotated[Gateway, Depends(_of_request)]
"""A route's way to the running gateway."""
