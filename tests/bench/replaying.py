"""The SQL of a use case, heard once and replayed by raw asyncpg: the limit it is compared with."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.identifiers import new_id

NUMBER = re.compile(r"D-\d{4}-\d{5}")
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass
class Heard:
    """Statements with their parameters, in order; one entry for each row of an `executemany`."""

    statements: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)

    def identifiers(self) -> set[UUID]:
        """All that were sent, also those in arrays."""
        values = [value for _, given in self.statements for value in given]
        within = [one for value in values if isinstance(value, list) for one in value]
        return {one for one in [*values, *within] if isinstance(one, UUID)}


@contextmanager
def hearing(engine: AsyncEngine) -> Iterator[Heard]:
    """Everything that the engine sends while this lasts."""
    heard = Heard()

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _x: Any, many: bool) -> None:
        for row in parameters if many else [parameters]:
            heard.statements.append((statement, tuple(row or ())))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


class Replay:
    """The same statements with other identifiers: what was made anew is made anew each time."""

    def __init__(self, heard: Heard, made: set[UUID]) -> None:
        """`made` are the identifiers that the use case made itself."""
        self._heard = heard
        self._made = made

    async def once(self, connection: asyncpg.Connection, known: dict[Any, Any], count: int) -> None:
        """In one transaction; `known` says who stands for whom (another family, another child)."""
        fresh = {**known, **{one: new_id() for one in self._made}}
        number = f"D-2099-{count:05d}"
        async with connection.transaction():
            for statement, parameters in self._heard.statements:
                values = [_other(value, fresh, number) for value in parameters]
                await connection.fetch(statement, *values)


def _other(value: Any, fresh: dict[Any, Any], number: str) -> Any:
    if isinstance(value, UUID):
        return fresh.get(value, value)
    if isinstance(value, list):
        return [_other(one, fresh, number) for one in value]
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return number
    return value
