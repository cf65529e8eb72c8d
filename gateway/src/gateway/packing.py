"""A page kept compressed, with gaps for what is another one each time it is sent.

Each text between two gaps is compressed by itself; what fills a gap stands among them as it is
(RFC 1951, 3.2.4), so that the length of a page says nothing of the secret in its gaps.
"""

import secrets
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chassis.web.compressing import LEVEL, LONGEST_NAME

HEAD: Final = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"
"""RFC 1952: deflate, with a name, of no time, by an unknown system."""

LAST: Final = b"\x01\x00\x00\xff\xff"
_CRC_BASE: Final = 0xEDB88320
_ONE: Final = 1 << 31
_X8: Final = 1 << 23


@dataclass(frozen=True)
class Text:
    """What stays: compressed, with what its checksum and length add to the page's."""

    packed: bytes
    crc: int
    length: int


@dataclass(frozen=True)
class Packed:
    """Texts and, between two of them, the name of what fills the gap."""

    texts: tuple[Text, ...]
    gaps: tuple[str, ...]

    @property
    def size(self) -> int:
        return sum(len(text.packed) for text in self.texts)

    def filled(self, values: Mapping[str, bytes]) -> bytes:
        """The page as gzip. Lengthened by chance too, as every page is."""
        name = b"a" * secrets.randbelow(LONGEST_NAME) + b"\0"
        parts, crc, length = [HEAD, name], 0, 0
        for text, value in self._in_turn(values):
            parts.append(text.packed)
            crc, length = _joined(crc, text.crc, text.length), length + text.length
            if value:
                parts.append(struct.pack("<BHH", 0, len(value), len(value) ^ 0xFFFF) + value)
                crc, length = _joined(crc, zlib.crc32(value), len(value)), length + len(value)
        return b"".join([*parts, LAST, struct.pack("<LL", crc, length & 0xFFFFFFFF)])

    def _in_turn(self, values: Mapping[str, bytes]) -> Iterator[tuple[Text, bytes]]:
        for text, gap in zip(self.texts, (*self.gaps, None), strict=True):
            yield text, values[gap] if gap is not None else b""


def packed(page: bytes, gaps: Mapping[bytes, str]) -> Packed:
    """`gaps`: what stands in the page now, and the name of what will stand there."""
    texts, names = [page], list[str]()
    for value, name in gaps.items():
        texts, names = _divided(texts, names, value, name)
    return Packed(tuple(map(_text, texts)), tuple(names))


def _divided(
    texts: Sequence[bytes], names: Sequence[str], value: bytes, name: str
) -> tuple[list[bytes], list[str]]:
    """One value after the other: an expression for all would take ten times as long."""
    found: list[bytes] = []
    between: list[str] = []
    for text, former in zip(texts, (*names, None), strict=True):
        parts = text.split(value)
        found += parts
        between += [name] * (len(parts) - 1)
        if former is not None:
            between.append(former)
    return found, between


def _text(text: bytes) -> Text:
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    # A full flush ends on a whole byte, and nothing after it refers back to what was before.
    content = squeeze.compress(text) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return Text(content, zlib.crc32(text), len(text))


def _joined(first: int, second: int, length: int) -> int:
    """The checksum of two texts one after the other, from theirs and the second one's length."""
    return _times(_shifted(length), first) ^ second


@lru_cache(maxsize=4096)
def _shifted(length: int) -> int:
    """What `length` zero bytes after a text do to its checksum."""
    found, step = _ONE, _X8
    while length:
        if length & 1:
            found = _times(step, found)
        step = _times(step, step)
        length >>= 1
    return found


def _times(one: int, other: int) -> int:
    """The product of two polynomials modulo that of CRC-32, bits in its order."""
    product, bit = 0, _ONE
    while bit:
        if one & bit:
            product ^= other
        bit >>= 1
        other = (other >> 1) ^ _CRC_BASE if other & 1 else other >> 1
    return product
