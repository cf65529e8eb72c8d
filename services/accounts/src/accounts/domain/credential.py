"""What a password must be (reference, domain.md, « passwords »): the guide's rule by default."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class PolicyName(StrEnum):
    """Policies that an authority may choose from."""

    GUIDE = "guide"
    ANSSI = "anssi"


@dataclass(frozen=True)
class CredentialPolicy:
    """Lengths in characters; `only_letters_and_digits` also asks for one of each."""

    shortest: int
    longest: int
    only_letters_and_digits: bool

    @property
    def rule(self) -> str:
        """What stands beside the field where a password is chosen."""
        length = f"De {self.shortest} à {self.longest} caractères"
        if self.only_letters_and_digits:
            return f"{length} : des lettres sans accent et des chiffres, au moins un de chaque."
        return f"{length}, tous permis. Une phrase de plusieurs mots se retient bien."


POLICIES = {
    PolicyName.GUIDE: CredentialPolicy(12, 20, only_letters_and_digits=True),
    PolicyName.ANSSI: CredentialPolicy(12, 128, only_letters_and_digits=False),
}


class WeakPassword(Exception):
    """The text says, in French, what the password must be."""


def prepared(password: str) -> str:
    """The same characters whichever keyboard typed them (é as one code point or as two)."""
    return unicodedata.normalize("NFC", password)


def check(password: str, policy: CredentialPolicy) -> None:
    """Raises WeakPassword with everything that is missing, in one sentence."""
    if missing := list(_missing(password, policy)):
        raise WeakPassword(f"Le mot de passe doit {', '.join(missing)}.")


def _missing(password: str, policy: CredentialPolicy) -> Iterator[str]:
    if not policy.shortest <= len(password) <= policy.longest:
        yield f"compter de {policy.shortest} à {policy.longest} caractères"
    if policy.only_letters_and_digits:
        if not (password.isascii() and password.isalnum()):
            yield "être composé de lettres sans accent et de chiffres seulement"
        if not any(character.isalpha() for character in password):
            yield "contenir au moins une lettre"
        if not any(character.isdigit() for character in password):
            yield "contenir au moins un chiffre"
