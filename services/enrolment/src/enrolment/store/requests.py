"""Requests as they are written: once, then moved by named steps."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.agenda import Why
from enrolment.domain.booking import BookingState
from enrolment.domain.request import Actor, LineOutcome, RequestState, Step

from .request_records import RequestRecord
from .tables import bookings, request_lines, request_number, request_transitions, requests


async def next_number(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(request_number.next_value()))).scalar_one())


async def add_request(connection: AsyncConnection, record: RequestRecord) -> bool:
    """False when another request has this identifier."""
    added = await connection.execute(_ADD, request_row(record))
    return added.first() is not None


_ADD = (
    insert_or(requests)
    .values({one.name: bindparam(one.name, type_=one.type) for one in requests.columns})
    .on_conflict_do_nothing(index_elements=[requests.c.request_id])
    .returning(requests.c.request_id)
)


def request_row(record: RequestRecord) -> dict[str, Any]:
    """The request as its table keeps it."""
    row = {column.name: getattr(record, column.name) for column in requests.columns}
    row["state"], row["channel"] = str(record.state), str(record.channel)
    row["child_ids"] = list(record.child_ids)
    return row


async def add_lines(connection: AsyncConnection, record: RequestRecord) -> None:
    """The lines in the order sent; the bookings they were given are there already."""
    await connection.execute(insert(request_lines), line_rows(record))


def line_rows(record: RequestRecord) -> list[dict[str, Any]]:
    """The lines as their table keeps them."""
    return [
        {
            "request_id": record.request_id,
            "position": position,
            "child_id": line.child_id,
            "slot_id": line.slot_id,
            "day": line.day,
            "outcome": str(line.outcome),
            "why": line.why,
            "reason": line.reason,
            "booking_id": line.booking_id,
            "in_notice": line.in_notice,
        }
        for position, line in enumerate(record.lines)
    ]


OPEN_LINES = frozenset({LineOutcome.REQUESTED, LineOutcome.WAITLISTED})


async def settle_lines(
    connection: AsyncConnection,
    request_id: UUID,
    outcome: LineOutcome,
    sources: Iterable[LineOutcome] = OPEN_LINES,
) -> None:
    """Every line that was one of these has this outcome now."""
    await connection.execute(
        update(request_lines)
        .where(
            request_lines.c.request_id == request_id,
            request_lines.c.outcome.in_([str(source) for source in sources]),
        )
        .values(outcome=str(outcome))
    )


async def refuse_lines(
    connection: AsyncConnection, booking_ids: Iterable[UUID], why: str, reason: str
) -> None:
    """What these bookings were asked by can no more be had, for a reason that is not a decision."""
    await connection.execute(
        update(request_lines)
        .where(
            request_lines.c.booking_id.in_(list(booking_ids)),
            request_lines.c.outcome.in_([str(source) for source in OPEN_LINES]),
        )
        .values(outcome=str(LineOutcome.REFUSED), why=why, reason=reason)
    )


async def ask_again(connection: AsyncConnection, booking_ids: Iterable[UUID]) -> None:
    """Lines that a closure refused wait for their answer again, as far as anybody owes one."""
    waits = (bookings.c.state == BookingState.WAITLISTED) & (
        request_lines.c.request_id == bookings.c.request_id
    )
    await connection.execute(
        update(request_lines)
        .where(
            request_lines.c.booking_id.in_(list(booking_ids)),
            request_lines.c.booking_id == bookings.c.booking_id,
            request_lines.c.request_id == requests.c.request_id,
            request_lines.c.outcome == LineOutcome.REFUSED,
            request_lines.c.why == Why.CLOSED,
            waits | requests.c.state.in_((RequestState.PENDING, RequestState.FAILED)),
        )
        .values(
            outcome=case((waits, str(LineOutcome.WAITLISTED)), else_=str(LineOutcome.REQUESTED)),
            why=None,
            reason=None,
        )
    )


async def settle_line(
    connection: AsyncConnection, request_id: UUID, booking_id: UUID, outcome: LineOutcome
) -> None:
    """The line that led to this booking has this outcome now."""
    await connection.execute(
        update(request_lines)
        .where(request_lines.c.request_id == request_id, request_lines.c.booking_id == booking_id)
        .values(outcome=str(outcome))
    )


async def note_step(
    connection: AsyncConnection,
    request_id: UUID,
    step: Step,
    state: RequestState,
    version: int,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Write down a transition; the request itself is moved by `move_request`."""
    row = _step_row(request_id, step, state, version, actor, at, reason)
    await connection.execute(insert(request_transitions), row)


def first_step(record: RequestRecord, actor: Actor) -> dict[str, Any]:
    """How a request came in, as its table of steps keeps it."""
    return _step_row(
        record.request_id, Step.SUBMIT, record.state, record.version, actor, record.submitted_at
    )


def _step_row(
    request_id: UUID,
    step: Step,
    state: RequestState,
    version: int,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> dict[str, Any]:
    return {
        "request_id": request_id,
        "version": version,
        "step": str(step),
        "state": str(state),
        "at": at,
        "actor_id": actor.id,
        "actor_name": actor.name,
        "channel": str(actor.channel),
        "on_behalf_of": actor.on_behalf_of,
        "rule": actor.rule,
        "reason": reason,
    }


async def move_request(
    connection: AsyncConnection,
    request_id: UUID,
    state: RequestState,
    version: int,
    decided_at: datetime,
    reason: str | None,
) -> None:
    await connection.execute(
        update(requests)
        .where(requests.c.request_id == request_id)
        .values(state=str(state), version=version, decided_at=decided_at, reason=reason)
    )


async def note_version(connection: AsyncConnection, request_id: UUID, version: int) -> None:
    """Something was added to the request's history; where it stands has not changed."""
    await connection.execute(
        update(requests).where(requests.c.request_id == request_id).values(version=version)
    )


async def family_of_request(connection: AsyncConnection, request_id: UUID) -> UUID | None:
    statement = select(requests.c.family_id).where(requests.c.request_id == request_id)
    return (await connection.execute(statement)).scalar_one_or_none()
