"""What the broker holds for one partner: a user that may read one queue, and what feeds it.

A partner's queue never pushes back: when it is full or its events too old, the oldest go, and the
log of public events still has them. With centres named, an exchange of the partner's own lets only
their events pass.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from . import topology

CENTRE = "centre"
"""Header of an event that happened in a centre: bindings can see it, bodies they cannot."""

LONGEST_QUEUE = 200_000
LARGEST_QUEUE = 200 * 1024 * 1024
OLDEST = timedelta(days=14)
CONNECTIONS = 5
CHANNELS = 20


@dataclass(frozen=True)
class Partner:
    """Another system: which events it is given, and of which centres (none named: of all)."""

    name: str
    patterns: tuple[str, ...]
    """Binding keys, such as `enrolment.booking.#`."""

    centres: tuple[UUID, ...] = ()

    @property
    def user(self) -> str:
        return f"partner.{self.name}"

    @property
    def queue(self) -> str:
        return f"{self.user}.events"

    @property
    def sieve(self) -> str:
        """The exchange that lets the events of its centres pass."""
        return f"{self.user}.centres"

    @property
    def again(self) -> str:
        """The exchange by which events of the log reach its queue once more, as they were."""
        return f"{self.user}.again"

    def is_given(self, type_: str, centre: str | None) -> bool:
        """Whether its bindings let such an event through."""
        wanted = any(_expression(pattern).fullmatch(type_) for pattern in self.patterns)
        return wanted and (not self.centres or centre in set(map(str, self.centres)))


@lru_cache(maxsize=1_000)
def _expression(pattern: str) -> re.Pattern[str]:
    """A binding key as the broker reads it; `#` stands at the end only."""
    if pattern == "#":
        return re.compile(".*")
    head, ends_open, _ = pattern.partition(".#")
    words = re.escape(head).replace(r"\*", r"[^.]+")
    return re.compile(rf"{words}(\..+)?" if ends_open else words)


def centre_header(body: bytes) -> dict[str, Any]:
    """The header by which partners' bindings know an event's centre; most events have none."""
    if b'"centre_id":"' not in body:
        return {}
    centre = json.loads(body)["data"].get("centre_id")
    return {CENTRE: centre} if centre else {}


def definitions(vhost: str, partner: Partner, password_hash: str) -> dict[str, Any]:
    """The partner's part of the broker as a RabbitMQ definitions document."""
    return {
        **login(partner, password_hash),
        "permissions": [
            {
                "vhost": vhost,
                "user": partner.user,
                "configure": "^$",
                "write": "^$",
                "read": f"^{re.escape(partner.queue)}$",
            }
        ],
        "queues": [{**_queue(partner.queue), "vhost": vhost}],
        "exchanges": [{**exchange, "vhost": vhost} for exchange in _exchanges(partner)],
        "bindings": [{**binding, "vhost": vhost} for binding in _bindings(partner)],
    }


def login(partner: Partner, password_hash: str) -> dict[str, Any]:
    """Its user alone: what a new password replaces."""
    user = {**topology.user(partner.user, password_hash), "tags": ["partner"]}
    return {
        "users": [{**user, "limits": {"max-connections": CONNECTIONS, "max-channels": CHANNELS}}]
    }


def _queue(name: str) -> dict[str, Any]:
    return topology.queue(
        name,
        **{
            "x-single-active-consumer": True,
            "x-max-length": LONGEST_QUEUE,
            "x-max-length-bytes": LARGEST_QUEUE,
            "x-message-ttl": int(OLDEST.total_seconds() * 1000),
            # Whatever a partner does not read must not come back on those who publish.
            "x-overflow": "drop-head",
            # A subscriber that crashes on an event is not made to lose it.
            "x-delivery-limit": 1_000_000,
        },
    )


def _exchanges(partner: Partner) -> Iterator[dict[str, Any]]:
    yield topology.exchange(partner.again, "fanout")
    if partner.centres:
        yield {**topology.exchange(partner.sieve, "headers"), "internal": True}


def _bindings(partner: Partner) -> Iterator[dict[str, Any]]:
    yield topology.binding(partner.again, partner.queue, "")
    target = (partner.sieve, "exchange") if partner.centres else (partner.queue, "queue")
    for pattern in partner.patterns:
        yield topology.binding(topology.PUBLIC, target[0], pattern, kind=target[1])
    yield from (_admitting(partner, centre) for centre in partner.centres)


def _admitting(partner: Partner, centre: UUID) -> dict[str, Any]:
    arguments = {"x-match": "all", CENTRE: str(centre)}
    return {**topology.binding(partner.sieve, partner.queue, ""), "arguments": arguments}
