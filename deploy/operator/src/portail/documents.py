"""The contract on paper: a JSON Schema per event and one AsyncAPI 3 document, from the classes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from chassis.broker import topology
from portail_contracts.catalogue import CATALOGUE, Entry
from portail_contracts.envelope import CONTENT_TYPE, MAX_BYTES, Envelope

from .compatibility import breaking_changes

VERSION = "1.0.0"


class BrokenPromise(ValueError):
    """The class no longer gives what its committed schema promises to consumers."""


def schemas() -> dict[str, dict[str, Any]]:
    """By event type: the schema of its `data`."""
    return {entry.type: _schema(entry) for entry in CATALOGUE}


def envelope_schema() -> dict[str, Any]:
    return _dialect(Envelope.model_json_schema(mode="serialization"))


def write(folder: Path) -> Iterator[Path]:
    """Write everything below `folder`; yields what was written.

    Raises BrokenPromise rather than write over a schema that it breaks.
    """
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    for type_, schema in {**schemas(), "envelope": envelope_schema()}.items():
        path = folder / "schemas" / f"{type_}.json"
        if path.exists() and (broken := breaking_changes(json.loads(path.read_text()), schema)):
            raise BrokenPromise(f"{type_}: {'; '.join(broken)}. Make a new major version.")
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
        yield path
    path = folder / "asyncapi.yaml"
    path.write_text(yaml.safe_dump(asyncapi(), sort_keys=False, allow_unicode=True, width=100))
    yield path


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3: one channel per event, with the exchange and routing key it travels by."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Portail Familles: events",
            "version": VERSION,
            "description": (
                "CloudEvents 1.0 in structured JSON over AMQP 0-9-1. Delivered at least once; "
                "events of one family arrive in the order they were committed; a double carries "
                f"the same id. At most {MAX_BYTES} bytes each."
            ),
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {"broker": {"host": "localhost:5672", "protocol": "amqp"}},
        "channels": {entry.type: _channel(entry) for entry in CATALOGUE},
        "operations": {f"receive.{entry.type}": _operation(entry) for entry in CATALOGUE},
        "components": {"messages": {entry.type: _message(entry) for entry in CATALOGUE}},
    }


def _schema(entry: Entry) -> dict[str, Any]:
    schema = _dialect(entry.event.model_json_schema(mode="serialization"))
    return {"$id": f"urn:portail:events:{entry.type}", **schema}


def _dialect(schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _channel(entry: Entry) -> dict[str, Any]:
    exchange = {
        "name": topology.exchange_for(entry.reach),
        "type": "topic",
        "durable": True,
        "vhost": "/",
    }
    return {
        "address": entry.type,
        "description": f"{entry.reach.capitalize()}; published by {entry.producer}.",
        "messages": {"event": {"$ref": f"#/components/messages/{entry.type}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _operation(entry: Entry) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{entry.type}"},
        "summary": _summary(entry),
    }


def _message(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.type,
        "title": entry.event.__name__,
        "summary": _summary(entry),
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
    }


def _summary(entry: Entry) -> str:
    return (entry.event.__doc__ or "").strip().splitlines()[0]
