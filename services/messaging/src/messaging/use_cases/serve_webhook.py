"""What an operator or the console decides about a partner's address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.domain.webhooks import Pause
from messaging.store import kept_events, sendings, webhooks
from messaging.store.webhooks import Webhook

SCAN = 2_000


class UnknownWebhook(Exception):
    """No such partner stands, or nothing is sent to it."""

    def __init__(self) -> None:
        super().__init__("Ce partenaire n’existe pas, ou rien ne lui est envoyé par HTTP.")


class UnknownSending(Exception):
    """Not one of this partner's, or no longer kept."""

    def __init__(self) -> None:
        super().__init__("Cet envoi n’existe pas, ou n’est plus gardé.")


async def webhook_of(connection: AsyncConnection, name: str) -> Webhook:
    """Raises UnknownWebhook."""
    found = await webhooks.named(connection, name)
    if found is None:
        raise UnknownWebhook
    return found


async def set_address(
    connection: AsyncConnection, name: str, url: str, ordered: bool, secret: bytes
) -> bool:
    """Of a standing partner; one that had an address keeps its secret. Whether it is the first."""
    found = await webhooks.named(connection, name)
    if found is None:
        await webhooks.add(connection, name, url, ordered, secret)
        return True
    await webhooks.move(connection, found.partner_id, url, ordered)
    return False


async def pause_webhook(connection: AsyncConnection, name: str, now: datetime) -> None:
    """What is on its way arrives; what comes waits."""
    webhook = await webhook_of(connection, name)
    await webhooks.pause(connection, webhook.partner_id, Pause.ASKED, now)


async def resume_webhook(connection: AsyncConnection, name: str, now: datetime) -> None:
    webhook = await webhook_of(connection, name)
    await webhooks.resume(connection, webhook.partner_id, now)


async def change_secret(
    connection: AsyncConnection, name: str, secret: bytes, overlap: timedelta, now: datetime
) -> None:
    """The one before signs as well during the overlap."""
    webhook = await webhook_of(connection, name)
    await webhooks.change_secret(connection, webhook.partner_id, secret, now + overlap)


async def send_again(
    connection: AsyncConnection, name: str, sending_id: UUID | None, now: datetime
) -> int:
    """One sending, or all that were given up; how many. Raises UnknownSending."""
    webhook = await webhook_of(connection, name)
    numbers = await sendings.numbers_of(connection, webhook.partner_id, sending_id)
    if sending_id is not None and not numbers:
        raise UnknownSending
    await sendings.queue(connection, webhook.partner_id, numbers, now)
    return len(numbers)


async def send_since(
    connection: AsyncConnection,
    name: str,
    since: datetime,
    is_wanted: Callable[[str], bool],
    now: datetime,
) -> int:
    """All that it is given of what was kept since, taken before or not; how many.

    Nothing can be kept meanwhile: what comes after is queued when it is kept.
    """
    await kept_events.lock(connection)
    webhook = await webhook_of(connection, name)
    number, queued, more = await kept_events.last_before(connection, since), 0, True
    while more:
        found = await kept_events.scan(connection, number, SCAN)
        wanted = [
            one.number for one in found if is_wanted(one.type) and one.is_for(webhook.partner)
        ]
        await sendings.queue(connection, webhook.partner_id, wanted, now)
        queued += len(wanted)
        number, more = (found[-1].number, True) if len(found) == SCAN else (number, False)
    return queued
