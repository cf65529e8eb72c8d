"""Exchanges, queues, bindings and rights of the house, as data made from the catalogue.

Everything is declared by the operator from `definitions()`; a service has no right to configure.
Every queue argument is named so that RabbitMQ 3.10 and 4.x behave alike.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from portail_contracts.catalogue import CATALOGUE, Context, consumed_by
from portail_contracts.event import Reach

INTERNAL = "portail.internal"
PUBLIC = "portail.events"
PUBLIC_LOG = "portail.events.log"
KEPT_LOG = "portail.kept.log"

RETRY_DELAYS = (1, 5, 30, 120, 600, 3600)
"""Seconds before each new try of an event whose handler failed; after the last it is dead."""

LOG_DAYS = 90
"""How long public events can be replayed."""

KEPT_DAYS = 35
"""How long all that services told each other can be published again: longer than backups are kept,
so that one service can be put back to any of them (decision 49)."""

DELIVERY_LIMIT = 20
"""Deliveries without an answer (a crash loop) after which the broker gives the message up."""

KEY = "x-portail-key"
"""Header of every event: facts with one key stay in one partition of a service's queue."""

MOST_PARTITIONS = 64

OPERATOR = "operator"


def exchange_for(reach: Reach) -> str:
    return PUBLIC if reach is Reach.PUBLIC else INTERNAL


def events_queue(context: str) -> str:
    return f"{context}.events"


def events_queues(context: str, partitions: int) -> list[str]:
    """The queues of a service: one, or as many as its queue is parted into."""
    if partitions == 1:
        return [events_queue(context)]
    return [f"{events_queue(context)}.{number}" for number in range(1, partitions + 1)]


def parting_exchange(context: str) -> str:
    """Where a parted service's events are shared out among its queues, by their key."""
    return f"{context}.partitions"


def again_exchange(context: str) -> str:
    """Where what comes back goes in: to the service's queue, or to be shared out once more."""
    return f"{context}.again"


def dead_queue(context: str) -> str:
    return f"{context}.dead"


def retry_exchange(context: str) -> str:
    return f"{context}.retry"


def retry_queue(context: str, stage: int) -> str:
    return f"{context}.retry.{stage}"


def definitions(
    vhost: str,
    passwords: Mapping[str, str],
    retry_delays: tuple[float, ...] = RETRY_DELAYS,
    delivery_limit: int = DELIVERY_LIMIT,
    partitions: Mapping[Context, int] | None = None,
) -> dict[str, Any]:
    """The whole broker as a RabbitMQ definitions document.

    `passwords` names one broker user per context, and may name the operator's. `partitions` names
    the services whose queue is parted, and into how many.
    """
    parts = {context: (partitions or {}).get(context, 1) for context in Context}
    queues = (
        *_logs(),
        *(each for c in Context for each in _queues(c, parts[c], retry_delays, delivery_limit)),
    )
    bindings = (
        *_common_bindings(),
        *(each for c in Context for each in _bindings(c, parts[c], retry_delays)),
    )
    return {
        "vhosts": [{"name": vhost}],
        "users": [user(name, hashed(password)) for name, password in passwords.items()],
        "permissions": [_permission(vhost, name) for name in passwords],
        "topic_permissions": [
            {"vhost": vhost, "user": name, "exchange": written, "write": _own(name), "read": ".*"}
            for name in passwords
            for written in (INTERNAL, PUBLIC)
            if name in set(Context)
        ],
        "exchanges": [{**item, "vhost": vhost} for item in _exchanges(parts)],
        "queues": [{**item, "vhost": vhost} for item in queues],
        "bindings": [{**item, "vhost": vhost} for item in bindings],
    }


def _own(name: str) -> str:
    return rf"^{re.escape(name)}\..*"


def hashed(password: str) -> str:
    """As RabbitMQ keeps it: base64 of a salt (4 bytes) and the salted SHA-256."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def user(name: str, password_hash: str) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": password_hash,
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def _permission(vhost: str, name: str) -> dict[str, Any]:
    """A service writes to the two exchanges and its own side rooms, and reads its own queues.

    Messaging, which knows the partners, reads the log of public events besides.
    """
    if name == OPERATOR:
        return {"vhost": vhost, "user": name, "configure": ".*", "write": ".*", "read": ".*"}
    own = re.escape(name)
    log = f"|{re.escape(PUBLIC_LOG)}" if name == Context.MESSAGING else ""
    return {
        "vhost": vhost,
        "user": name,
        "configure": "^$",
        "write": rf"^({re.escape(INTERNAL)}|{re.escape(PUBLIC)}|{own}\.retry|{own}\.dead)$",
        "read": rf"^({own}\.events(\.[0-9]+)?{log})$",
    }


def exchange(name: str, kind: str, **arguments: object) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "durable": True,
        "auto_delete": False,
        "internal": False,
        "arguments": arguments,
    }


def _exchanges(parts: Mapping[Context, int]) -> Iterator[dict[str, Any]]:
    yield exchange(INTERNAL, "topic")
    yield exchange(PUBLIC, "topic")
    for context, count in parts.items():
        yield exchange(retry_exchange(context), "direct")
        yield exchange(dead_queue(context), "direct")
        yield exchange(again_exchange(context), "fanout")
        if count > 1:
            yield exchange(parting_exchange(context), "x-consistent-hash", **{"hash-header": KEY})


def queue(name: str, **arguments: object) -> dict[str, Any]:
    return {
        "name": name,
        "durable": True,
        "auto_delete": False,
        "arguments": {"x-queue-type": "quorum", **arguments},
    }


def _logs() -> Iterator[dict[str, Any]]:
    """Public events always have a place to go, and a history that partners can be given."""
    for name, days in ((PUBLIC_LOG, LOG_DAYS), (KEPT_LOG, KEPT_DAYS)):
        limits = {"x-max-age": f"{days}D", "x-max-length-bytes": 2 * 10**10}
        yield queue(name, **{"x-queue-type": "stream", **limits})


def _queues(
    context: Context, parts: int, retry_delays: tuple[float, ...], delivery_limit: int
) -> Iterator[dict[str, Any]]:
    for name in events_queues(context, parts):
        yield queue(
            name,
            **{
                "x-single-active-consumer": True,
                "x-delivery-limit": delivery_limit,
                "x-overflow": "reject-publish",
                "x-dead-letter-exchange": dead_queue(context),
                "x-dead-letter-routing-key": context,
                "x-dead-letter-strategy": "at-least-once",
            },
        )
    yield queue(
        dead_queue(context), **{"x-delivery-limit": 1_000_000, "x-overflow": "reject-publish"}
    )
    for stage, delay in enumerate(retry_delays):
        yield queue(
            retry_queue(context, stage),
            **{
                "x-message-ttl": int(delay * 1000),
                "x-delivery-limit": 1_000_000,
                "x-overflow": "reject-publish",
                # Back to this service only: nobody else failed.
                "x-dead-letter-exchange": again_exchange(context),
                "x-dead-letter-routing-key": events_queue(context),
                "x-dead-letter-strategy": "at-least-once",
            },
        )


def binding(source: str, destination: str, key: str, kind: str = "queue") -> dict[str, Any]:
    return {
        "source": source,
        "destination": destination,
        "destination_type": kind,
        "routing_key": key,
        "arguments": {},
    }


def _common_bindings() -> Iterator[dict[str, Any]]:
    yield binding(PUBLIC, INTERNAL, "#", kind="exchange")
    yield binding(PUBLIC, PUBLIC_LOG, "#")
    # By type, and only what somebody hears: a type that this topology does not know yet must stay
    # in its outbox, not be taken for delivered because the log took it.
    for entry in CATALOGUE:
        if entry.consumers:
            yield binding(INTERNAL, KEPT_LOG, entry.type)


def way_in(context: Context, parts: int) -> tuple[str, str]:
    """Where a service's events go in, and whether that is a queue or an exchange."""
    if parts == 1:
        return events_queue(context), "queue"
    return parting_exchange(context), "exchange"


def _bindings(
    context: Context, parts: int, retry_delays: tuple[float, ...]
) -> Iterator[dict[str, Any]]:
    target, kind = way_in(context, parts)
    for entry in consumed_by(context):
        yield binding(INTERNAL, target, entry.type, kind)
    if parts > 1:
        # The key of such a binding is the queue's weight.
        for name in events_queues(context, parts):
            yield binding(parting_exchange(context), name, "1")
    yield binding(again_exchange(context), target, "", kind)
    yield binding(dead_queue(context), dead_queue(context), context)
    for stage, _ in enumerate(retry_delays):
        name = retry_queue(context, stage)
        yield binding(retry_exchange(context), name, name)
