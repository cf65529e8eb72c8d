"""The AsyncAPI 3 document of what other systems may subscribe to: public events, and no other."""

from collections.abc import Mapping
from typing import Any

from chassis.broker import topology
from portail_contracts.catalogue import CATALOGUE, Entry
from portail_contracts.envelope import CONTENT_TYPE, MAX_BYTES
from portail_contracts.event import Reach
from portail_contracts.promises import PROMISES

VERSION = "1.0.0"
PUBLIC = tuple(entry for entry in CATALOGUE if entry.reach is Reach.PUBLIC)


def asyncapi(examples: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """One channel per event, with the exchange and routing key it travels by."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Portail Familles: events",
            "version": VERSION,
            "description": (
                "CloudEvents 1.0 in structured JSON over AMQP 0-9-1. Delivered at least once; "
                "events of one family arrive in the order they were committed; a double carries "
                f"the same id. At most {MAX_BYTES} bytes each. Identifiers and facts only."
            ),
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"broker": _server()},
        "channels": {entry.type: _channel(entry) for entry in PUBLIC},
        "operations": {f"receive.{entry.type}": _operation(entry) for entry in PUBLIC},
        "components": {
            "messages": {entry.type: _message(entry, examples[entry.type]) for entry in PUBLIC},
            "securitySchemes": {
                "partner": {
                    "type": "userPassword",
                    "description": "The broker user that `portail partners add` gives.",
                }
            },
        },
    }


def summary(entry: Entry) -> str:
    """What happened, in one line."""
    return (entry.event.__doc__ or "").strip().splitlines()[0]


def _server() -> dict[str, Any]:
    return {
        "host": "{broker}",
        "protocol": "amqp",
        "description": "The authority's broker; each subscriber reads one queue of its own.",
        "variables": {"broker": {"description": "Host and port that the authority gives."}},
        "security": [{"$ref": "#/components/securitySchemes/partner"}],
    }


def _channel(entry: Entry) -> dict[str, Any]:
    exchange = {
        "name": topology.exchange_for(entry.reach),
        "type": "topic",
        "durable": True,
        "vhost": "/",
    }
    return {
        "address": entry.type,
        "description": f"Published by {entry.producer}, {PROMISES[entry.event].when}.",
        "tags": [{"name": entry.producer.value}, {"name": PROMISES[entry.event].privacy.value}],
        "messages": {"event": {"$ref": f"#/components/messages/{entry.type}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _operation(entry: Entry) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{entry.type}"},
        "summary": summary(entry),
    }


def _message(entry: Entry, example: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": entry.type,
        "title": entry.event.__name__,
        "summary": summary(entry),
        "contentType": CONTENT_TYPE,
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {
                "allOf": [
                    {"$ref": "schemas/envelope.json"},
                    {"properties": {"data": {"$ref": f"schemas/{entry.type}.json"}}},
                ]
            },
        },
        "examples": [{"name": "one", "payload": example}],
    }
