"""Who writes without signing in: through the contact form, a few times an hour. Pure."""

import re
from datetime import timedelta

from .threads import Unusable

WINDOW = timedelta(hours=1)
PER_ADDRESS = 5
ALTOGETHER = 200
"""Messages within the window: beyond that somebody floods us from many addresses."""

NAME_MAX, EMAIL_MAX = 120, 254
_EMAIL = re.compile(r"[^@\s<>\"',;:]+@[^@\s<>\"',;:]+\.[^@\s<>\"',;:.]{2,}")


class TooManySendings(Exception):
    """The form was used too often from there."""


def usable_name(typed: str) -> str:
    """Raises Unusable."""
    name = " ".join(typed.split())
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise Unusable("name", "Indiquez votre nom.")
    return name


def usable_email(typed: str) -> str:
    """An address that an answer can be sent to, as far as its form tells. Raises Unusable."""
    email = typed.strip()
    if len(email) > EMAIL_MAX or not email.isprintable() or not _EMAIL.fullmatch(email):
        raise Unusable("email", "Indiquez une adresse électronique, par exemple nom@exemple.fr.")
    return email


def check_pace(from_there: int, altogether: int) -> None:
    """Raises TooManySendings."""
    if from_there >= PER_ADDRESS or altogether >= ALTOGETHER:
        raise TooManySendings(
            "Trop de messages ont été envoyés depuis votre connexion. Réessayez dans une heure, "
            "ou appelez le service."
        )
