"""Asking accounts about a family, in billing's own name."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from chassis.peers import PeerRefused, Peers
from portail_contracts.accounts import FamilyRecorded
from portail_contracts.catalogue import Context

AskFamily = Callable[[UUID], Awaitable[FamilyRecorded | None]]
"""The family as accounts has it now; None when it has no such family.

Raises PeerUnavailable when accounts is away: the event or the person tries again later.
"""


def asking(peers: Peers) -> AskFamily:
    async def ask(family_id: UUID) -> FamilyRecorded | None:
        try:
            answer = await peers.get(Context.ACCOUNTS, f"/v1/internal/families/{family_id}")
        except PeerRefused as refused:
            if refused.status == 404:
                return None
            raise
        # The answer is the snapshot that the event carries, and the children, which are not ours.
        return FamilyRecorded.model_validate(answer)

    return ask
