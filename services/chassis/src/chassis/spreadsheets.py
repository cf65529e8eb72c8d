"""Tables for spreadsheets: CSV as a French one opens it, and ODS. No cell is ever a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from xml.sax.saxutils import escape

from odfdo import Document, Row, Table

Value = str | int | date | None


class Cents(int):
    """An amount in euro cents, which a table shows in euros."""

    @property
    def euros(self) -> str:
        """With a decimal comma and no unit: `-12,34`."""
        return f"{'-' if self < 0 else ''}{abs(self) // 100},{abs(self) % 100:02d}"


CSV_TYPE: Final = "text/csv; charset=utf-8"
ODS_TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"

_NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A name that begins like a formula must not run in somebody's spreadsheet."""
    return f"'{text}" if text.lstrip(" \n")[:1] in _BEGINS_A_FORMULA else text


def csv_table(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """UTF-8 with its mark, semicolons, days as 24/11/2026, amounts as 1234,50."""
    page = io.StringIO()
    writer = csv.writer(page, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(title) for title in head])
    writer.writerows([_as_text(value) for value in row] for row in rows)
    return page.getvalue().encode("utf-8-sig")


def _as_text(value: Value) -> str:
    match value:
        case None:
            return ""
        case date():
            return f"{value:%d/%m/%Y}"
        case str():
            return harmless(value)
        case Cents():
            return value.euros
        case _:
            return str(value)


def ods_table(title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet; numbers are numbers and days are days, so that they can be counted and sorted.

    The library makes the document; the lines are written into it as text, because an object for
    each cell took minutes for the families of one authority.
    """
    document = Document("spreadsheet")
    document.body.clear()
    sheet = Table(title[:31])
    sheet.append_row(Row())
    document.body.append(sheet)
    kept = io.BytesIO()
    document.save(kept)
    lines = "".join(_line(values) for values in (head, *rows))
    return _with_lines(kept, lines.encode())


def _with_lines(package: io.BytesIO, lines: bytes) -> bytes:
    """The same package, with these lines where its one empty line stood."""
    filled = io.BytesIO()
    with zipfile.ZipFile(package) as old, zipfile.ZipFile(filled, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "content.xml":
                before, found, after = content.partition(b"<table:table-row/>")
                if not found:
                    raise ValueError("the library writes an empty line otherwise")
                content = before + lines + after
            new.writestr(entry, content)
    return filled.getvalue()


def _line(values: Sequence[Value]) -> str:
    return f"<table:table-row>{''.join(_cell(value) for value in values)}</table:table-row>"


def _cell(value: Value) -> str:
    match value:
        case None | "":
            return "<table:table-cell/>"
        case date():
            kind, shown = f'"date" office:date-value="{value:%Y-%m-%d}"', f"{value:%d/%m/%Y}"
        case str():
            kind, shown = '"string"', escape(_NOT_IN_XML.sub("", value))
        case Cents():
            exact = value.euros.replace(",", ".")
            kind = f'"currency" office:currency="EUR" office:value="{exact}"'
            shown = f"{value.euros}\u00a0€"
        case _:
            kind, shown = f'"float" office:value="{value}"', str(value)
    return f"<table:table-cell office:value-type={kind}><text:p>{shown}</text:p></table:table-cell>"
