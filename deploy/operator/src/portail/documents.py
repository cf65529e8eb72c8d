"""The contract on paper, from the classes: schemas, AsyncAPI, examples, and pages for people."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from portail_contracts.catalogue import CATALOGUE, Entry
from portail_contracts.envelope import Envelope
from portail_contracts.event import Reach
from portail_contracts.examples import SAMPLES, travelling

from . import pages
from .asyncapi import asyncapi
from .compatibility import breaking_changes


class BrokenPromise(ValueError):
    """The class no longer gives what its committed schema promises to consumers."""


def schemas() -> dict[str, dict[str, Any]]:
    """By event type: the schema of its `data`."""
    return {entry.type: _schema(entry) for entry in CATALOGUE}


def envelope_schema() -> dict[str, Any]:
    return _dialect(Envelope.model_json_schema(mode="serialization"))


def examples() -> dict[str, dict[str, Any]]:
    """By public event type: one event as it travels."""
    return {
        sample.type: json.loads(travelling(sample).to_bytes())
        for sample in SAMPLES
        if sample.reach is Reach.PUBLIC
    }


def write(folder: Path) -> Iterator[Path]:
    """Write everything below `folder`; yields what was written.

    Raises BrokenPromise rather than write over a schema that it breaks.
    """
    made = {**schemas(), "envelope": envelope_schema()}
    for type_, schema in made.items():
        path = folder / "schemas" / f"{type_}.json"
        if path.exists() and (broken := breaking_changes(json.loads(path.read_text()), schema)):
            raise BrokenPromise(f"{type_}: {'; '.join(broken)}. Make a new major version.")
    texts = {f"schemas/{type_}.json": _json(schema) for type_, schema in made.items()}
    texts |= {f"examples/{type_}.json": _json(event) for type_, event in examples().items()}
    texts["asyncapi.yaml"] = yaml.safe_dump(
        asyncapi(examples()), sort_keys=False, allow_unicode=True, width=100
    )
    texts |= pages.pages(schemas(), examples())
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        yield path


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _schema(entry: Entry) -> dict[str, Any]:
    schema = _dialect(entry.event.model_json_schema(mode="serialization"))
    return {"$id": f"urn:portail:events:{entry.type}", **schema}


def _dialect(schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
