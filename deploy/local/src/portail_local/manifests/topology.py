"""The broker's virtual host, users, rights, exchanges, queues and bindings as objects.

The same definitions that `portail provision` loads, for RabbitMQ's topology operator.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from chassis.broker.topology import OPERATOR, definitions
from portail.secret_settings import VHOST
from portail.secrets_file import CONTEXTS
from portail_contracts.catalogue import Context

CLUSTER = {"name": "broker"}


def objects(partitions: Mapping[Context, int] | None = None) -> list[dict[str, Any]]:
    """In the order in which they can be made."""
    known = definitions(VHOST, dict.fromkeys((*CONTEXTS, OPERATOR), ""), partitions=partitions)
    return [
        _object("Vhost", "vhost", name=VHOST, defaultQueueType="quorum"),
        *(_user(each["name"]) for each in known["users"]),
        *_rights(known),
        *(_exchange(each) for each in known["exchanges"]),
        *(_queue(each) for each in known["queues"]),
        *(_binding(each) for each in known["bindings"]),
    ]


def _object(kind: str, title: str, /, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "rabbitmq.com/v1beta1",
        "kind": kind,
        "metadata": {"name": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")},
        "spec": {**spec, "rabbitmqClusterReference": CLUSTER},
    }


def _user(name: str) -> dict[str, Any]:
    return _object("User", name, importCredentialsSecret={"name": f"broker-{name}"})


def _rights(known: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in known["permissions"]:
        allowed = {verb: each[verb] for verb in ("configure", "write", "read")}
        yield _object(
            "Permission",
            each["user"],
            vhost=VHOST,
            userReference={"name": each["user"]},
            permissions=allowed,
        )
    for each in known["topic_permissions"]:
        allowed = {key: each[key] for key in ("exchange", "write", "read")}
        yield _object(
            "TopicPermission",
            f"{each['user']}-{each['exchange']}",
            vhost=VHOST,
            userReference={"name": each["user"]},
            permissions=allowed,
        )


def _exchange(each: dict[str, Any]) -> dict[str, Any]:
    return _object(
        "Exchange",
        each["name"],
        name=each["name"],
        type=each["type"],
        durable=True,
        autoDelete=False,
        vhost=VHOST,
        **({"arguments": each["arguments"]} if each["arguments"] else {}),
    )


def _queue(each: dict[str, Any]) -> dict[str, Any]:
    arguments = dict(each["arguments"])
    return _object(
        "Queue",
        each["name"],
        name=each["name"],
        type=arguments.pop("x-queue-type"),
        durable=True,
        autoDelete=False,
        vhost=VHOST,
        arguments=arguments,
    )


def _binding(each: dict[str, Any]) -> dict[str, Any]:
    key = f"{each['source']} {each['destination']} {each['routing_key']}"
    # The parts may be long, and `*` and `#` are no letters of a name.
    name = f"{each['destination']}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"
    return _object(
        "Binding",
        name,
        vhost=VHOST,
        source=each["source"],
        destination=each["destination"],
        destinationType=each["destination_type"],
        routingKey=each["routing_key"],
    )
