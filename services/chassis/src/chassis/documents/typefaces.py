"""Typefaces read once per process, though xhtml2pdf reads and hashes their files for each document.

A document normally names them by `@font-face`; here one first document does, and what the library
then knows of them is given to every later one.
"""

from collections.abc import Callable
from typing import Any

from xhtml2pdf.context import pisaContext

from .fonts import FAMILY, Fonts


def keep_typefaces(fonts: Fonts, render: Callable[[str], object]) -> None:
    """Have `render` make a document with the faces, and others know them without naming them."""
    known: dict[str, str] = {}
    register, begin = pisaContext.registerFont, pisaContext.__init__

    def noting(self: Any, *given: Any, **named: Any) -> None:
        register(self, *given, **named)
        known.update(self.fontList)

    pisaContext.registerFont = noting
    try:
        render(_faces(fonts) + "<p>é</p>")
    finally:
        pisaContext.registerFont = register

    def knowing(self: Any, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        self.fontList.update(known)

    pisaContext.__init__ = knowing


def _faces(fonts: Fonts) -> str:
    """As a style sheet, so that templates need not know paths."""
    rules = "".join(
        f"@font-face {{font-family: {FAMILY}; src: url('{path}'); font-weight: {weight}}}"
        for path, weight in ((fonts.regular, "normal"), (fonts.bold, "bold"))
    )
    return f"<style>{rules}</style>"
