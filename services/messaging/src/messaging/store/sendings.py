"""Each event that is sent to an address: what is due, what came of it, what is sent again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from sqlalchemy import DateTime, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.identifiers import new_id
from messaging.domain.webhooks import Fate, State

from .tables import kept_events, partners, webhook_sendings, webhooks

S, K, W = webhook_sendings.c, kept_events.c, webhooks.c


@dataclass(frozen=True)
class Due:
    """A sending to be tried."""

    sending_id: UUID
    event_id: UUID
    body: bytes
    attempts: int
    first_tried_at: datetime | None


@dataclass(frozen=True)
class Sending:
    """A line of the log of sendings."""

    sending_id: UUID
    event_id: UUID
    type: str
    state: State
    attempts: int
    due_at: datetime
    last_tried_at: datetime | None
    last_outcome: str | None
    sent_at: datetime | None


async def queue(
    connection: AsyncConnection, partner_id: UUID, numbers: Iterable[int], now: datetime
) -> None:
    """To be sent, or sent again as if never tried; its id stays that of the event."""
    rows = [
        {
            "sending_id": new_id(),
            "partner_id": partner_id,
            "number": number,
            "state": State.WAITING,
            "due_at": now,
        }
        for number in numbers
    ]
    if not rows:
        return
    afresh = {"state": State.WAITING, "due_at": now, "attempts": 0, "first_tried_at": None}
    await connection.execute(
        insert(webhook_sendings).on_conflict_do_update(
            index_elements=["partner_id", "number"], set_=afresh
        ),
        rows,
    )


async def due(
    connection: AsyncConnection, partner_id: UUID, is_ordered: bool, now: datetime, most: int
) -> Sequence[Due]:
    """In the order of the log; in order, none behind one that is not due.

    Nothing for an address that is paused, or whose partner was revoked.
    """
    query = (
        select(S.sending_id, K.event_id, K.body, S.attempts, S.first_tried_at, S.due_at)
        .join_from(webhook_sendings, kept_events)
        .join(webhooks, W.partner_id == S.partner_id)
        .join(partners, partners.c.partner_id == S.partner_id)
        .where(partners.c.revoked_at.is_(None))
        .where(S.partner_id == partner_id, S.state == State.WAITING, W.pause.is_(None))
        .order_by(S.number)
        .limit(most)
    )
    if not is_ordered:
        query = query.where(S.due_at <= now)
    rows = await connection.execute(query)
    return [Due(*row[:5]) for row in takewhile(lambda row: row.due_at <= now, rows)]


async def note(
    connection: AsyncConnection, outcomes: Sequence[tuple[Due, Fate, str]], at: datetime
) -> None:
    """What came of tries; one that was queued again meanwhile stays queued."""
    values = {
        "state": bindparam("_state"),
        "due_at": bindparam("_due_at"),
        "attempts": S.attempts + 1,
        "first_tried_at": func.coalesce(S.first_tried_at, at),
        "last_tried_at": at,
        "last_outcome": bindparam("_outcome"),
        "sent_at": func.coalesce(bindparam("_sent_at", type_=DateTime(True)), S.sent_at),
    }
    same = (S.sending_id == bindparam("_id")) & (S.attempts == bindparam("_attempts"))
    await connection.execute(
        update(webhook_sendings).where(same).values(values),
        [
            {
                "_id": tried.sending_id,
                "_attempts": tried.attempts,
                "_state": fate.state,
                "_due_at": fate.due_at,
                "_outcome": outcome,
                "_sent_at": at if fate.state is State.SENT else None,
            }
            for tried, fate, outcome in outcomes
        ],
    )


async def page_of(
    connection: AsyncConnection, partner_id: UUID, states: Sequence[State], page: int, size: int
) -> tuple[Sequence[Sending], int]:
    """The newest events first, and how many there are in all."""
    wanted = (S.partner_id == partner_id) & S.state.in_(states)
    total = (await connection.execute(select(func.count()).where(wanted))).scalar_one()
    query = (
        select(
            S.sending_id,
            K.event_id,
            K.type,
            S.state,
            S.attempts,
            S.due_at,
            S.last_tried_at,
            S.last_outcome,
            S.sent_at,
        )
        .join_from(webhook_sendings, kept_events)
        .where(wanted)
        .order_by(S.number.desc())
        .limit(size)
        .offset((page - 1) * size)
    )
    rows = await connection.execute(query)
    return [Sending(row[0], row[1], row[2], State(row[3]), *row[4:]) for row in rows], total


async def numbers_of(
    connection: AsyncConnection, partner_id: UUID, sending_id: UUID | None
) -> Sequence[int]:
    """Of one sending, or of all that were given up."""
    which = S.sending_id == sending_id if sending_id else S.state == State.GIVEN_UP
    query = select(S.number).where(S.partner_id == partner_id, which)
    return [row.number for row in await connection.execute(query)]
