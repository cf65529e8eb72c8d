"""Partners' addresses, for those who answer for them: how they are, each sending, and what to do.

Never a secret, never what an address answered beyond its status, never an event's content.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict

from chassis.auth import Audience, allow
from chassis.runtime import RuntimeOf
from messaging.domain.webhooks import Pause, State
from messaging.own import own_of
from messaging.store import sendings, webhooks
from messaging.store.messages import PAGE
from messaging.store.webhooks import Webhook
from messaging.use_cases.serve_webhook import (
    pause_webhook,
    resume_webhook,
    send_again,
    webhook_of,
)

from .schemas import Paged, PageNumber, paged

router = APIRouter(prefix="/v1/staff/partners/{name}/webhook")

READERS = allow(Audience.ADMIN, Audience.AUDITOR)
DECIDERS = allow(Audience.ADMIN)
PartnerName = Annotated[str, Path(max_length=40)]
Which = Literal["all", "waiting", "sent", "given-up"]


class WebhookView(BaseModel):
    """One address and how it is."""

    url: str
    is_ordered: bool
    pause: Pause | None
    paused_at: datetime | None
    failures: int
    failing_since: datetime | None
    next_try_at: datetime | None
    waiting: int
    given_up: int
    oldest_waiting: datetime | None

    @classmethod
    def of(cls, webhook: Webhook, lag: webhooks.Lag, given_up: int) -> Self:
        health = webhook.health
        return cls(
            url=webhook.url,
            is_ordered=webhook.is_ordered,
            pause=health.pause,
            paused_at=webhook.paused_at,
            failures=health.failures,
            failing_since=health.failing_since,
            next_try_at=health.next_try_at,
            waiting=lag.waiting,
            given_up=given_up,
            oldest_waiting=lag.oldest,
        )


class SendingView(BaseModel):
    """One event on its way, or taken, or given up; `last_outcome` is a status or a reason."""

    model_config = ConfigDict(from_attributes=True)

    sending_id: UUID
    event_id: UUID
    type: str
    state: State
    attempts: int
    due_at: datetime
    last_tried_at: datetime | None
    last_outcome: str | None
    sent_at: datetime | None


class Sendings(Paged):
    """The newest events first."""

    webhook: WebhookView
    items: Sequence[SendingView]


class Queued(BaseModel):
    """How many are sent again."""

    queued: int


@router.get("/sendings", dependencies=[READERS])
async def log_of_sendings(
    name: PartnerName, runtime: RuntimeOf, state: Which = "all", page: PageNumber = 1
) -> Sendings:
    states = list(State) if state == "all" else [State(state)]
    async with runtime.database.reading() as connection:
        webhook = await webhook_of(connection, name)
        partner_id = webhook.partner_id
        found, total = await sendings.page_of(connection, partner_id, states, page, PAGE)
        lag = next(one for one in await webhooks.lags(connection) if one.name == name)
        given_up = await webhooks.given_up(connection, partner_id)
    return Sendings(
        webhook=WebhookView.of(webhook, lag, given_up),
        items=[SendingView.model_validate(one) for one in found],
        **paged(page, total),
    )


@router.post("/pause", dependencies=[DECIDERS], status_code=204)
async def pause(name: PartnerName, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await pause_webhook(transaction.connection, name, runtime.clock.now())


@router.post("/resume", dependencies=[DECIDERS], status_code=204)
async def resume(name: PartnerName, runtime: RuntimeOf) -> None:
    async with runtime.database.transaction() as transaction:
        await resume_webhook(transaction.connection, name, runtime.clock.now())
    own_of(runtime).kept_events.tell()


@router.post("/sendings/given-up/replay", dependencies=[DECIDERS])
async def replay_given_up(name: PartnerName, runtime: RuntimeOf) -> Queued:
    return await _again(runtime, name, None)


@router.post("/sendings/{sending_id}/replay", dependencies=[DECIDERS])
async def replay(name: PartnerName, sending_id: UUID, runtime: RuntimeOf) -> Queued:
    return await _again(runtime, name, sending_id)


async def _again(runtime: RuntimeOf, name: str, sending_id: UUID | None) -> Queued:
    async with runtime.database.transaction() as transaction:
        now = runtime.clock.now()
        queued = await send_again(transaction.connection, name, sending_id, now)
    own_of(runtime).kept_events.tell()
    return Queued(queued=queued)
