"""An agent takes a request, gives it to a colleague, or puts it back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.request import Actor
from enrolment.domain.submission import NotFound
from enrolment.store.assignments import (
    Assignment,
    Colleague,
    add_assignment,
    colleagues,
    current_assignments,
    end_assignment,
)
from enrolment.store.request_records import RequestRecord, get_request

MAY_FOLLOW = "secretariat"
"""Only who may decide can be given a request to decide."""


class AlreadyHeld(Exception):
    """Somebody else follows the request since the agent looked; says who."""

    def __init__(self, holder: str | None) -> None:
        super().__init__(holder or "")
        self.holder = holder


@dataclass(frozen=True)
class Seen:
    """The request and who held it when the agent looked (None: nobody)."""

    request_id: UUID
    holder: UUID | None


async def take_request(
    transaction: Transaction, seen: Seen, actor: Actor, *, now: datetime
) -> RequestRecord:
    """The actor follows the request from now on. Raises NotFound, AlreadyHeld."""
    return await _hand_over(transaction, seen, Colleague(UUID(actor.id), actor.name), actor, now)


async def give_request(
    transaction: Transaction, seen: Seen, to: UUID, actor: Actor, *, now: datetime
) -> RequestRecord:
    """Raises NotFound, also for a colleague who may not decide; AlreadyHeld."""
    known = await colleagues(transaction.connection, MAY_FOLLOW)
    colleague = next((one for one in known if one.staff_id == to), None)
    if colleague is None:
        raise NotFound
    return await _hand_over(transaction, seen, colleague, actor, now)


async def release_request(
    transaction: Transaction, seen: Seen, actor: Actor, *, now: datetime
) -> RequestRecord:
    """Nobody follows the request any more. Raises NotFound, AlreadyHeld."""
    record = await _unchanged(transaction, seen)
    await end_assignment(transaction.connection, seen.request_id, now, actor.name)
    return record


async def _hand_over(
    transaction: Transaction, seen: Seen, to: Colleague, actor: Actor, now: datetime
) -> RequestRecord:
    record = await _unchanged(transaction, seen)
    if seen.holder == to.staff_id:
        return record
    await end_assignment(transaction.connection, seen.request_id, now, actor.name)
    given = Assignment(seen.request_id, to.staff_id, to.name, actor.name, now)
    await add_assignment(transaction.connection, given)
    return record


async def _unchanged(transaction: Transaction, seen: Seen) -> RequestRecord:
    """The request, locked, when it is still held by whom the agent saw."""
    record = await get_request(transaction.connection, seen.request_id, lock=True)
    held = await current_assignments(transaction.connection, [seen.request_id])
    current = held.get(seen.request_id)
    if (current.staff_id if current else None) != seen.holder:
        raise AlreadyHeld(current.staff_name if current else None)
    return record
