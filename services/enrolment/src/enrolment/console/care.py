"""What a team must know of its children: asked of accounts in the reader's own name, never kept."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from chassis.auth import Audience, Principal
from chassis.peers import PeerRefused, Peers, PeerUnavailable
from portail_contracts.catalogue import Context

PATIENCE: Final = 2.0
"""Seconds: the roster is needed now, with or without its notes."""

AT_A_TIME: Final = 200
MAY_READ: Final = frozenset({Audience.SECRETARIAT, Audience.CENTRE})

DIETS: Final = {
    "standard": "sans restriction",
    "no_pork": "sans porc",
    "no_meat": "sans viande",
    "vegetarian": "végétarien",
}
UNSAID: Final = "non précisé"


@dataclass(frozen=True)
class Note:
    """One child at a glance."""

    diet: str | None = None
    care_plan: bool = False
    allergies: tuple[str, ...] = ()

    @property
    def special_diet(self) -> str | None:
        """In words, when it is not what everybody eats."""
        return None if self.diet in (None, "standard") else DIETS.get(self.diet, self.diet)

    @property
    def words(self) -> str:
        """« PAI ; sans porc ; allergie : arachide »."""
        allergies = f"allergie\u00a0: {', '.join(self.allergies)}" if self.allergies else None
        said = ("PAI" if self.care_plan else None, self.special_diet, allergies)
        return "\u202f; ".join(word for word in said if word)


@dataclass(frozen=True)
class Care:
    """Notes by child; `away` when accounts did not answer, `hidden` for who may not read them."""

    notes: Mapping[UUID, Note] = field(default_factory=dict)
    away: bool = False
    hidden: bool = False

    def of(self, child_id: UUID) -> Note:
        return self.notes.get(child_id, Note())

    @property
    def is_known(self) -> bool:
        return not self.away and not self.hidden


async def care_of(
    peers: Peers, principal: Principal, token: str, child_ids: Collection[UUID], day: date
) -> Care:
    if not principal.audiences & MAY_READ:
        return Care(hidden=True)
    wanted = sorted(set(child_ids))
    parts = [wanted[start : start + AT_A_TIME] for start in range(0, len(wanted), AT_A_TIME)]
    try:
        async with asyncio.timeout(PATIENCE):
            answers = await asyncio.gather(*(_ask(peers, token, part, day) for part in parts))
    except (PeerUnavailable, PeerRefused, TimeoutError, LookupError, TypeError, ValueError):
        return Care(away=True)
    return Care({UUID(one["child_id"]): _note(one) for answer in answers for one in answer})


async def _ask(peers: Peers, token: str, part: list[UUID], day: date) -> list[dict[str, Any]]:
    body = {"child_ids": [str(one) for one in part], "day": day.isoformat()}
    answer = await peers.post(Context.ACCOUNTS, "/v1/staff/rosters", body, token=token)
    items: list[dict[str, Any]] = answer["items"]
    return items


def _note(found: Mapping[str, Any]) -> Note:
    return Note(found["diet"], bool(found["care_plan"]), tuple(map(str, found["allergies"])))
