"""Tables for spreadsheets: CSV as a French one opens it, and ODS. No cell is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from odfdo import Cell, Document, Row, Table

Value = str | int | date | None

CSV_TYPE: Final = "text/csv; charset=utf-8"
ODS_TYPE: Final = "application/vnd.oasis.opendocument.spreadsheet"

_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A name that begins like a formula must not run in somebody's spreadsheet."""
    return f"'{text}" if text.lstrip(" \n")[:1] in _BEGINS_A_FORMULA else text


def csv_table(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """UTF-8 with its mark, semicolons, days as 24/11/2026."""
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
        case _:
            return str(value)


def ods_table(title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet; numbers are numbers and days are days, so that they can be counted and sorted."""
    document = Document("spreadsheet")
    document.body.clear()
    sheet = Table(title[:31])
    for values in (head, *rows):
        row = Row()
        for value in values:
            row.append_cell(_cell(value), clone=False)
        sheet.append_row(row, clone=False)
    document.body.append(sheet)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _cell(value: Value) -> Cell:
    match value:
        case None:
            return Cell("", cell_type="string")
        case str():
            return Cell(value, cell_type="string")
        case date():
            return Cell(value, cell_type="date")
        case _:
            return Cell(value, cell_type="float")
