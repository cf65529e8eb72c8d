"""Where the typeface of printed documents is on this machine.

DejaVu Sans has the narrow spaces, the euro and the symbols that our documents use. No package of
Python's registry carries it alone under a licence that suits us: it is the system's own.
"""

from dataclasses import dataclass
from pathlib import Path

FAMILY = "dejavu"
FOLDERS = tuple(
    Path(folder)
    for folder in (
        "/usr/share/fonts/truetype/dejavu",  # Debian, Ubuntu
        "/usr/share/fonts/dejavu-sans-fonts",  # Fedora
        "/usr/share/fonts/dejavu",  # Alpine
        "/usr/share/fonts/TTF",  # Arch
    )
)


class FontsMissing(RuntimeError):
    """The sentence for the operator."""


@dataclass(frozen=True)
class Fonts:
    """The two faces that are embedded; italic is drawn upright, as no document needs it."""

    regular: Path
    bold: Path

    @property
    def folder(self) -> Path:
        return self.regular.parent


def find_fonts(folders: tuple[Path, ...] = FOLDERS) -> Fonts:
    """Raises FontsMissing, whose text says what to install."""
    for folder in folders:
        fonts = Fonts(folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf")
        if fonts.regular.is_file() and fonts.bold.is_file():
            return fonts
    raise FontsMissing(
        "La police DejaVu Sans manque, sans laquelle aucun document ne peut être imprimé :"
        " installez le paquet « fonts-dejavu-core », puis relancez."
    )
