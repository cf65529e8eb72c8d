"""Style sheets read once per process, though xhtml2pdf reads them anew for every document.

A sheet that has rules only is the same for every document, so what was read is kept. One with
an at-rule (`@page`, `@font-face`) also changes the document that it is read for, and is read again:
they are short.
"""

from typing import Any

from xhtml2pdf.context import pisaContext

KEPT = 64
"""Sheets; ours are a handful, and a document with styles of its own must not fill the memory."""


def keep_parsed_styles() -> None:
    """Have sheets without at-rules parsed once in this process."""
    parse = pisaContext._parseCSSSource
    kept: dict[str, Any] = {}

    def parse_once(self: Any, text: str, source_name: str) -> Any:
        if "@" in text:
            return parse(self, text, source_name)
        if text not in kept:
            if len(kept) >= KEPT:
                kept.clear()
            kept[text] = parse(self, text, source_name)
        return kept[text]

    pisaContext._parseCSSSource = parse_once
