"""Everything that a service's tables hold about one family, found by following its keys.

A table is about a family when it has a `family_id`, or when a key of its leads to such a table. New
tables are found by themselves: a right of access that forgets one would be no right.
"""

import base64
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, LargeBinary, MetaData, Table, and_, or_, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

FAMILY = "family_id"
_POINTING = ("child_id", "account_id")
"""Columns that name somebody of a family, also where no foreign key says so."""

_NOT_TOLD = ("digest", "hash", "secret", "password", "sealed", "wrapped")
"""Parts of the names of columns that hold no fact about anybody, or a key to something."""

_PRIVATE = ("address", "street", "postcode", "city", "email", "phone", "employer")
_STARTS = {b"%PDF-": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


@dataclass(frozen=True)
class Viewer:
    """For whom: with `apart`, a guardian who may not read the other one's private details."""

    family_id: UUID
    guardian_id: UUID | None = None
    apart: bool = False


AboutFamily = tuple[Table, ColumnElement[bool]]
Narrower = Mapping[str, ColumnElement[bool]]
NOTHING_NARROWER: Narrower = {}


def about_family(
    metadata: MetaData, family_id: UUID, narrower: Narrower = NOTHING_NARROWER
) -> Iterator[AboutFamily]:
    """Each table about families with the condition for this one, a table before those it names.

    `narrower` is what also holds for the rows of a table, and for what hangs on them.
    """
    known: dict[str, ColumnElement[bool]] = {}
    for table in metadata.sorted_tables:
        condition = _condition(table, known, metadata, family_id)
        if condition is not None:
            known[table.name] = and_(condition, narrower.get(table.name, true()))
    for table in reversed(metadata.sorted_tables):
        if table.name in known:
            yield table, known[table.name]


def _condition(
    table: Table, known: Mapping[str, ColumnElement[bool]], metadata: MetaData, family_id: UUID
) -> ColumnElement[bool] | None:
    if FAMILY in table.c:
        return table.c[FAMILY] == family_id
    # A file hangs on a draft or on a message: either makes it the family's.
    leading = [
        column.in_(select(target).where(known[target.table.name]))
        for column, target in _pointers(table, metadata)
        if target.table.name in known and target.table is not table
    ]
    return or_(*leading) if leading else None


def _pointers(table: Table, metadata: MetaData) -> Iterator[tuple[Column[Any], Column[Any]]]:
    for column in table.c:
        for key in column.foreign_keys:
            yield column, key.column
    for other in metadata.tables.values():
        for name in _POINTING:
            if name in table.c and [c.name for c in other.primary_key] == [name]:
                yield table.c[name], other.c[name]


async def lines_about(
    connection: AsyncConnection,
    metadata: MetaData,
    viewer: Viewer,
    narrower: Narrower = NOTHING_NARROWER,
) -> AsyncIterator[bytes]:
    """One JSON line for each row or file, table by table; see `about_family`."""
    for table, condition in about_family(metadata, viewer.family_id, narrower):
        rows = await connection.stream(select(table).where(condition))
        async for row in rows:
            for line in _lines(table, dict(row._mapping), viewer):
                yield json.dumps(line, default=_plain, ensure_ascii=False).encode() + b"\n"


def _lines(table: Table, row: dict[str, Any], viewer: Viewer) -> Iterator[dict[str, Any]]:
    if viewer.apart and row.get("guardian_id") not in (None, viewer.guardian_id):
        return
    told = {}
    for name, value in row.items():
        if any(part in name for part in _NOT_TOLD) or value is None:
            continue
        if isinstance(table.c[name].type, LargeBinary):
            # On a document of the family stands whom it was sent to, with an address.
            if not viewer.apart:
                yield _file(table, row, bytes(value))
        else:
            told[name] = _veiled(value, viewer) if viewer.apart else value
    yield {"table": table.name, "row": told}


def _file(table: Table, row: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    key = "-".join(str(row[column.name]) for column in table.primary_key)
    ending = next((end for start, end in _STARTS.items() if content.startswith(start)), ".bin")
    return {
        "table": table.name,
        "file": f"{key}{ending}",
        "base64": base64.b64encode(content).decode(),
    }


def _veiled(value: Any, viewer: Viewer) -> Any:
    """The private details of another guardian, wherever they stand in what was kept as JSON."""
    if isinstance(value, list | tuple):
        return [_veiled(item, viewer) for item in value]
    if not isinstance(value, dict):
        return value
    theirs = "guardian_id" in value and str(value["guardian_id"]) != str(viewer.guardian_id)
    return {
        name: _veiled(item, viewer)
        for name, item in value.items()
        if not (theirs and any(part in name for part in _PRIVATE))
    }


def _plain(value: object) -> object:
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return str(value)
