"""Which families a broadcast is for, asked from those who know: enrolment and billing."""

from uuid import UUID

from pydantic import BaseModel

from chassis.database import Database
from chassis.peers import Peers
from messaging.domain.broadcasting import Audience, Whom
from messaging.store.broadcasts import known_families
from portail_contracts.catalogue import Context


class _Families(BaseModel):
    family_ids: list[UUID]


class Recipients:
    """Raises PeerUnavailable or PeerRefused."""

    def __init__(self, peers: Peers, database: Database) -> None:
        self._peers, self._database = peers, database

    async def of(self, audience: Audience) -> set[UUID]:
        """Only families that are known here: others were forgotten, or are yet to be told of."""
        async with self._database.reading() as connection:
            known = set(await known_families(connection))
        if audience.whom is Whom.EVERYBODY:
            return known
        return known & await self._asked(audience)

    async def _asked(self, audience: Audience) -> set[UUID]:
        if audience.whom is Whom.UNPAID:
            answer = await self._peers.get(Context.BILLING, "/v1/internal/unpaid-families")
        else:
            wanted = {f"{audience.whom}_id": str(audience.id)}
            if audience.day:
                wanted["day"] = audience.day.isoformat()
            answer = await self._peers.get(
                Context.ENROLMENT, "/v1/internal/booked-families", **wanted
            )
        return set(_Families.model_validate(answer).family_ids)
