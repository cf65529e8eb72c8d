"""Finding families as people type their names: without accents, by the beginning of any word.

The database keeps the words of each family and child folded (migration 0009), under an index of
their trigrams: what is typed is folded here in the same way.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import children, families

MOST_WORDS = 5


def folded(words: str) -> str:
    """Small letters without accents; hyphens and apostrophes are spaces."""
    small = words.lower().replace("œ", "oe").replace("æ", "ae")
    bare = unicodedata.normalize("NFD", small)
    return "".join(c for c in bare if not unicodedata.combining(c)).translate(
        str.maketrans("-'’", "   ")
    )


def tokens(words: str) -> list[str]:
    """The words to look for; what is neither letter nor digit finds nothing and is left out."""
    return re.findall(r"\w+", folded(words).replace("_", " "))[:MOST_WORDS]


def _begins_a_word(words: ColumnElement[str], token: str) -> ColumnElement[bool]:
    return words.like(f"% {token}%")


def families_with(token: str) -> Select[Any]:
    """Ids of families one of whose names, references or children begins so."""
    found = union(
        select(families.c.family_id).where(_begins_a_word(families.c.words, token)),
        select(children.c.family_id).where(_begins_a_word(children.c.words, token)),
    ).subquery()
    return select(found.c.family_id)


@dataclass(frozen=True)
class FoundFamily:
    """A family as the front desk recognises it: by its name, reference and children."""

    family_id: UUID
    reference: str
    name: str
    children: tuple[str, ...]


async def find_families(
    connection: AsyncConnection, words: str, limit: int = 20
) -> list[FoundFamily]:
    """Each word begins one of the family's names, its reference, or a child's name."""
    wanted = tokens(words)
    if not wanted:
        return []
    names = func.array_agg(
        aggregate_order_by(children.c.given_name, children.c.born_on, children.c.given_name)
    ).filter(children.c.child_id.is_not(None))
    rows = await connection.execute(
        select(families.c.family_id, families.c.reference, families.c.name, names.label("children"))
        .outerjoin(
            children,
            (children.c.family_id == families.c.family_id) & children.c.left_on.is_(None),
        )
        .where(*(families.c.family_id.in_(families_with(token)) for token in wanted))
        .group_by(families.c.family_id)
        .order_by(families.c.name, families.c.reference)
        .limit(limit)
    )
    return [
        FoundFamily(row.family_id, row.reference, row.name, tuple(row.children or ()))
        for row in rows
    ]


@dataclass(frozen=True)
class FoundChild:
    """A child as a team recognises it."""

    child_id: UUID
    given_name: str
    family_name: str
    reference: str


async def find_children(
    connection: AsyncConnection, words: str, limit: int = 10
) -> list[FoundChild]:
    """Each word begins one of the child's names."""
    wanted = tokens(words)
    if not wanted:
        return []
    rows = await connection.execute(
        select(children, func.coalesce(families.c.reference, "").label("reference"))
        .outerjoin(families, families.c.family_id == children.c.family_id)
        .where(*(_begins_a_word(children.c.words, token) for token in wanted))
        .where(children.c.left_on.is_(None))
        .order_by(children.c.family_name, children.c.given_name)
        .limit(limit)
    )
    return [
        FoundChild(row.child_id, row.given_name, row.family_name, row.reference) for row in rows
    ]
