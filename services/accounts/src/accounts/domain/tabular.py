"""A table that somebody exported from a spreadsheet: which letters, which separator."""

import csv
import io

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SEPARATORS = (";", "\t", ",")
LONGEST_LINE = 20_000


class UnreadableTable(Exception):
    """The text says why, in French."""


def decoded(content: bytes) -> str:
    """UTF-8 with or without its mark; else what French spreadsheets wrote before."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"PK\x03\x04", b"%PDF")):
        raise UnreadableTable("Ce fichier n’est pas du CSV\u00a0: enregistrez-le au format CSV.")
    bare = content.removeprefix(BYTE_ORDER_MARK)
    if b"\x00" in bare:
        raise UnreadableTable("Ce fichier n’est pas du texte.")
    try:
        return bare.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return bare.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableTable("Ce fichier n’est ni en UTF-8 ni en Windows-1252.") from None


def rows_of(text: str) -> list[tuple[int, dict[str, str]]]:
    """Each line with its number in the file, by the column's title; empty lines are left out.

    Raises UnreadableTable.
    """
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        titles = [_title(cell) for cell in next(reader, [])]
        if len(set(titles)) != len(titles):
            raise UnreadableTable("Deux colonnes ont le même titre.")
        found = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(titles):
                raise UnreadableTable(
                    f"La ligne {reader.line_num} a plus de cellules que de titres."
                )
            found.append((reader.line_num, dict(zip(titles, cells, strict=False))))
    except csv.Error:
        raise UnreadableTable(
            f"La ligne {reader.line_num} ne peut pas être lue\u00a0: un guillemet n’est pas fermé."
        ) from None
    return found


def _title(cell: str) -> str:
    return "_".join(cell.strip().lower().split())
