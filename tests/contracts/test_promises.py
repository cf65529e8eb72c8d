"""What other systems build on: promises, the official schema, examples, evolution both ways."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from portail.asyncapi import PUBLIC
from portail.pages import pages
from portail_contracts.catalogue import BY_TYPE
from portail_contracts.enrolment import BookingConfirmed
from portail_contracts.envelope import Envelope
from portail_contracts.event import Event
from portail_contracts.examples import SAMPLES, travelling
from portail_contracts.promises import NOTICE, PROMISES, Deprecation, Privacy, Promise

PROJECT = Path(__file__).parents[2]
EVENTS = PROJECT / "docs" / "events"
OFFICIAL = PROJECT / ".local" / "asyncapi-3.0.0.json"

public = pytest.mark.parametrize("entry", PUBLIC, ids=lambda entry: entry.type)


def example_of(type_: str) -> dict[str, Any]:
    return json.loads((EVENTS / "examples" / f"{type_}.json").read_text())


def schema_of(name: str) -> dict[str, Any]:
    return json.loads((EVENTS / "schemas" / f"{name}.json").read_text())


def test_every_public_event_and_no_other_has_a_promise_and_an_example() -> None:
    assert set(PROMISES) == {entry.event for entry in PUBLIC}
    assert {path.stem for path in (EVENTS / "examples").iterdir()} == {e.type for e in PUBLIC}


def official_faults(document: dict[str, Any]) -> list[str]:
    official = json.loads(OFFICIAL.read_text())
    validator = jsonschema.Draft7Validator(official)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def test_the_asyncapi_document_obeys_the_official_schema() -> None:
    document = yaml.safe_load((EVENTS / "asyncapi.yaml").read_text())
    types = {entry.type for entry in PUBLIC}
    assert set(document["channels"]) == set(document["components"]["messages"]) == types
    assert official_faults(document) == []
    del document["channels"]["billing.invoice.issued.v1"]["messages"]["event"]["$ref"]
    document["channels"]["billing.invoice.issued.v1"]["adress"] = "planted"
    assert official_faults(document), "the official schema lets a planted fault pass"


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    document = yaml.safe_load((EVENTS / "asyncapi.yaml").read_text())
    for target in references(document):
        file, _, inside = target.partition("#")
        found: Any = document if not file else json.loads((EVENTS / file).read_text())
        for step in inside.split("/")[1:]:
            found = found[step]


def references(node: Any) -> list[str]:
    if isinstance(node, dict):
        inner = [target for value in node.values() for target in references(value)]
        return [*inner, node["$ref"]] if "$ref" in node else inner
    if isinstance(node, list):
        return [target for item in node for target in references(item)]
    return []


@public
def test_a_committed_example_is_read_as_its_class_and_obeys_both_schemas(entry) -> None:
    example = example_of(entry.type)
    jsonschema.validate(example, schema_of("envelope"))
    jsonschema.validate(example["data"], schema_of(entry.type))
    event = Envelope.from_bytes(json.dumps(example).encode()).event()
    assert type(event) is entry.event
    assert event in SAMPLES


@public
def test_what_a_partner_is_told_about_each_field_is_on_the_page(entry) -> None:
    schema = schema_of(entry.type)
    silent = [name for name, field in schema["properties"].items() if not field.get("description")]
    assert silent == []
    page = (EVENTS / f"{entry.producer}.md").read_text()
    chapter = page.split(f"## {entry.type}\n")[1].split("\n## ")[0]
    assert PROMISES[entry.event].when in chapter
    for name in schema["properties"]:
        assert f"| `{name}` | " in chapter
    if any(name.endswith("_cents") for name in schema["properties"]):
        assert "| euro cents |" in chapter


# Evolution. Today's consumer reads what an older release wrote, and an older consumer what a
# newer release will write; both are tried for each event, and each trial is proven by a fault.


def reads_the_past(event: type[BaseModel], data: dict[str, Any], schema: dict[str, Any]) -> bool:
    """An older release knew the required fields only."""
    try:
        event.model_validate({name: data[name] for name in schema["required"]})
    except ValidationError:
        return False
    return True


def reads_the_future(event: type[BaseModel], data: dict[str, Any], schema: dict[str, Any]) -> bool:
    """A newer release adds fields, at every depth."""
    newer = enriched(data)
    try:
        jsonschema.validate(newer, schema)
        return event.model_validate(newer) == event.model_validate(data)
    except (ValidationError, jsonschema.ValidationError):
        return False


def enriched(node: Any) -> Any:
    if isinstance(node, dict):
        return {**{name: enriched(value) for name, value in node.items()}, "from_the_future": 1}
    return [enriched(item) for item in node] if isinstance(node, list) else node


@public
def test_an_event_is_read_by_older_and_by_newer_consumers(entry) -> None:
    data, schema = example_of(entry.type)["data"], schema_of(entry.type)
    assert reads_the_past(entry.event, data, schema)
    assert reads_the_future(entry.event, data, schema)


def test_the_trials_of_evolution_find_a_planted_fault() -> None:
    type_ = BookingConfirmed.type
    data, schema = example_of(type_)["data"], schema_of(type_)
    demanding = create_model("Demanding", __base__=BookingConfirmed, meal=(str, ...))
    assert not reads_the_past(demanding, data, schema)

    class Narrow(BookingConfirmed):
        model_config = ConfigDict(extra="forbid")

    assert not reads_the_future(Narrow, data, schema)
    assert not reads_the_future(BookingConfirmed, data, {**schema, "additionalProperties": False})


def test_an_envelope_from_the_future_is_read_too() -> None:
    newer = {**json.loads(travelling(SAMPLES[0]).to_bytes()), "fromthefuture": "1"}
    assert Envelope.from_bytes(json.dumps(newer).encode()).event() == SAMPLES[0]


def test_the_end_of_an_event_is_announced_a_year_before_and_stands_on_its_page(monkeypatch) -> None:
    today = date(2026, 11, 24)
    with pytest.raises(ValueError, match="365 days"):
        Deprecation(today, today + NOTICE - timedelta(days=1), BookingConfirmed)
    end = Deprecation(today, today + NOTICE, BookingConfirmed)
    old: type[Event] = BY_TYPE["billing.reminder.sent.v1"].event
    monkeypatch.setattr(
        "portail.pages.PROMISES", {**PROMISES, old: Promise("x", Privacy.MONEY, end)}
    )
    made = pages(
        {entry.type: schema_of(entry.type) for entry in PUBLIC},
        {entry.type: example_of(entry.type) for entry in PUBLIC},
    )
    assert "| `billing.reminder.sent.v1` | 2026-11-24 | 2027-11-24 |" in made["README.md"]
    assert "**Ends on 2027-11-24**" in made["billing.md"]
