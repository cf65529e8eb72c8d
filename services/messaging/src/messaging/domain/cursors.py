"""How far a partner has read, as a text that means nothing to it.

A cursor names the event that it stands behind by number and by the end of its id: one of another
database, or of one that was put back from a copy, is not taken for a place in this one.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from uuid import UUID

FORM = struct.Struct(">BQ8s")
VERSION = 1
NOTHING = bytes(8)


class Unreadable(ValueError):
    """Not a text that we gave."""

    def __init__(self) -> None:
        super().__init__("« after » est le « cursor » d’une réponse précédente, ou « latest ».")


@dataclass(frozen=True)
class Cursor:
    """Behind event `number`, or before all events (0)."""

    number: int
    mark: bytes = NOTHING

    @classmethod
    def behind(cls, number: int, event_id: UUID) -> "Cursor":
        return cls(number, mark_of(event_id))

    def __str__(self) -> str:
        packed = FORM.pack(VERSION, self.number, self.mark)
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def mark_of(event_id: UUID) -> bytes:
    """The half of an id that is chance."""
    return event_id.bytes[8:]


def read_cursor(text: str) -> Cursor:
    """Raises Unreadable."""
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        version, number, mark = FORM.unpack(packed)
    except (binascii.Error, ValueError, struct.error):
        raise Unreadable from None
    if version != VERSION or number > 2**63 - 1:
        raise Unreadable
    return Cursor(number, mark)
