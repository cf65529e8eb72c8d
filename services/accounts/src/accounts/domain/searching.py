"""What staff type to find a family, made into things that can be looked for."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MOST_WORDS = 6
"""More words than that find nobody sooner."""

LONGEST_WORD = 60
_FEWEST_DIGITS = 4
_NUMBER = re.compile(r"[0-9 .\-+()/]+")
_BETWEEN = re.compile(r"[^0-9]+")


class Looking(StrEnum):
    """Where a word is looked for."""

    NAME = "name"
    """Names and references, forgiving a typing mistake."""

    INSIDE = "inside"
    """Anywhere in a phone number or a reference."""

    EMAIL = "email"
    """The beginning of an address."""


@dataclass(frozen=True)
class Word:
    """One thing to look for; every one of them must be found in the family."""

    looking: Looking
    text: str


def words(typed: str) -> tuple[Word, ...]:
    """What to look for, the same thing once; nothing when no letter and no digit was typed."""
    text = "".join(
        " " if unicodedata.category(character)[0] in "CZ" else character for character in typed
    )
    if _NUMBER.fullmatch(text.strip()) and len(number := _digits(text)) >= _FEWEST_DIGITS:
        return (Word(Looking.INSIDE, number),)
    found = [_word(token[:LONGEST_WORD]) for token in text.split()]
    return tuple(dict.fromkeys(word for word in found if word.text))[:MOST_WORDS]


def _word(token: str) -> Word:
    if not any(character.isalnum() for character in token):
        return Word(Looking.NAME, "")
    if "@" in token:
        return Word(Looking.EMAIL, token)
    if _NUMBER.fullmatch(token) and len(number := _digits(token)) >= _FEWEST_DIGITS:
        return Word(Looking.INSIDE, number)
    has_digits = any(character.isdigit() for character in token)
    return Word(Looking.INSIDE if has_digits else Looking.NAME, token)


def _digits(text: str) -> str:
    """The digits, a French number in its national form: `+33 6 12…` is `0612…`."""
    bare = text.strip().removeprefix("(")
    number = _BETWEEN.sub("", bare)
    for prefix in ("0033", "33"):
        if bare.startswith(("+33", "0033")) and number.startswith(prefix):
            return "0" + number.removeprefix(prefix).removeprefix("0")
    return number
