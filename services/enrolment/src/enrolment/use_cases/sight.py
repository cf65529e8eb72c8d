"""What an agent may see: who works only in centres sees what is asked of these centres."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.auth import Audience, Principal
from enrolment.store.tables import activities, enrolments, request_lines, requests, slots
from enrolment.store.teams import centres_of_agent

EVERYWHERE: Final = frozenset({Audience.SECRETARIAT, Audience.ADMIN, Audience.AUDITOR})


@dataclass(frozen=True)
class Sight:
    """`centres` are those that are seen; None for all of them."""

    centres: frozenset[UUID] | None = None

    def sees(self, centre_id: UUID) -> bool:
        return self.centres is None or centre_id in self.centres

    @property
    def is_blind(self) -> bool:
        """Nobody has said yet where this agent works."""
        return self.centres is not None and not self.centres

    @property
    def requests(self) -> ColumnElement[bool]:
        """Which requests are seen."""
        if self.centres is None:
            return true()
        return of_centres(self.centres) if self.centres else false()


async def sight_of(connection: AsyncConnection, principal: Principal) -> Sight:
    if principal.audiences & EVERYWHERE:
        return Sight()
    return Sight(await centres_of_agent(connection, principal.staff_id))


async def sees_request(connection: AsyncConnection, sight: Sight, request_id: UUID) -> bool:
    statement = select(requests.c.request_id).where(
        requests.c.request_id == request_id, sight.requests
    )
    return (await connection.execute(statement)).first() is not None


def of_centres(centre_ids: frozenset[UUID]) -> ColumnElement[bool]:
    """Requests that ask for something of one of these centres: days, or an enrolment."""
    wanted = list(centre_ids)
    days = (
        select(1)
        .select_from(request_lines)
        .join(slots, slots.c.slot_id == request_lines.c.slot_id)
        .join(activities, activities.c.activity_id == slots.c.activity_id)
        .where(
            request_lines.c.request_id == requests.c.request_id,
            activities.c.centre_id.in_(wanted),
        )
    )
    enrolling = (
        select(1)
        .select_from(enrolments)
        .join(activities, activities.c.activity_id == enrolments.c.activity_id)
        .where(
            enrolments.c.request_id == requests.c.request_id,
            activities.c.centre_id.in_(wanted),
        )
    )
    return exists(days) | exists(enrolling)
