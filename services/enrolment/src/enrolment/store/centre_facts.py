"""The centre of each event, added as it is recorded: partners are given those of some centres."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.broker.outbox import Recorded
from enrolment.store.tables import activities
from portail_contracts.enrolment import CentreFact


class CentresOfActivities:
    """An activity stays in its centre: each is asked for once."""

    def __init__(self) -> None:
        self._known: dict[UUID, UUID] = {}

    async def complete(
        self, connection: AsyncConnection, recorded: Sequence[Recorded]
    ) -> Sequence[Recorded]:
        happening = [e for e in (one.event for one in recorded) if isinstance(e, CentreFact)]
        await self._learn(connection, {event.activity_id for event in happening})
        return [self._completed(one) for one in recorded]

    async def _learn(self, connection: AsyncConnection, activity_ids: set[UUID]) -> None:
        unknown = activity_ids - self._known.keys()
        if unknown:
            columns = select(activities.c.activity_id, activities.c.centre_id)
            rows = await connection.execute(columns.where(activities.c.activity_id.in_(unknown)))
            self._known.update({row.activity_id: row.centre_id for row in rows})

    def _completed(self, one: Recorded) -> Recorded:
        if not isinstance(one.event, CentreFact):
            return one
        centre = self._known.get(one.event.activity_id)
        return replace(one, event=one.event.model_copy(update={"centre_id": centre}))
