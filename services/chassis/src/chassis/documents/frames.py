"""What the pool and its workers say to each other over a pipe: a length, then that many bytes."""

import struct
from enum import IntEnum

LENGTH = struct.Struct("!BI")
"""A status and the length of what follows, before every message in both directions."""


class Status(IntEnum):
    """What a message is."""

    HTML = 0
    PDF = 1
    READY = 2
    FAILED = 3


def frame(status: Status, payload: bytes = b"") -> bytes:
    return LENGTH.pack(status, len(payload)) + payload
