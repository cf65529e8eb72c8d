"""Finding families as people type their names: without accents, by the beginning of any word."""

import re
import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union

from .tables import children, families

_ACCENTED = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ-'’"
_PLAIN = "aaaaaaceeeeiiiinooooouuuuyy   "

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


def begins_a_word(column: ColumnElement[Any], token: str) -> ColumnElement[bool]:
    small = func.replace(func.replace(func.lower(column), "œ", "oe"), "æ", "ae")
    return (" " + func.translate(small, _ACCENTED, _PLAIN)).like(f"% {token}%")


def families_with(token: str) -> Select[Any]:
    """Ids of families one of whose names, references or children begins so."""
    found = union(
        select(families.c.family_id).where(
            begins_a_word(families.c.name, token) | begins_a_word(families.c.reference, token)
        ),
        select(children.c.family_id).where(
            begins_a_word(children.c.given_name, token)
            | begins_a_word(children.c.family_name, token)
        ),
    ).subquery()
    return select(found.c.family_id)
