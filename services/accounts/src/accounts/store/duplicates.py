"""Families that look like one: the same child twice, the same phone or address."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnClause, Text, Uuid, bindparam, column, text
from sqlalchemy.ext.asyncio import AsyncConnection

# A telephone may be shared by two homes: it suggests, the child's name and birth date say more.
_TWINS = """
    WITH named AS (
        SELECT c.family_id, c.born_on, search_joined(c.given_name || c.family_name) AS name
        FROM children c WHERE c.same_as IS NULL AND c.left_at IS NULL
    )
    SELECT a.family_id AS one, b.family_id AS other, 'child' AS why, 2 AS weight
        FROM named a JOIN named b USING (born_on, name)
        WHERE a.family_id < b.family_id
    UNION
    SELECT a.family_id, b.family_id, a.kind, 1
        FROM search_words a JOIN search_words b ON b.word = a.word AND b.kind = a.kind
        WHERE a.kind IN ('phone', 'email') AND a.family_id < b.family_id
    """
_ALL = f"""
    SELECT one, other, array_agg(DISTINCT why ORDER BY why) AS reasons, sum(weight) AS weight
    FROM ({_TWINS}) t GROUP BY one, other
    """
_PAGE = text(
    f"""
    SELECT d.one, d.other, d.reasons, f.name AS one_name, f.reference AS one_reference,
        g.name AS other_name, g.reference AS other_reference, count(*) OVER () AS total
    FROM ({_ALL}) d JOIN families f ON f.family_id = d.one JOIN families g ON g.family_id = d.other
    WHERE CAST(:family_id AS uuid) IS NULL OR :family_id IN (d.one, d.other)
    ORDER BY d.weight DESC, f.name, d.one, d.other OFFSET :offset LIMIT :limit
    """
).bindparams(bindparam("family_id", type_=Uuid))
_COLUMNS: tuple[ColumnClause[Any], ...] = (
    column("one", Uuid),
    column("other", Uuid),
    column("reasons", ARRAY(Text)),
    column("one_name"),
    column("one_reference"),
    column("other_name"),
    column("other_reference"),
    column("total"),
)


@dataclass(frozen=True)
class Alike:
    family_id: UUID
    name: str
    reference: str


@dataclass(frozen=True)
class Duplicate:
    """Two families that may be one; `reasons`: child, email, phone."""

    one: Alike
    other: Alike
    reasons: tuple[str, ...]


async def duplicates(
    connection: AsyncConnection, family_id: UUID | None, *, offset: int, limit: int
) -> tuple[list[Duplicate], int]:
    """The likeliest first, of everybody or of one family, and how many there are."""
    asked = {"family_id": family_id, "offset": offset, "limit": limit}
    rows = (await connection.execute(_PAGE.columns(*_COLUMNS), asked)).all()
    return [_duplicate(row) for row in rows], rows[0].total if rows else 0


def _duplicate(row: Any) -> Duplicate:
    return Duplicate(
        Alike(row.one, row.one_name, row.one_reference),
        Alike(row.other, row.other_name, row.other_reference),
        tuple(row.reasons),
    )
