"""Pages for people about public events: the promises, then each context's events and fields."""

import inspect
import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from chassis.broker.topology import LOG_DAYS
from portail_contracts.catalogue import Context, Entry
from portail_contracts.envelope import MAX_BYTES
from portail_contracts.promises import NOTICE, PROMISES, Privacy

from .asyncapi import PUBLIC, summary

Schema = dict[str, Any]

FORMATS = {
    "uuid": "identifier (UUID)",
    "date": "day, YYYY-MM-DD",
    "date-time": "instant, RFC 3339, UTC",
}
KINDS = {"integer": "whole number", "boolean": "true or false", "string": "text"}
ABOUT = {
    Privacy.FILE: "that a family, a request or an enrolment exists, and what became of it",
    Privacy.DAYS: "where a child is, was or will be on a day",
    Privacy.MONEY: "what a family owes or paid",
    Privacy.WORD: "that something was written or sent to a family, never what",
}


def pages(schemas: Mapping[str, Schema], examples: Mapping[str, Schema]) -> dict[str, str]:
    """The text of each page by its name."""
    contexts = [context for context in Context if any(e.producer is context for e in PUBLIC)]
    told = {f"{c}.md": "\n".join(_context(c, schemas, examples)) + "\n" for c in contexts}
    return {"README.md": _promises(contexts), **told}


def _promises(contexts: list[Context]) -> str:
    text = files("portail").joinpath("promises.md").read_text(encoding="utf-8")
    return text.format(
        contexts="`, `".join(f"{context}.md" for context in contexts),
        kibibytes=MAX_BYTES // 1024,
        days=LOG_DAYS,
        notice=NOTICE.days,
        classes="\n".join(f"| {privacy} | {ABOUT[privacy]} |" for privacy in Privacy),
        deprecations="\n".join(_deprecations()) or "| none | | | |",
        events="\n".join(map(_row, PUBLIC)),
    )


def _row(entry: Entry) -> str:
    link = f"[`{entry.type}`]({entry.producer}.md#{_anchor(entry.type)})"
    return f"| {link} | {summary(entry)} | {PROMISES[entry.event].privacy} |"


def _anchor(type_: str) -> str:
    return type_.replace(".", "")


def _deprecations() -> Iterator[str]:
    for entry in PUBLIC:
        if (end := PROMISES[entry.event].deprecation) is not None:
            yield (
                f"| `{entry.type}` | {end.announced_on} | {end.ends_on} | `{end.successor.type}` |"
            )


def _context(
    context: Context, schemas: Mapping[str, Schema], examples: Mapping[str, Schema]
) -> Iterator[str]:
    yield f"# Events of {context}"
    yield ""
    yield "What holds for every event is in [README.md](README.md)."
    for entry in PUBLIC:
        if entry.producer is context:
            yield from _event(entry, schemas[entry.type], examples[entry.type])


def _event(entry: Entry, schema: Schema, example: Schema) -> Iterator[str]:
    promise = PROMISES[entry.event]
    yield from ("", f"## {entry.type}", "")
    # The docstring is the class's own words; a line of its own for each paragraph.
    yield inspect.getdoc(entry.event) or ""
    yield from ("", f"Published {promise.when}.", "")
    yield (
        f"Class `{entry.event.__name__}`; personal data: {promise.privacy}; "
        f"subject: `{_subject(entry, example)}`."
    )
    if (end := promise.deprecation) is not None:
        yield f"**Ends on {end.ends_on}**: use `{end.successor.type}`."
    yield from ("", "| field | kind | always there | meaning |", "|---|---|---|---|")
    required = set(schema.get("required", ()))
    for name, field in schema["properties"].items():
        always = "yes" if name in required else "no"
        kind = kind_of(name, field, schema.get("$defs", {}))
        yield f"| `{name}` | {kind} | {always} | {field.get('description', '')} |"
    data = json.dumps(example["data"], ensure_ascii=False, indent=2)
    yield from ("", "```json", data, "```")


def _subject(entry: Entry, example: Schema) -> str:
    """The field that the envelope's `subject` repeats; the context's own before the family's."""
    data: dict[str, Any] = example["data"]
    same = [n for n in entry.event.model_fields if data.get(n) == example["subject"]]
    return min(same, key=lambda name: (name == "family_id", same.index(name)))


def kind_of(name: str, field: Schema, definitions: Mapping[str, Schema]) -> str:
    """A field's kind with its unit."""
    if "$ref" in field:
        return _defined(field["$ref"].rsplit("/", 1)[-1], definitions)
    if "anyOf" in field:
        kinds = [kind_of(name, one, definitions) for one in field["anyOf"] if one != NULL]
        return " or ".join([*kinds, "null"])
    if field.get("type") == "array":
        return f"list of: {kind_of(name, field['items'], definitions)}"
    if field.get("format") in FORMATS:
        return FORMATS[field["format"]]
    return "euro cents" if name.endswith("_cents") else KINDS[field["type"]]


NULL = {"type": "null"}


def _defined(name: str, definitions: Mapping[str, Schema]) -> str:
    definition = definitions[name]
    if "enum" in definition:
        return "one of " + ", ".join(f"`{value}`" for value in definition["enum"])
    parts = [
        f"`{inner}` ({kind_of(inner, field, definitions)})"
        for inner, field in definition["properties"].items()
    ]
    return "object of " + ", ".join(parts)
