"""« Page 1 / 3 » without laying the document out twice.

xhtml2pdf lays a document out again when it must say how many pages there are, which doubles the
work. Here pages are held back until the last one is made, and each then gets its two numbers.
"""

from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from xhtml2pdf.xhtml2pdf_reportlab import PmlBaseDoc

from .fonts import FAMILY

MARK = "<!-- numbered -->"
"""What the letterhead says, so that a document of another shape gets no numbers."""

FACE, SIZE = f"{FAMILY}_00", 7.5
RIGHT, BASELINE = 192 * mm, 19.2 * mm
"""The end and the line of the letterhead's foot."""


class NumberedCanvas(Canvas):  # type: ignore[misc]
    """Pages wait until it is known how many they are."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._waiting: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._waiting.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        pages = self._waiting
        for number, page in enumerate(pages, 1):
            self.__dict__.update(page)
            self.setFont(FACE, SIZE)
            self.setFillGray(0)
            self.drawRightString(RIGHT, BASELINE, f"Page {number} / {len(pages)}")
            super().showPage()
        super().save()


class Numbering:
    """Whether the document at hand is numbered; one at a time in a process."""

    def __init__(self) -> None:
        self._wanted = False
        build = PmlBaseDoc.build

        def numbered(doc: Any, *given: Any, **options: Any) -> Any:
            if self._wanted:
                options.setdefault("canvasmaker", NumberedCanvas)
            return build(doc, *given, **options)

        PmlBaseDoc.build = numbered

    def prepare(self, html: str) -> None:
        self._wanted = MARK in html
