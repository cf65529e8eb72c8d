"""Tables for other software: CSV as French spreadsheets open it, and ODS."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from odfdo import Cell, Document, Row, Table

Value = str | int | date | datetime | None


class Cents(int):
    """An amount, which a table shows in euros."""


def neutralised(text: str) -> str:
    """A cell that begins like a formula is text: a name must not run in a spreadsheet."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def as_csv(headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """UTF-8 with BOM, semicolons, decimal commas."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([_text(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Cents):
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 100},{abs(value) % 100:02d}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return neutralised(value) if isinstance(value, str) else str(value)


def as_ods(title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """One sheet; amounts are numbers, dates are dates, text is never a formula."""
    document = Document("spreadsheet")
    document.body.clear()
    table = Table(title[:31])
    for values in (headings, *rows):
        row = Row()
        for value in values:
            row.append_cell(Cell(**_typed(value)), clone=False)
        table.append_row(row, clone=False)
    document.body.append(table)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _typed(value: Value) -> dict[str, Any]:
    if isinstance(value, Cents):
        return {"value": value / 100, "cell_type": "currency", "currency": "EUR"}
    if isinstance(value, int):
        return {"value": value, "cell_type": "float"}
    if isinstance(value, datetime | date):
        return {"value": value, "cell_type": "date"}
    return {"value": value or "", "cell_type": "string"}
