"""Names made comparable."""

import unicodedata


def plain(name: str) -> str:
    """Without case, accents, spaces and what joins names: « D’Érable » is `derable`."""
    spread = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in spread if letter.isalnum())
