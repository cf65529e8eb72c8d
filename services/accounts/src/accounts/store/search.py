"""Finding families by what staff remember of them.

Each word typed is looked for by itself in `search_words`; a family is found when all are, and
ranks by how near they are: the very word, then its beginning, then what is written nearly so.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, JSON, ColumnElement, Uuid, bindparam, column, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from accounts.domain.searching import Looking, Word

from .tables import families, family_merges

SIMILAR = 0.36
"""Share of common trigrams from which a word counts as mistyped: « noisetir » has 0.58 of
« noisetier »; below it, every name that begins alike is found."""

_BEGINS = "{0}.word ~>=~ t.word AND {0}.word ~<~ (t.word || chr(1114111))"
"""Everything that begins so, as a range of the index."""

_NEAREST = """
    SELECT hit.family_id, max(hit.near) AS near FROM (
        SELECT s.family_id, v.near FROM (
            SELECT v.word, CASE WHEN v.word = t.word THEN 1.0
                WHEN starts_with(v.word, t.word) THEN 0.9
                ELSE 0.8 * similarity(v.word, t.word) END AS near
            FROM search_spellings v, (SELECT search_joined(:word_{n}) AS word) t
            WHERE v.word % t.word OR ({begins_v})
        ) v JOIN search_words s ON s.word = v.word AND s.kind = 'name'
        UNION ALL
        SELECT s.family_id, 1.0 FROM search_words s
            WHERE s.word = search_joined(:word_{n}) AND s.kind = 'reference'
    ) hit GROUP BY hit.family_id
    """.replace("{begins_v}", _BEGINS.format("v"))
_INSIDE = """
    SELECT s.family_id, max(CASE WHEN s.word = t.word THEN 1.0 ELSE 0.9 END) AS near
    FROM search_words s, (SELECT search_joined(:word_{n}) AS word) t
    WHERE s.kind IN ('phone', 'reference') AND s.word LIKE '%' || t.word || '%'
    GROUP BY s.family_id
    """
_BEGINNING = """
    SELECT s.family_id, max(CASE WHEN s.word = t.word THEN 1.0 ELSE 0.9 END) AS near
    FROM search_words s, (SELECT search_joined(:word_{n}) AS word) t
    WHERE s.kind = 'email' AND {begins_s}
    GROUP BY s.family_id
    """.replace("{begins_s}", _BEGINS.format("s"))
_HITS = {Looking.NAME: _NEAREST, Looking.INSIDE: _INSIDE, Looking.EMAIL: _BEGINNING}

_SUMMARIES = (
    text(
        """
        SELECT f.family_id, f.reference, f.name, f.resident,
            (SELECT json_agg(json_build_object(
                    'name', g.given_name || ' ' || g.family_name, 'is_payer', g.is_payer,
                    'phone', coalesce(g.mobile_phone, g.home_phone, g.work_phone), 'city', g.city)
                    ORDER BY g.position)
                FROM guardians g
                WHERE g.family_id = f.family_id AND g.left_at IS NULL) AS guardians,
            (SELECT json_agg(json_build_object('child_id', c.child_id,
                    'name', c.given_name || ' ' || c.family_name, 'born_on', c.born_on,
                    'school', c.school, 'class_name', c.class_name) ORDER BY c.position)
                FROM children c WHERE c.family_id = f.family_id
                    AND c.same_as IS NULL AND c.left_at IS NULL) AS children
        FROM families f JOIN unnest(:ids) WITH ORDINALITY AS asked (family_id, rank)
            ON asked.family_id = f.family_id
        ORDER BY asked.rank
        """
    )
    .bindparams(bindparam("ids", type_=ARRAY(Uuid)))
    .columns(
        column("family_id", Uuid),
        column("reference"),
        column("name"),
        column("resident"),
        column("guardians", JSON),
        column("children", JSON),
    )
)


@dataclass(frozen=True)
class FoundGuardian:
    name: str
    is_payer: bool
    phone: str | None
    city: str | None


@dataclass(frozen=True)
class FoundChild:
    child_id: UUID
    name: str
    born_on: date
    school: str | None
    class_name: str | None


@dataclass(frozen=True)
class FoundFamily:
    """A family as a list shows it."""

    family_id: UUID
    reference: str
    name: str
    resident: bool
    guardians: tuple[FoundGuardian, ...]
    children: tuple[FoundChild, ...]


@dataclass(frozen=True)
class Window:
    """One page of what is found; `within` some families only, where the reader sees no others."""

    offset: int
    limit: int
    within: Collection[UUID] | None = None


async def find_families(
    connection: AsyncConnection, words: Sequence[Word], window: Window
) -> tuple[list[FoundFamily], int]:
    """The nearest first, and how many there are. Every word must be found."""
    if not words:
        return [], 0
    ids, total = await _matching(connection, words, window)
    return await _summaries(connection, ids), total


async def all_families(
    connection: AsyncConnection, window: Window
) -> tuple[list[FoundFamily], int]:
    """Every family by name, and how many there are."""
    standing: list[ColumnElement[bool]] = [
        families.c.family_id.not_in(select(family_merges.c.absorbed_family_id))
    ]
    if window.within is not None:
        standing.append(families.c.family_id.in_(window.within))
    count = select(func.count()).select_from(families).where(*standing)
    total = (await connection.execute(count)).scalar_one()
    by_name = (
        select(families.c.family_id)
        .where(*standing)
        .order_by(func.search_folded(families.c.name), families.c.family_id)
    )
    ids = (
        (await connection.execute(by_name.offset(window.offset).limit(window.limit)))
        .scalars()
        .all()
    )
    return await _summaries(connection, ids), total


async def _summaries(connection: AsyncConnection, ids: Sequence[UUID]) -> list[FoundFamily]:
    rows = await connection.execute(_SUMMARIES, {"ids": list(ids)})
    return [_found(row) for row in rows]


async def _matching(
    connection: AsyncConnection, words: Sequence[Word], window: Window
) -> tuple[list[UUID], int]:
    await connection.execute(
        select(func.set_config("pg_trgm.similarity_threshold", str(SIMILAR), True))
    )
    hits = " UNION ALL ".join(
        _HITS[word.looking].format(n=number) for number, word in enumerate(words)
    )
    within = "" if window.within is None else "WHERE f.family_id = ANY(CAST(:within AS uuid[]))"
    statement = text(
        f"""
        SELECT f.family_id, count(*) OVER () AS total
        FROM (SELECT h.family_id, avg(h.near) AS near FROM ({hits}) h
            GROUP BY h.family_id HAVING count(*) = :asked) found
        JOIN families f ON f.family_id = found.family_id {within}
        ORDER BY found.near DESC, search_folded(f.name), f.family_id OFFSET :offset LIMIT :limit
        """
    )
    given: dict[str, Any] = {f"word_{number}": word.text for number, word in enumerate(words)}
    if window.within is not None:
        given["within"] = list(window.within)
    rows = (
        await connection.execute(
            statement.columns(column("family_id", Uuid), column("total")),
            {**given, "asked": len(words), "offset": window.offset, "limit": window.limit},
        )
    ).all()
    return [row.family_id for row in rows], rows[0].total if rows else 0


_UNUSED = text(
    """
    DELETE FROM search_spellings v WHERE NOT EXISTS (
            SELECT FROM search_words s WHERE s.word = v.word AND s.kind = 'name')
        OR EXISTS (SELECT FROM search_spellings same
            WHERE same.word = v.word AND same.spelling_id < v.spelling_id)
    """
)


async def forget_spellings(connection: AsyncConnection) -> None:
    """Names that nobody bears any more, and those noted twice.

    Writers wait for it: a name that arrives meanwhile would be taken for one that nobody bears.
    """
    await connection.execute(text("LOCK TABLE search_words IN SHARE ROW EXCLUSIVE MODE"))
    await connection.execute(_UNUSED)


def _found(row: Any) -> FoundFamily:
    return FoundFamily(
        family_id=row.family_id,
        reference=row.reference,
        name=row.name,
        resident=row.resident,
        guardians=tuple(FoundGuardian(**one) for one in row.guardians or ()),
        children=tuple(_child(one) for one in row.children or ()),
    )


def _child(found: dict[str, Any]) -> FoundChild:
    return FoundChild(
        **{
            **found,
            "child_id": UUID(found["child_id"]),
            "born_on": date.fromisoformat(found["born_on"]),
        }
    )
