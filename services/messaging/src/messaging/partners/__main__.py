"""`python -m messaging.partners list | add | rotate | …`: the record's door for operators.

What is asked comes as JSON on standard input and is answered as one line of JSON on standard
output. Nothing of the service but its settings and its database is started for it.
"""

import asyncio
import base64
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from chassis.broker.partners import Partner
from chassis.clock import clock_from
from chassis.database import Database, Transaction
from chassis.identifiers import new_id
from chassis.settings import SharedSettings
from messaging.domain.webhooks import State
from messaging.settings import Settings
from messaging.store import partner_keys, partners, sendings, webhooks
from messaging.use_cases.serve_webhook import (
    UnknownWebhook,
    change_secret,
    pause_webhook,
    resume_webhook,
    send_again,
    send_since,
    set_address,
    webhook_of,
)
from messaging.webhooks.addresses import UnusableUrl, usable_url
from portail_contracts.catalogue import Context

Asked = dict[str, Any]

EVERYTHING = datetime(2000, 1, 1, tzinfo=UTC)
"""Before anything that is kept."""


async def answer(verb: str, asked: Asked) -> Any:
    """What the record says; False when it refuses."""
    clock = clock_from(SharedSettings().clock_shift)
    database = Database(Settings().database_url, Context.MESSAGING, clock, pool_size=1)
    try:
        async with database.transaction() as transaction:
            return await VERBS[verb](transaction, asked, clock.now())
    finally:
        await database.close()


async def _list(transaction: Transaction, _asked: Asked, _now: datetime) -> list[Asked]:
    return [_described(record) for record in await partners.standing(transaction.connection)]


def _described(record: partners.PartnerRecord) -> Asked:
    return {
        "name": record.partner.name,
        "patterns": record.partner.patterns,
        "centres": [str(centre) for centre in record.partner.centres],
        "password_hash": record.password_hash,
        "keys": record.keys,
        "webhook": record.url,
        "added_at": record.added_at.isoformat(),
        "rotated_at": record.rotated_at and record.rotated_at.isoformat(),
    }


async def _add(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    """`password_hash` for the broker, `key_digest` for who comes for its events; either or both."""
    partner = Partner(asked["name"], tuple(asked["patterns"]), tuple(map(UUID, asked["centres"])))
    password_hash, digest = asked.get("password_hash"), asked.get("key_digest")
    added = await partners.add(transaction.connection, new_id(), partner, password_hash, now)
    if added and (webhook := asked.get("webhook")):
        await _add_webhook(transaction, partner.name, webhook, now)
    if added and digest:
        await partner_keys.give(
            transaction.connection, partner.name, bytes.fromhex(digest), now, now
        )
    return added


async def _add_webhook(transaction: Transaction, name: str, asked: Asked, now: datetime) -> None:
    url = usable_url(asked["url"], loopback=Settings().webhooks_to_loopback)
    secret, connection = base64.b64decode(asked["secret"]), transaction.connection
    asked["first"] = await set_address(connection, name, url, asked["is_ordered"], secret)
    if asked["since"]:
        await send_since(connection, name, _instant(asked["since"]), lambda _: True, now)


async def _key(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    """A new one; the former end after `overlap_seconds`."""
    former_until = now + timedelta(seconds=asked["overlap_seconds"])
    digest = bytes.fromhex(asked["key_digest"])
    return await partner_keys.give(transaction.connection, asked["name"], digest, now, former_until)


async def _rotate(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    return await partners.rotate(transaction.connection, asked["name"], asked["password_hash"], now)


async def _revoke(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    return await partners.revoke(transaction.connection, asked["name"], now)


async def _address(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    """Whether its secret is the one given: the first is, at another address it stays."""
    known = {record.partner.name for record in await partners.standing(transaction.connection)}
    if asked["name"] not in known:
        raise UnknownWebhook
    await _add_webhook(transaction, asked["name"], asked["webhook"], now)
    return bool(asked["webhook"]["first"])


async def _secret(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    """A new one to sign with; the former signs as well for `overlap_seconds`."""
    overlap = timedelta(seconds=asked["overlap_seconds"])
    secret = base64.b64decode(asked["secret"])
    await change_secret(transaction.connection, asked["name"], secret, overlap, now)
    return True


async def _pause(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    await pause_webhook(transaction.connection, asked["name"], now)
    return True


async def _resume(transaction: Transaction, asked: Asked, now: datetime) -> bool:
    await resume_webhook(transaction.connection, asked["name"], now)
    return True


async def _again(transaction: Transaction, asked: Asked, now: datetime) -> int:
    """What was given up, or all of its events since an instant."""
    connection, name = transaction.connection, asked["name"]
    if not asked["since"]:
        return await send_again(connection, name, None, now)
    only = Partner("", tuple(asked["patterns"]))
    return await send_since(
        connection, name, _instant(asked["since"]), lambda type_: only.is_given(type_, None), now
    )


async def _deliveries(transaction: Transaction, asked: Asked, _now: datetime) -> Asked:
    """How the address is, and its last sendings."""
    connection = transaction.connection
    webhook = await webhook_of(connection, asked["name"])
    states = [State.GIVEN_UP] if asked["failed"] else list(State)
    found, total = await sendings.page_of(connection, webhook.partner_id, states, 1, asked["most"])
    return {"total": total, **_health(webhook), "items": [_sending(one) for one in found]}


def _health(webhook: webhooks.Webhook) -> Asked:
    health = webhook.health
    return {
        "url": webhook.url,
        "is_ordered": webhook.is_ordered,
        "pause": health.pause,
        "failures": health.failures,
        "next_try_at": health.next_try_at and health.next_try_at.isoformat(),
    }


def _sending(one: sendings.Sending) -> Asked:
    return {
        "event_id": str(one.event_id),
        "type": one.type,
        "state": one.state,
        "attempts": one.attempts,
        "last_outcome": one.last_outcome,
        "last_tried_at": one.last_tried_at and one.last_tried_at.isoformat(),
    }


def _instant(written: str) -> datetime:
    """« first » is everything that is kept."""
    return EVERYTHING if written == "first" else datetime.fromisoformat(written)


VERBS: Mapping[str, Callable[[Transaction, Asked, datetime], Awaitable[Any]]] = {
    "list": _list,
    "add": _add,
    "rotate": _rotate,
    "key": _key,
    "address": _address,
    "secret": _secret,
    "pause": _pause,
    "resume": _resume,
    "again": _again,
    "deliveries": _deliveries,
    "revoke": _revoke,
}


def main() -> None:
    """The whole of the command."""
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    if verb not in VERBS:
        sys.exit(f"usage: python -m messaging.partners {' | '.join(VERBS)}")
    text = sys.stdin.read()
    try:
        told = asyncio.run(answer(verb, json.loads(text) if text.strip() else {}))
    except (UnknownWebhook, UnusableUrl) as refused:
        told = {"refused": str(refused)}
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
