"""Requests as they are read: with their lines, their names and their steps."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.booking import BookingState
from enrolment.domain.request import Channel, LineOutcome, RequestState, Step
from enrolment.domain.submission import Line, NotFound

from .request_items import RequestItem, items_of
from .tables import (
    activities,
    bookings,
    centres,
    children,
    families,
    request_lines,
    request_transitions,
    requests,
    slots,
)


@dataclass(frozen=True)
class RequestLine:
    """One child, slot and day of a request, with the names that people read.

    `why` and `reason` are there when the line could not even be requested.
    """

    child_id: UUID
    child_given_name: str
    child_family_name: str
    child_born_on: date
    activity_id: UUID
    slot_id: UUID
    slot_label: str
    activity_label: str
    centre_name: str
    rate_code: str
    day: date
    outcome: LineOutcome
    why: str | None
    reason: str | None
    booking_id: UUID | None
    in_notice: bool | None = None
    """Whether a cancellation or an absence was said in time."""
    offered_until: datetime | None = None
    """Until when a place that was waited for is kept, when one is offered."""

    @property
    def was_requested(self) -> bool:
        return self.why is None


@dataclass(frozen=True)
class RequestRecord:
    """A request as it stands."""

    request_id: UUID
    number: str
    family_id: UUID
    family_name: str
    family_reference: str
    kind: str
    state: RequestState
    version: int
    submitted_at: datetime
    submitted_by: str
    channel: Channel
    due_on: date
    decided_at: datetime | None
    reason: str | None
    lines: tuple[RequestLine, ...] = ()
    subject: str | None = None
    """What it is about, in words, when it has no lines."""
    child_ids: tuple[UUID, ...] = ()
    items: tuple[RequestItem, ...] = ()
    """What a change set would change, when another service owns the content."""

    @property
    def offered_until(self) -> datetime | None:
        """When the first of the offers that wait for the family's answer ends."""
        return min((one.offered_until for one in self.lines if one.offered_until), default=None)


@dataclass(frozen=True)
class TransitionRecord:
    """A step in a request's life: who, when, on whose behalf, through which door."""

    version: int
    step: Step
    state: RequestState
    at: datetime
    actor_id: str
    actor_name: str
    channel: Channel
    on_behalf_of: UUID | None
    rule: str | None
    reason: str | None


def content_of(record: RequestRecord) -> frozenset[Line]:
    """What was asked for, whatever the order of the lines: two equal contents are one request."""
    return frozenset(Line(line.child_id, line.slot_id, line.day) for line in record.lines)


def selected_requests() -> Select[Any]:
    return select(
        requests,
        func.coalesce(families.c.name, "").label("family_name"),
        func.coalesce(families.c.reference, "").label("family_reference"),
    ).outerjoin(families, families.c.family_id == requests.c.family_id)


# Built once: asked with every submission and every decision.
_ONE = selected_requests().where(requests.c.request_id == bindparam("request_id"))
_ONE_LOCKED = _ONE.with_for_update(of=requests)


async def find_request(
    connection: AsyncConnection, request_id: UUID, *, lock: bool = False
) -> RequestRecord | None:
    """The request with its lines; `lock` keeps it from changing until the transaction ends."""
    statement = _ONE_LOCKED if lock else _ONE
    rows = await connection.execute(statement, {"request_id": request_id})
    found = await with_lines(connection, rows)
    return found[0] if found else None


async def get_request(
    connection: AsyncConnection, request_id: UUID, *, lock: bool = False
) -> RequestRecord:
    """As `find_request`; raises NotFound."""
    found = await find_request(connection, request_id, lock=lock)
    if found is None:
        raise NotFound
    return found


async def transitions_of(connection: AsyncConnection, request_id: UUID) -> list[TransitionRecord]:
    """The request's life, oldest step first."""
    table = request_transitions
    rows = await connection.execute(
        select(table).where(table.c.request_id == request_id).order_by(table.c.version)
    )
    return [
        TransitionRecord(
            row.version,
            Step(row.step),
            RequestState(row.state),
            row.at,
            row.actor_id,
            row.actor_name,
            Channel(row.channel),
            row.on_behalf_of,
            row.rule,
            row.reason,
        )
        for row in rows
    ]


async def with_lines(connection: AsyncConnection, rows: Iterable[Any]) -> list[RequestRecord]:
    found = [_record(row) for row in rows]
    if not found:
        return []
    request_ids = [record.request_id for record in found]
    lines = await _lines_of(connection, request_ids)
    items = await items_of(connection, request_ids)
    return [
        replace(
            record,
            lines=tuple(lines[record.request_id]),
            items=items.get(record.request_id, ()),
        )
        for record in found
    ]


def _record(row: Any) -> RequestRecord:
    return RequestRecord(
        request_id=row.request_id,
        number=row.number,
        family_id=row.family_id,
        family_name=row.family_name,
        family_reference=row.family_reference,
        kind=row.kind,
        state=RequestState(row.state),
        version=row.version,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        channel=Channel(row.channel),
        due_on=row.due_on,
        decided_at=row.decided_at,
        reason=row.reason,
        subject=row.subject,
        child_ids=tuple(row.child_ids),
    )


async def _lines_of(
    connection: AsyncConnection, request_ids: Sequence[UUID]
) -> dict[UUID, list[RequestLine]]:
    rows = await connection.execute(
        select(
            request_lines,
            children.c.given_name,
            children.c.family_name,
            children.c.born_on,
            slots.c.label.label("slot_label"),
            slots.c.rate_code,
            slots.c.activity_id,
            activities.c.label.label("activity_label"),
            centres.c.name.label("centre_name"),
            bookings.c.offer_expires_at,
        )
        .join(children, children.c.child_id == request_lines.c.child_id)
        .join(slots, slots.c.slot_id == request_lines.c.slot_id)
        .join(activities, activities.c.activity_id == slots.c.activity_id)
        .join(centres, centres.c.centre_id == activities.c.centre_id)
        .outerjoin(
            bookings,
            (bookings.c.booking_id == request_lines.c.booking_id)
            & (bookings.c.state == BookingState.OFFERED),
        )
        .where(request_lines.c.request_id.in_(request_ids))
        .order_by(request_lines.c.request_id, request_lines.c.position)
    )
    lines = defaultdict(list)
    for row in rows:
        lines[row.request_id].append(_line(row))
    return lines


def _line(row: Any) -> RequestLine:
    return RequestLine(
        child_id=row.child_id,
        child_given_name=row.given_name,
        child_family_name=row.family_name,
        child_born_on=row.born_on,
        activity_id=row.activity_id,
        slot_id=row.slot_id,
        slot_label=row.slot_label,
        activity_label=row.activity_label,
        centre_name=row.centre_name,
        rate_code=row.rate_code,
        day=row.day,
        outcome=LineOutcome(row.outcome),
        why=row.why,
        reason=row.reason,
        booking_id=row.booking_id,
        in_notice=row.in_notice,
        offered_until=row.offer_expires_at,
    )
