"""Asked from accounts when an e-mail is sent: messaging keeps no address."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from chassis.peers import PeerRefused, Peers
from portail_contracts.catalogue import Context


class Recipient(BaseModel):
    """An access of a family that has an address; whose own, if it is one guardian's."""

    account_id: UUID
    greeting: str
    email: str
    guardian_id: UUID | None = None


class _Link(BaseModel):
    email: str
    greeting: str
    url_path: str
    expires_at: datetime


_RECIPIENTS = TypeAdapter(list[Recipient])


@dataclass(frozen=True)
class SingleUseLink:
    """A link that lets its holder choose a password, and to whom it goes."""

    email: str
    greeting: str
    path: str
    expires_at: datetime


class Addresses:
    """Both questions raise PeerUnavailable, or PeerRefused for anything but a plain no."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers

    async def of_family(self, family_id: UUID) -> list[Recipient]:
        path = f"/v1/internal/families/{family_id}/mail-recipients"
        try:
            answer = await self._peers.get(Context.ACCOUNTS, path)
        except PeerRefused as refused:
            if refused.status == 404:
                return []
            raise
        return _RECIPIENTS.validate_python(answer)

    async def of_link(self, link_id: str) -> SingleUseLink | None:
        """None when the link is used, replaced or over."""
        try:
            answer = await self._peers.get(Context.ACCOUNTS, f"/v1/internal/access-links/{link_id}")
        except PeerRefused as refused:
            if refused.status in (404, 409, 410):
                return None
            raise
        link = _Link.model_validate(answer)
        return SingleUseLink(link.email, link.greeting, link.url_path, link.expires_at)
