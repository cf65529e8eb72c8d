"""What people may type: every text that enters has a length and an alphabet.

PostgreSQL cannot keep a NUL; other control characters, and marks that turn the direction of the
text round, make a name look like what it is not. Letters of every script are letters.
"""

import re
import unicodedata
from collections.abc import Callable

Read = Callable[[str], str]
"""From what was typed, trimmed and not empty, to what is kept; raises WrongValue."""


class WrongValue(ValueError):
    """What was typed cannot be kept; the text says why, in French, for the person who typed it."""


_IN_NAMES = frozenset(" '’-–.·")
_IN_LINES = frozenset(" '’-–.·,;:/&()°+\"«»!?€%@#*\u00a0\u202f")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_EMAIL = re.compile(
    r"[A-Za-z0-9._%+'-]{1,64}@(?=.{4,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z]{2,63}"
)
_FRENCH_PHONE = re.compile(r"(?:\+33|0033|0)([1-9][0-9]{8})")
_FOREIGN_PHONE = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")


def trimmed(text: str, longest: int) -> str:
    """Composed letters, no space around, not longer than the field; raises WrongValue."""
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > longest:
        raise WrongValue(f"{longest} caractères au plus.")
    return text


def person_name(text: str) -> str:
    """Letters of any script, with what joins them."""
    _only(text, _IN_NAMES, "Un nom s’écrit avec des lettres, des espaces, des tirets.")
    if not any(character.isalpha() for character in text):
        raise WrongValue("Un nom a au moins une lettre.")
    return text


def line(text: str) -> str:
    """One line of ordinary text: an address, a school, an employer."""
    _only(text, _IN_LINES, "Des lettres, des chiffres et la ponctuation courante seulement.")
    if not any(character.isalnum() for character in text):
        raise WrongValue("Écrivez au moins une lettre ou un chiffre.")
    return text


def paragraph(text: str) -> str:
    """Ordinary text of several lines."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    _only(
        text.replace("\n", " "), _IN_LINES, "Des lettres, des chiffres et la ponctuation seulement."
    )
    return text


def phone(text: str) -> str:
    """`06 12 34 56 78`, or `+41791234567` for a number of another country."""
    digits = re.sub(r"[ .\-()\u00a0\u202f]", "", text)
    if french := _FRENCH_PHONE.fullmatch(digits):
        number = f"0{french[1]}"
        return " ".join(number[start : start + 2] for start in range(0, 10, 2))
    if foreign := _FOREIGN_PHONE.fullmatch(digits):
        return f"+{foreign[1]}"
    raise WrongValue("Un numéro à dix chiffres, comme 06 12 34 56 78, ou +41… pour l’étranger.")


def email(text: str) -> str:
    """The address as typed, its domain in small letters."""
    if not _EMAIL.fullmatch(text) or ".." in text:
        raise WrongValue("Une adresse comme prenom.nom@exemple.fr.")
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def postcode(text: str) -> str:
    if not re.fullmatch(r"[0-9]{5}", text):
        raise WrongValue("Un code postal a cinq chiffres.")
    return text


def benefit_number(text: str) -> str:
    """CAF: seven digits and sometimes a letter; MSA: up to fifteen."""
    compact = text.replace(" ", "").upper()
    if not re.fullmatch(r"[0-9]{5,15}[A-Z]?", compact):
        raise WrongValue("De 5 à 15 chiffres, suivis d’une lettre ou non.")
    return compact


def _only(text: str, others: frozenset[str], otherwise: str) -> None:
    for character in text:
        category = unicodedata.category(character)
        if category in _INVISIBLE:
            raise WrongValue("Un caractère invisible s’est glissé dans ce texte\u00a0: retapez-le.")
        if category[0] not in "LM" and category != "Nd" and character not in others:
            raise WrongValue(otherwise)
