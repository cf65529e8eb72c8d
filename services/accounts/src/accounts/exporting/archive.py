"""A ZIP that grows piece by piece, so that none is ever whole in memory nor on a disk."""

import json
import zipfile
from typing import IO, Any, cast

PIECE = 1024 * 1024
_MADE = (2026, 1, 1, 0, 0, 0)
"""A date that says nothing: what is inside has its own."""


class _Sink:
    """What the ZIP writes to; it cannot be wound back."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.waiting += data
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        pass


class Archive:
    """Files go in one by one; full pieces come out as they are ready."""

    def __init__(self) -> None:
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(cast("IO[bytes]", self._sink), "w")
        self._names: set[str] = set()

    @property
    def size(self) -> int:
        return self._sink.size

    def add(self, name: str, content: bytes) -> None:
        """Two files of one name are kept apart."""
        folder, slash, last = name.rpartition("/")
        number = 1
        while name in self._names:
            number += 1
            name = f"{folder}{slash}{number}-{last}"
        self._names.add(name)
        entry = zipfile.ZipInfo(name, _MADE)
        packed = name.endswith((".json", ".txt"))
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        self._zip.writestr(entry, content)

    def add_json(self, name: str, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
        self.add(name, text.encode())

    def full_pieces(self) -> list[bytes]:
        waiting, pieces = self._sink.waiting, []
        while len(waiting) >= PIECE:
            pieces.append(bytes(waiting[:PIECE]))
            del waiting[:PIECE]
        return pieces

    def last_pieces(self) -> list[bytes]:
        """Closes it."""
        self._zip.close()
        pieces = self.full_pieces()
        return [*pieces, bytes(self._sink.waiting)]
