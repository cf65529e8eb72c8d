"""A virtual host with the house's whole topology, for one test."""

import itertools
from dataclasses import dataclass
from urllib.parse import quote

from chassis.broker import topology

from .servers import Servers

PASSWORD = "only-for-tests"
USERS = ("accounts", "enrolment", "billing", "messaging", topology.OPERATOR)

DELIVERY_LIMIT = 3
"""Crashes before the broker buries a message; production's is in the topology."""

_numbers = itertools.count(1)


@dataclass(frozen=True)
class VirtualHost:
    """One test's broker."""

    name: str
    port: int

    def url(self, user: str = topology.OPERATOR) -> str:
        return f"amqp://{user}:{PASSWORD}@127.0.0.1:{self.port}/{quote(self.name, safe='')}"


def make_vhost(
    servers: Servers, retry_delays: tuple[float, ...], delivery_limit: int = DELIVERY_LIMIT
) -> VirtualHost:
    vhost = VirtualHost(f"test-{next(_numbers)}", servers.rabbitmq.port)
    passwords = dict.fromkeys(USERS, PASSWORD)
    servers.wait(
        servers.rabbitmq.import_definitions(
            topology.definitions(vhost.name, passwords, retry_delays, delivery_limit)
        )
    )
    return vhost
