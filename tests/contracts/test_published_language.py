"""The contract with others: documents are current, evolution is compatible, no names leak."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import jsonschema
import pytest
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from portail import documents
from portail.compatibility import breaking_changes
from portail_contracts.catalogue import CATALOGUE, Context
from portail_contracts.envelope import Envelope, MalformedEvent, UnknownEvent
from portail_contracts.event import Event, Reach
from portail_contracts.examples import SAMPLES, travelling

EVENTS = Path(__file__).parents[2] / "docs" / "events"


def test_every_event_of_the_catalogue_has_a_sample() -> None:
    assert {type(sample) for sample in SAMPLES} == {entry.event for entry in CATALOGUE}


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.type)
def test_an_event_survives_the_journey(event: Event) -> None:
    assert Envelope.from_bytes(travelling(event).to_bytes()).event() == event


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.type)
def test_the_envelope_is_a_cloud_event_in_the_eyes_of_another_library(event: Event) -> None:
    envelope = travelling(event)
    read = JSONFormat().read(None, envelope.to_bytes())
    assert read.get_specversion() == "1.0"
    assert (read.get_id(), read.get_type()) == (str(envelope.id), event.type)
    assert read.get_subject() == str(event.aggregate_id)
    assert read.get_time() == envelope.time
    assert read.get_extension("partitionkey") == str(event.ordering_key)
    assert read.get_data() == json.loads(event.model_dump_json())


@pytest.mark.parametrize("event", SAMPLES, ids=lambda event: event.type)
def test_an_event_obeys_its_committed_schema(event: Event) -> None:
    schema = json.loads((EVENTS / "schemas" / f"{event.type}.json").read_text())
    jsonschema.validate(json.loads(event.model_dump_json()), schema)
    outer = json.loads((EVENTS / "schemas" / "envelope.json").read_text())
    jsonschema.validate(json.loads(travelling(event).to_bytes()), outer)


def test_the_committed_documents_are_those_the_classes_give(tmp_path: Path) -> None:
    written = {path.relative_to(tmp_path): path.read_text() for path in documents.write(tmp_path)}
    committed = {path.relative_to(EVENTS): path.read_text() for path in EVENTS.rglob("*.*")}
    assert written == committed, "run `make documents` and read the difference"


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.type)
def test_a_type_says_who_what_and_which_major_version(entry) -> None:
    context, aggregate, fact, version = entry.type.split(".")
    assert context == entry.producer
    assert aggregate
    assert fact.endswith(("ed", "en", "wn", "sent"))
    assert version.removeprefix("v").isdigit()


PERSONAL = ("name", "reason", "email", "phone", "address", "born", "label", "health", "text")


@pytest.mark.parametrize(
    "entry", [e for e in CATALOGUE if e.reach is Reach.PUBLIC], ids=lambda entry: entry.type
)
def test_a_public_event_carries_identifiers_and_facts_only(entry) -> None:
    suspicious = [f for f in entry.event.model_fields if any(word in f for word in PERSONAL)]
    assert suspicious == []


def test_no_released_schema_was_broken() -> None:
    for type_, schema in documents.schemas().items():
        path = EVENTS / "schemas" / f"{type_}.json"
        assert breaking_changes(json.loads(path.read_text()), schema) == []
    kept = {path.stem for path in (EVENTS / "schemas").glob("*.v*.json")}
    assert kept <= {entry.type for entry in CATALOGUE}, "a released event was taken away"


def _schema(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": ["a"]}


@pytest.mark.parametrize(
    "new",
    [
        _schema(),
        _schema(a={"type": "integer"}),
        {**_schema(a={"type": "string"}), "required": []},
        {**_schema(a={"type": "string"}, b={"type": "string"}), "required": ["a", "b"]},
        {**_schema(renamed={"type": "string"}), "required": ["renamed"]},
    ],
    ids=["field gone", "type changed", "may now be absent", "new and required", "renamed"],
)
def test_a_planted_breaking_change_is_seen(new: dict[str, Any]) -> None:
    assert breaking_changes(_schema(a={"type": "string"}), new)


def test_the_generator_refuses_to_write_over_a_promise(tmp_path: Path) -> None:
    list(documents.write(tmp_path))
    promised = tmp_path / "schemas" / "billing.balance.changed.v1.json"
    richer = json.loads(promised.read_text())
    richer["properties"]["currency"] = {"type": "string"}
    promised.write_text(json.dumps(richer))
    with pytest.raises(documents.BrokenPromise, match="currency is gone"):
        list(documents.write(tmp_path))


def test_a_new_optional_field_is_welcome() -> None:
    new = _schema(a={"type": "string", "description": "other words"}, b={"type": "string"})
    assert breaking_changes(_schema(a={"type": "string"}), new) == []


def test_a_consumer_ignores_fields_it_does_not_know() -> None:
    envelope = travelling(SAMPLES[0])
    richer = envelope.model_copy(update={"data": {**envelope.data, "future_field": 1}})
    assert Envelope.from_bytes(richer.to_bytes()).event() == SAMPLES[0]


def test_a_future_major_version_is_unknown_rather_than_misread() -> None:
    envelope = travelling(SAMPLES[0]).model_copy(update={"type": "accounts.family.recorded.v2"})
    with pytest.raises(UnknownEvent):
        Envelope.from_bytes(envelope.to_bytes()).event()


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(body: bytes) -> None:
    with pytest.raises(MalformedEvent):
        Envelope.from_bytes(body)


def test_what_is_refused_is_not_quoted() -> None:
    body = json.dumps({"specversion": "1.0", "id": "Camille Noisetier"}).encode()
    with pytest.raises(MalformedEvent) as refusal:
        Envelope.from_bytes(body)
    assert "Camille" not in str(refusal.value)


def test_every_internal_event_has_a_listener() -> None:
    deaf = [e.type for e in CATALOGUE if e.reach is Reach.INTERNAL and not e.consumers]
    assert deaf == [], "an internal event that nobody is bound for would stay in the outbox"


def test_nobody_listens_to_itself() -> None:
    assert [e.type for e in CATALOGUE if e.producer in e.consumers] == []
    assert all(isinstance(e.producer, Context) for e in CATALOGUE)
    assert isinstance(SAMPLES[0].ordering_key, UUID)
