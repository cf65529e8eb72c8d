"""Addresses that events are sent to: who waits for what, who is being served, how they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.broker.partners import Partner
from messaging.domain.webhooks import Health, Pause, State

from .tables import partners, webhook_sendings, webhooks

W, S = webhooks.c, webhook_sendings.c


@dataclass(frozen=True)
class Webhook:
    """A standing partner's address."""

    partner_id: UUID
    partner: Partner
    url: str
    is_ordered: bool
    health: Health
    secret: bytes
    former_secret: bytes | None
    former_until: datetime | None
    paused_at: datetime | None

    def secrets(self, now: datetime) -> list[bytes]:
        """Those to sign with."""
        holds = self.former_until is not None and self.former_until > now
        return [self.secret, *([self.former_secret] if self.former_secret and holds else [])]


_WEBHOOK = (
    partners.c.name,
    partners.c.patterns,
    partners.c.centres,
    *webhooks.c,
)
_STANDING = partners.c.revoked_at.is_(None)


def _webhook(row: Any) -> Webhook:
    pause = Pause(row.pause) if row.pause else None
    return Webhook(
        row.partner_id,
        Partner(row.name, tuple(row.patterns), tuple(row.centres)),
        row.url,
        row.is_ordered,
        Health(row.failures, row.failing_since, row.next_try_at, pause),
        row.secret,
        row.former_secret,
        row.former_until,
        row.paused_at,
    )


async def standing(connection: AsyncConnection) -> Sequence[Webhook]:
    """By the partner's name, paused ones included: what happens meanwhile waits for them."""
    query = select(*_WEBHOOK).join_from(webhooks, partners).where(_STANDING)
    rows = await connection.execute(query.order_by(partners.c.name))
    return [_webhook(row) for row in rows]


async def named(connection: AsyncConnection, name: str) -> Webhook | None:
    """None when no such partner stands, or it has no address."""
    query = select(*_WEBHOOK).join_from(webhooks, partners).where(_STANDING)
    row = (await connection.execute(query.where(partners.c.name == name))).first()
    return _webhook(row) if row else None


async def add(
    connection: AsyncConnection, name: str, url: str, ordered: bool, secret: bytes
) -> None:
    """For a standing partner that has none."""
    partner_id = select(partners.c.partner_id).where(_STANDING, partners.c.name == name)
    row = {"partner_id": partner_id.scalar_subquery(), "url": url}
    await connection.execute(
        insert(webhooks).values({**row, "is_ordered": ordered, "secret": secret})
    )


async def move(connection: AsyncConnection, partner_id: UUID, url: str, ordered: bool) -> None:
    """To another address, with the same secret; what waits goes there."""
    await connection.execute(_of(partner_id).values(url=url, is_ordered=ordered))


async def change_secret(
    connection: AsyncConnection, partner_id: UUID, secret: bytes, former_until: datetime
) -> None:
    """The one before signs as well until then."""
    values = {"former_secret": W.secret, "former_until": former_until, "secret": secret}
    await connection.execute(_of(partner_id).values(values))


async def pause(connection: AsyncConnection, partner_id: UUID, why: Pause, now: datetime) -> None:
    paused = _of(partner_id).where(W.pause.is_(None))
    await connection.execute(paused.values(pause=why, paused_at=now))


async def resume(connection: AsyncConnection, partner_id: UUID, now: datetime) -> None:
    """As if it had never failed; what waits goes at once."""
    fresh = {"failures": 0, "failing_since": None, "next_try_at": None}
    await connection.execute(_of(partner_id).values(pause=None, paused_at=None, **fresh))
    waiting = (S.partner_id == partner_id) & (S.state == State.WAITING)
    await connection.execute(
        update(webhook_sendings).where(waiting).values(due_at=now, first_tried_at=None)
    )


async def note_health(
    connection: AsyncConnection, partner_id: UUID, health: Health, now: datetime
) -> None:
    values = {
        "failures": health.failures,
        "failing_since": health.failing_since,
        "next_try_at": health.next_try_at,
    }
    await connection.execute(_of(partner_id).values(values))
    if health.pause is not None:
        await pause(connection, partner_id, health.pause, now)


async def health_of(
    connection: AsyncConnection, partner_id: UUID, *, locked: bool = False
) -> Health:
    """Locked until the commit, tries of one address are noted one after another."""
    columns = (W.failures, W.failing_since, W.next_try_at, W.pause)
    query = select(*columns).where(W.partner_id == partner_id)
    row = (await connection.execute(query.with_for_update() if locked else query)).one()
    return Health(
        row.failures, row.failing_since, row.next_try_at, Pause(row.pause) if row.pause else None
    )


async def claim(
    connection: AsyncConnection, busy: Sequence[UUID], now: datetime, lease: timedelta
) -> Sequence[Webhook]:
    """Addresses that something is due for and nobody serves; ours for the lease, or until freed."""
    due = exists().where(S.partner_id == W.partner_id, S.state == State.WAITING, S.due_at <= now)
    free = (
        select(W.partner_id)
        .join_from(webhooks, partners)
        .where(_STANDING, W.pause.is_(None), W.partner_id.notin_(busy), due)
        .where(_is_past(W.leased_until, now), _is_past(W.next_try_at, now))
        .with_for_update(of=webhooks, skip_locked=True)
    )
    claimed = (
        update(webhooks)
        .where(W.partner_id.in_(free))
        .values(leased_until=now + lease)
        .returning(W.partner_id)
    )
    mine = [row.partner_id for row in await connection.execute(claimed)]
    query = select(*_WEBHOOK).join_from(webhooks, partners).where(W.partner_id.in_(mine))
    return [_webhook(row) for row in await connection.execute(query)]


async def free(connection: AsyncConnection, partner_id: UUID, until: datetime) -> None:
    """Whose lease it was: one that has passed to somebody else stays."""
    await connection.execute(
        _of(partner_id).where(W.leased_until == until).values(leased_until=None)
    )


def _is_past(column: Any, now: datetime) -> ColumnElement[bool]:
    return or_(column.is_(None), column <= now)


def _of(partner_id: UUID) -> Any:
    return update(webhooks).where(W.partner_id == partner_id)


_LAG = text(
    "SELECT p.name, w.pause, w.failures,"
    " (SELECT count(*) FROM webhook_sendings s"
    "   WHERE s.partner_id = w.partner_id AND s.state = 'waiting') AS waiting,"
    " (SELECT k.kept_at FROM webhook_sendings s JOIN kept_events k USING (number)"
    "   WHERE s.partner_id = w.partner_id AND s.state = 'waiting'"
    "   ORDER BY s.number LIMIT 1) AS oldest"
    " FROM webhooks w JOIN partners p USING (partner_id) WHERE p.revoked_at IS NULL ORDER BY p.name"
)


@dataclass(frozen=True)
class Lag:
    """How far an address is behind."""

    name: str
    pause: str | None
    failures: int
    waiting: int
    oldest: datetime | None


async def lags(connection: AsyncConnection) -> Sequence[Lag]:
    return [Lag(*row) for row in await connection.execute(_LAG)]


async def given_up(connection: AsyncConnection, partner_id: UUID) -> int:
    """Sendings that were given up and are still kept."""
    query = select(func.count()).where(S.partner_id == partner_id, S.state == State.GIVEN_UP)
    return int((await connection.execute(query)).scalar_one())
