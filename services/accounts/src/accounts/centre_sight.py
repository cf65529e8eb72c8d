"""Whom an agent of the centres may see: enrolment knows, and is asked each time (decision 22).

Other roles see every family. Whoever comes by the role `centre` alone sees the children whom the
team looks after and their families; when enrolment does not answer, nobody.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.domain.access import Role
from chassis.auth import Principal
from chassis.peers import Peers
from portail_contracts.catalogue import Context


class OtherCentre(Exception):
    """Not of the agent's centres, or unknown: the answer is the same."""


@dataclass(frozen=True)
class Sight:
    """`None` where everything is seen."""

    child_ids: frozenset[UUID] | None = None
    family_ids: frozenset[UUID] | None = None

    def sees_child(self, child_id: UUID) -> bool:
        return self.child_ids is None or child_id in self.child_ids

    def sees_family(self, family_id: UUID) -> bool:
        return self.family_ids is None or family_id in self.family_ids


EVERYBODY = Sight()


def is_bound(principal: Principal, roles: Collection[Role]) -> bool:
    """Whether, of the roles that a door is for, the caller has none but that of the centres."""
    return not principal.audiences & {str(role) for role in roles if role is not Role.CENTRE}


async def sight_of(
    peers: Peers, principal: Principal, roles: Collection[Role], **named: Collection[UUID]
) -> Sight:
    """What the caller sees by these roles, among the `child_ids` or `family_ids` named if any.

    Raises PeerUnavailable or PeerRefused: then nothing is shown.
    """
    if not is_bound(principal, roles):
        return EVERYBODY
    asked: Mapping[str, Any] = {
        "staff_id": principal.id,
        **{name: [str(one) for one in ids] for name, ids in named.items()},
    }
    answer = await peers.post(Context.ENROLMENT, "/v1/internal/centre-sight", asked)
    seen = answer["children"]
    return Sight(
        frozenset(UUID(one["child_id"]) for one in seen),
        frozenset(UUID(one["family_id"]) for one in seen),
    )


async def ensure_seen(
    peers: Peers,
    principal: Principal,
    roles: Collection[Role],
    *,
    child_id: UUID | None = None,
    family_id: UUID | None = None,
) -> None:
    """Of a child, when one is named, otherwise of the family; raises OtherCentre."""
    if child_id is not None:
        sight = await sight_of(peers, principal, roles, child_ids=[child_id])
        seen = sight.sees_child(child_id)
    elif family_id is not None:
        sight = await sight_of(peers, principal, roles, family_ids=[family_id])
        seen = sight.sees_family(family_id)
    else:
        seen = not is_bound(principal, roles)
    if not seen:
        raise OtherCentre
