"""A table that somebody exported from a spreadsheet: which letters, which separator."""

import csv
import re
from collections.abc import Iterator, Mapping

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SEPARATORS = (";", "\t", ",")
LONGEST_LINE = 20_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


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


class Cells(Mapping[str, str]):
    """A line by the titles of its columns; cells that it does not reach are empty.

    A file has lines by the ten thousand: the titles are kept once, not with each.
    """

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Mapping[str, int], cells: tuple[str, ...]) -> None:
        self._places = places
        self._cells = cells

    def __getitem__(self, title: str) -> str:
        place = self._places[title]
        return self._cells[place] if place < len(self._cells) else ""

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def rows_of(text: str) -> list[tuple[int, Cells]]:
    """Each line with its number in the file; empty lines are left out.

    Raises UnreadableTable.
    """
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    same: dict[str, str] = {}
    try:
        titles = [_title(cell) for cell in next(reader, [])]
        if len(set(titles)) != len(titles):
            raise UnreadableTable("Deux colonnes ont le même titre.")
        places = {title: place for place, title in enumerate(titles)}
        found = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(titles):
                raise UnreadableTable(
                    f"La ligne {reader.line_num} a plus de cellules que de titres."
                )
            # Towns, schools and names are said a thousand times: each is kept once.
            kept = tuple(same.setdefault(cell, cell) for cell in cells)
            found.append((reader.line_num, Cells(places, kept)))
    except csv.Error:
        raise UnreadableTable(
            f"La ligne {reader.line_num} ne peut pas être lue\u00a0: un guillemet n’est pas fermé."
        ) from None
    return found


def _lines(text: str) -> Iterator[str]:
    """Line by line with its end, as a file gives it: a copy of the whole would be four times it."""
    return (line[0] for line in _LINE.finditer(text))


def _title(cell: str) -> str:
    return "_".join(cell.strip().lower().split())
