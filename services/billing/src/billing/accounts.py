"""Asking accounts about a family, in billing's own name."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from chassis.peers import PeerRefused, Peers
from portail_contracts.accounts import FamilyRecorded
from portail_contracts.catalogue import Context


class AskedChild(BaseModel):
    """A child as accounts answers: enough to count the children of a family."""

    model_config = ConfigDict(extra="ignore")

    child_id: UUID
    version: int = 1
    given_name: str
    family_name: str = ""
    born_on: date | None = None
    alternating_custody: bool = False


class AskedFamily(FamilyRecorded):
    """The snapshot that the event carries, and the children."""

    children: tuple[AskedChild, ...] = ()


AskFamily = Callable[[UUID], Awaitable[AskedFamily | None]]
"""The family as accounts has it now; None when it has no such family.

Raises PeerUnavailable when accounts is away: the event or the person tries again later.
"""


def asking(peers: Peers) -> AskFamily:
    async def ask(family_id: UUID) -> AskedFamily | None:
        try:
            answer = await peers.get(Context.ACCOUNTS, f"/v1/internal/families/{family_id}")
        except PeerRefused as refused:
            if refused.status == 404:
                return None
            raise
        return AskedFamily.model_validate(answer)

    return ask
