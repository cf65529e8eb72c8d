"""What people may type: every text that enters has a length and an alphabet.

PostgreSQL cannot keep a NUL; other control characters, and marks that turn the direction of the
text round, make a name look like what it is not.
"""

import re
import unicodedata
from ipaddress import ip_address
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, StringConstraints

_IN_NAMES = frozenset(" '’-–.·")
_IN_FAMILY_NAMES = _IN_NAMES | frozenset("/&,()")
_IN_REFERENCES = frozenset("-_./")
_IN_IDENTIFIERS = frozenset("-_.@+")
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}(?<!\.)")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _letters_and(value: str, others: frozenset[str]) -> str:
    value = unicodedata.normalize("NFC", value)
    for character in value:
        category = unicodedata.category(character)
        if category[0] not in "LM" and category != "Nd" and character not in others:
            raise ValueError("unexpected character")
    return value


def _name(value: str) -> str:
    value = _letters_and(value, _IN_NAMES)
    if not any(character.isalpha() for character in value):
        raise ValueError("a name has letters")
    return value


def _family_name(value: str) -> str:
    return _letters_and(value, _IN_FAMILY_NAMES)


def _reference(value: str) -> str:
    return _letters_and(value, _IN_REFERENCES)


def _identifier(value: str) -> str:
    return _letters_and(value, _IN_IDENTIFIERS)


def visible(value: str) -> str:
    """As it is; raises ValueError when something in it cannot be seen."""
    if any(unicodedata.category(character) in _INVISIBLE for character in value):
        raise ValueError("unexpected character")
    return value


def _lines(value: str) -> str:
    """Several lines of what can be seen."""
    value = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n"))
    for line in value.split("\n"):
        visible(line.replace("\t", " "))
    return value


def _visible_secret(value: SecretStr) -> SecretStr:
    visible(value.get_secret_value())
    return value


def _email(value: str) -> str:
    """One address, nothing around it: what a mail server could read as a second one is refused."""
    mailbox, _, host = value.rpartition("@")
    labels = host.split(".")
    if not _MAILBOX.fullmatch(mailbox) or ".." in mailbox or len(labels) < 2:
        raise ValueError("not an e-mail address")
    if any(not _LABEL.fullmatch(label) for label in labels):
        raise ValueError("not an e-mail address")
    return f"{mailbox}@{host.lower()}"


def _address(value: str) -> str:
    ip_address(value)
    return value


PersonName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    AfterValidator(_name),
]
FamilyName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=120),
    AfterValidator(_family_name),
]
Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40),
    AfterValidator(_reference),
]
NewIdentifier = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=64),
    AfterValidator(_identifier),
]
TypedIdentifier = Annotated[
    str, StringConstraints(min_length=1, max_length=128), AfterValidator(visible)
]
Secret = Annotated[SecretStr, Field(min_length=1, max_length=256), AfterValidator(_visible_secret)]
EmailAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=6, max_length=254),
    AfterValidator(_email),
]
FreeText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000),
    AfterValidator(_lines),
]
Address = Annotated[str, StringConstraints(min_length=2, max_length=64), AfterValidator(_address)]
