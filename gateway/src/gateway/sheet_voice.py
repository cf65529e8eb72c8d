"""What a signed-in family asks of accounts about its file, and proposes to change in it."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from portail_contracts.catalogue import Context

from .gateway import GatewayOf
from .sheet_answers import Change, Sheet
from .upstream import Upstream
from .visit import VisitOf


@dataclass(frozen=True)
class SheetVoice:
    """Every question raises PeerUnavailable or PeerRefused, see `Upstream`."""

    upstream: Upstream
    token: str

    async def account(self) -> Sheet:
        return await self._sheet("account")

    async def new_child(self) -> Sheet:
        return await self._sheet("new-child")

    async def child(self, child_id: UUID) -> Sheet:
        return await self._sheet(f"children/{child_id}")

    async def change(self, request_id: UUID) -> Change:
        return await self.upstream.get(
            Context.ACCOUNTS, f"/v1/me/changes/{request_id}", Change, token=self.token
        )

    async def propose(self, body: dict[str, Any]) -> Change:
        return await self.upstream.post(
            Context.ACCOUNTS, "/v1/me/changes", body, Change, token=self.token
        )

    async def _sheet(self, name: str) -> Sheet:
        return await self.upstream.get(
            Context.ACCOUNTS, f"/v1/me/sheets/{name}", Sheet, token=self.token
        )


async def _voice(gateway: GatewayOf, visit: VisitOf) -> SheetVoice:
    return SheetVoice(gateway.upstream, visit.token)


SheetVoiceOf = Annotated[SheetVoice, Depends(_voice)]
