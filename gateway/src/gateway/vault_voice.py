"""What a signed-in family may ask about its sealed data, in its own name."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from portail_contracts.catalogue import Context

from . import vault_answers as answers
from .gateway import GatewayOf
from .uploads import SECONDS
from .upstream import Form, Shape, Upstream
from .visit import VisitOf


@dataclass(frozen=True)
class VaultVoice:
    """Every question raises PeerUnavailable or PeerRefused, see `Upstream`."""

    upstream: Upstream
    token: str

    async def health(self, child_id: UUID) -> answers.Health:
        return await self._get(f"/v1/me/children/{child_id}/health", answers.Health)

    async def propose_health(self, child_id: UUID, body: dict[str, Any]) -> answers.Sent:
        path = f"/v1/me/children/{child_id}/health"
        return await self.upstream.post(
            Context.ACCOUNTS, path, body, answers.Sent, token=self.token
        )

    async def documents(self) -> answers.Documents:
        return await self._get("/v1/me/documents", answers.Documents)

    async def documents_to_renew(self, days: int) -> answers.Documents:
        """Expired, or soon to be, and with none to follow."""
        return await self._get("/v1/me/documents", answers.Documents, expires_within=str(days))

    async def send_document(self, form: Form) -> answers.Document:
        return await self._send("/v1/me/documents", form, answers.Document)

    async def photos(self, child_id: UUID) -> answers.Photos:
        return await self._get(f"/v1/me/children/{child_id}/photos", answers.Photos)

    async def send_photo(self, child_id: UUID, form: Form) -> answers.SentPhoto:
        return await self._send(f"/v1/me/children/{child_id}/photo", form, answers.SentPhoto)

    async def reads(self, page: int) -> answers.Reads:
        return await self._get("/v1/me/reads", answers.Reads, page=str(page))

    async def exports(self) -> answers.Exports:
        return await self._get("/v1/me/exports", answers.Exports)

    async def ask_export(self, export_id: UUID) -> answers.Export:
        body = {"export_id": str(export_id)}
        return await self.upstream.post(
            Context.ACCOUNTS, "/v1/me/exports", body, answers.Export, token=self.token
        )

    async def erasure(self) -> answers.Erasure:
        return await self._get("/v1/me/erasure", answers.Erasure)

    async def ask_erasure(self) -> None:
        await self.upstream.tell(Context.ACCOUNTS, "/v1/me/erasure", token=self.token)

    async def withdraw_erasure(self) -> None:
        await self.upstream.tell(Context.ACCOUNTS, "/v1/me/erasure/withdraw", token=self.token)

    async def _get(self, path: str, shape: type[Shape], **params: str) -> Shape:
        return await self.upstream.get(Context.ACCOUNTS, path, shape, token=self.token, **params)

    async def _send(self, path: str, form: Form, shape: type[Shape]) -> Shape:
        return await self.upstream.send(
            Context.ACCOUNTS, path, form, shape, token=self.token, seconds=SECONDS
        )


async def vault_of(gateway: GatewayOf, visit: VisitOf) -> VaultVoice:
    return VaultVoice(gateway.upstream, visit.token)


VaultOf = Annotated[VaultVoice, Depends(vault_of)]
"""A route's way to them; only after a guard for families."""
