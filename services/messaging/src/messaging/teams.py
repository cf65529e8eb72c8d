"""In which centres somebody of the staff works, asked from enrolment, which keeps the teams."""

from uuid import UUID

from pydantic import BaseModel

from chassis.peers import Peers
from portail_contracts.catalogue import Context


class _Centres(BaseModel):
    centre_ids: frozenset[UUID]


async def centres_of(peers: Peers, staff_id: UUID) -> frozenset[UUID]:
    """None for whom nobody has put in a team. Raises PeerUnavailable or PeerRefused."""
    answer = await peers.get(Context.ENROLMENT, f"/v1/internal/agents/{staff_id}/centres")
    return _Centres.model_validate(answer).centre_ids
