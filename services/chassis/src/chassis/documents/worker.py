"""One process that turns HTML into PDF: `python -m chassis.documents.worker <seconds>`.

It reads framed HTML on its standard input and ends when that closes. A template can name any file
or address; the policy refuses all but the folder of the fonts, and refused resources are left out
without a word, which is why the tests look at the content. What a document says is of people:
nothing of it is logged, and an error is told by its class only.
"""

import io
import logging
import os
import resource
import sys
from typing import Any, BinaryIO

from reportlab import rl_config
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from .fonts import Fonts, find_fonts
from .frames import LENGTH, Status, frame
from .numbering import Numbering
from .styles import keep_parsed_styles
from .typefaces import keep_typefaces

MEMORY = 1024**3
"""Bytes of address space: a document that asks for more fails alone."""

NARROW, NO_BREAK = "\u202f", "\u00a0"
"""The library ends lines at the first, between a thousand and its hundreds; never at the second."""


def main() -> None:
    requests, answers = _pipes()
    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.nice(5)  # pages that people wait for go first
    printer = Printer(find_fonts(), seconds=float(sys.argv[1]))
    printer.print("<p>é</p>")  # whatever is made at first use is made now
    answers.write(frame(Status.READY))
    while header := requests.read(LENGTH.size):
        _, length = LENGTH.unpack(header)
        answers.write(_answer(printer, requests.read(length)))


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Ours alone: a library that prints must not write among the frames."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    return requests, answers


def _answer(printer: "Printer", html: bytes) -> bytes:
    try:
        return frame(Status.PDF, printer.print(html.decode()))
    except Exception as error:
        return frame(Status.FAILED, type(error).__qualname__.encode())


class Printer:
    """Fonts are registered and styles are read once for the life of the process."""

    def __init__(self, fonts: Fonts, seconds: float) -> None:
        # The same HTML is the same PDF, to the byte: no date of the machine's clock inside.
        rl_config.invariant = 1
        keep_parsed_styles()
        self._numbering = Numbering()
        self._policy = ResourceAccessPolicy.server(
            fonts.folder, allow_remote=False, max_render_seconds=seconds
        )
        keep_typefaces(fonts, self.print)

    def print(self, html: str) -> bytes:
        """The PDF; raises whatever the libraries raise on a document that they cannot make."""
        self._numbering.prepare(html)
        html = html.replace(NARROW, NO_BREAK)
        out = io.BytesIO()
        made: Any = pisa.CreatePDF(html, dest=out, encoding="utf-8", resource_policy=self._policy)
        if made.err:
            raise ValueError("xhtml2pdf reported errors")
        return out.getvalue()


if __name__ == "__main__":
    main()
