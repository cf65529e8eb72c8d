"""Words as they are searched: without accents, case or ligatures. Pure."""

import re
import unicodedata

LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "’": " ", "'": " ", "ß": "ss"})
TERMS = 8
"""Words of a search that count."""


def fold(words: str) -> str:
    """`Éveil à l’Été` becomes `eveil a l ete`."""
    # Apart first: some capitals are letters of their own until they are taken apart.
    small = unicodedata.normalize("NFKD", words).casefold().translate(LIGATURES)
    apart = unicodedata.normalize("NFKD", small)
    kept = "".join(character for character in apart if not unicodedata.combining(character))
    # PostgreSQL keeps no NUL in a text.
    return kept.replace("\x00", " ")


def search_query(words: str) -> str | None:
    """As PostgreSQL's full text wants it, each word a beginning; None when nothing is asked."""
    terms = re.findall(r"\w+", fold(words))[:TERMS]
    return " & ".join(f"'{term}':*" for term in terms) or None
