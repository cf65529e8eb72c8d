"""Deliveries: one e-mail to one access, tried until it ends one way or the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.delivery import Next, State
from messaging.domain.letters import Category

from .mails import LEASE
from .tables import deliveries, families, mails

PAGE = 20


@dataclass(frozen=True)
class Delivery:
    """A delivery to try."""

    delivery_id: UUID
    family_id: UUID
    account_id: UUID
    category: Category
    attempts: int
    created_at: datetime
    stop_token: UUID
    facts: Mapping[str, str]


@dataclass(frozen=True)
class Logged:
    """A delivery as staff see it."""

    delivery_id: UUID
    family_id: UUID
    family_name: str | None
    category: str
    state: str
    attempts: int
    address_hint: str
    last_code: int | None
    created_at: datetime
    ended_at: datetime | None


async def claim_deliveries(
    connection: AsyncConnection, most: int, now: datetime
) -> Sequence[Delivery]:
    """Those whose time has come; they are nobody else's until the lease is over."""
    due = (
        select(deliveries.c.delivery_id)
        .where(deliveries.c.state == State.WAITING, deliveries.c.due_at <= now)
        .order_by(deliveries.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(deliveries)
        .where(
            deliveries.c.delivery_id.in_(due.scalar_subquery()),
            mails.c.mail_id == deliveries.c.mail_id,
        )
        .values(due_at=now + LEASE)
        .returning(
            deliveries.c.delivery_id,
            deliveries.c.family_id,
            deliveries.c.account_id,
            deliveries.c.category,
            deliveries.c.attempts,
            deliveries.c.created_at,
            deliveries.c.stop_token,
            mails.c.facts,
        )
    )
    rows = await connection.execute(claimed)
    return [Delivery(**{**row._mapping, "category": Category(row.category)}) for row in rows]


async def note_outcome(
    connection: AsyncConnection, delivery_id: UUID, next_: Next, code: int | None, now: datetime
) -> bool:
    """False when it had ended already, by another sender's hand."""
    ended = next_.state is not State.WAITING
    changed = (
        update(deliveries)
        .where(deliveries.c.delivery_id == delivery_id, deliveries.c.state == State.WAITING)
        .values(
            state=next_.state,
            attempts=next_.attempts,
            due_at=next_.due_at or now,
            last_code=code,
            ended_at=now if ended else None,
        )
        .returning(deliveries.c.delivery_id)
    )
    return (await connection.execute(changed)).scalar_one_or_none() is not None


async def family_of(connection: AsyncConnection, delivery_id: UUID) -> UUID | None:
    chosen = select(deliveries.c.family_id).where(deliveries.c.delivery_id == delivery_id)
    return (await connection.execute(chosen)).scalar_one_or_none()


async def note_bounce(
    connection: AsyncConnection, delivery_id: UUID, code: int, now: datetime
) -> str | None:
    """Its category when the server had taken it; None when it ended otherwise."""
    changed = (
        update(deliveries)
        .where(deliveries.c.delivery_id == delivery_id, deliveries.c.state == State.SENT)
        .values(state=State.REFUSED, last_code=code, ended_at=now)
        .returning(deliveries.c.category)
    )
    category: str | None = (await connection.execute(changed)).scalar_one_or_none()
    return category


def _logged() -> Select[Any]:
    return select(
        deliveries.c.delivery_id,
        deliveries.c.family_id,
        families.c.name.label("family_name"),
        deliveries.c.category,
        deliveries.c.state,
        deliveries.c.attempts,
        deliveries.c.address_hint,
        deliveries.c.last_code,
        deliveries.c.created_at,
        deliveries.c.ended_at,
    ).outerjoin_from(deliveries, families, families.c.family_id == deliveries.c.family_id)


async def log_of_family(
    connection: AsyncConnection, family_id: UUID, page: int
) -> tuple[Sequence[Logged], int]:
    """What was sent to a family, the latest first."""
    return await _page(connection, _logged().where(deliveries.c.family_id == family_id), page)


async def log_of_failures(connection: AsyncConnection, page: int) -> tuple[Sequence[Logged], int]:
    """What could not be delivered to anybody, the latest first."""
    failed = deliveries.c.state.in_([State.REFUSED, State.FAILED])
    return await _page(connection, _logged().where(failed), page)


async def _page(
    connection: AsyncConnection, chosen: Select[Any], page: int
) -> tuple[Sequence[Logged], int]:
    counting = select(func.count()).select_from(chosen.subquery())
    total = int((await connection.execute(counting)).scalar_one())
    rows = await connection.execute(
        chosen.order_by(deliveries.c.created_at.desc(), deliveries.c.delivery_id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return [Logged(*row) for row in rows], total


async def stopped_by(
    connection: AsyncConnection, stop_token: UUID
) -> tuple[UUID, UUID, Category] | None:
    """Account, family and category that a token may stop."""
    row = (
        await connection.execute(
            select(deliveries.c.account_id, deliveries.c.family_id, deliveries.c.category).where(
                deliveries.c.stop_token == stop_token
            )
        )
    ).one_or_none()
    return None if row is None else (row.account_id, row.family_id, Category(row.category))
