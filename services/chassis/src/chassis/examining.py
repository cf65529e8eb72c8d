"""What a file really is, and a photo made harmless: run as a program of its own.

`python -m chassis.examining document|photo|logo` reads a file from a stranger on its standard
input and prints a line of JSON, then (for a photo or a logo) the picture made anew. Readers of PDF
and pictures have had faults: this process has no secret, no connection, little memory and time.
"""

import io
import json
import resource
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.filters import ASCII85Decode, ASCIIHexDecode
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

SECONDS = 15
MEMORY = 1024 * 1024 * 1024
MOST_PAGES = 100
MOST_PIXELS = 50_000_000
"""A telephone's camera makes 12 to 50 million."""
MOST_INFLATED = 256 * 1024 * 1024
"""Bytes that all streams of one PDF may make together."""
PHOTO_SIDE = 640
SMALLEST_SIDE = 120
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png"}
PHOTO_GROUND = "white"
LOGO_SIZE = (480, 176)
SMALLEST_LOGO = 32
LOGOS = {**PICTURES, "WEBP": "image/webp"}


class Refused(Exception):
    """Why the file is not taken: a code, which the service says in French."""


def examine_document(content: bytes) -> dict[str, Any]:
    """Media type and pages; raises Refused."""
    if content.startswith(b"%PDF-"):
        return {"media_type": "application/pdf", "pages": _pages(content)}
    with _opened(content) as picture:
        picture.load()
        return {"media_type": PICTURES[str(picture.format)], "pages": 1}


def remake_photo(content: bytes) -> bytes:
    """The picture upright, no larger than is shown, without a word of metadata; as a JPEG."""
    with _opened(content) as picture:
        # JPEGs are decoded at a fraction of their size where that is enough.
        picture.draft("RGB", (2 * PHOTO_SIDE, 2 * PHOTO_SIDE))
        upright = ImageOps.exif_transpose(picture)
        if min(upright.size) < SMALLEST_SIDE:
            raise Refused("too-small")
        upright.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
        plain = Image.new("RGB", upright.size, PHOTO_GROUND)
        opaque = upright.convert("RGBA")
        plain.paste(opaque, mask=opaque)
    made = io.BytesIO()
    plain.save(made, "JPEG", quality=86, optimize=True)
    return made.getvalue()


def remake_logo(content: bytes) -> bytes:
    """As large as a page shows it on a fine screen, transparent where it was; as a PNG."""
    with _opened(content, LOGOS) as picture:
        upright = ImageOps.exif_transpose(picture)
        if min(upright.size) < SMALLEST_LOGO:
            raise Refused("too-small-logo")
        plain = upright.convert("RGBA")
    plain.thumbnail(LOGO_SIZE)
    # Pixels and nothing else: a new picture has no metadata.
    bare = Image.new("RGBA", plain.size)
    bare.paste(plain)
    made = io.BytesIO()
    bare.save(made, "PNG", optimize=True)
    return made.getvalue()


def _opened(content: bytes, formats: Iterable[str] = PICTURES) -> Image.Image:
    picture = Image.open(io.BytesIO(content), formats=list(formats))
    # The size stands in the header: nothing is decoded before it is known to be small enough.
    if picture.width * picture.height > MOST_PIXELS:
        raise Refused("too-many-pixels")
    if getattr(picture, "n_frames", 1) > 1:
        raise Refused("moving")
    return picture


def _pages(content: bytes) -> int:
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Refused("encrypted")
    if not 0 < len(reader.pages) <= MOST_PAGES:
        raise Refused("too-many-pages")
    inflated = 0
    for item in _objects(reader):
        if _acts(item):
            raise Refused("active")
        if isinstance(item, StreamObject):
            inflated += _size_of(item, MOST_INFLATED - inflated)
            if inflated > MOST_INFLATED:
                raise Refused("bomb")
    return len(reader.pages)


def _objects(reader: PdfReader) -> Iterator[Any]:
    """Every object of the file, reachable from a page or not."""
    known = [
        (number, generation) for generation, numbers in reader.xref.items() for number in numbers
    ]
    known += [(number, 0) for number in reader.xref_objStm]
    for number, generation in known:
        if number:
            yield reader.get_object(IndirectObject(number, generation, reader))


def _acts(item: Any) -> bool:
    """Whether it does something when opened, or carries another file: proofs do neither."""
    if isinstance(item, list):
        return any(_acts(part) for part in item)
    if not isinstance(item, DictionaryObject):
        return False
    if item.get("/S") in ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm"):
        return True
    if any(name in item for name in ("/JS", "/EmbeddedFiles", "/EF", "/RichMediaContent")):
        return True
    # What stands inside it; what it only refers to is an object of its own.
    return any(_acts(part) for part in dict.values(item))


def _size_of(stream: StreamObject, most: int) -> int:
    """Bytes that a stream makes when it is read; above `most` it is enough to know that."""
    if stream.get("/Subtype") == "/Image":
        pixels = int(stream.get("/Width", 0)) * int(stream.get("/Height", 0))
        if pixels > MOST_PIXELS:
            raise Refused("too-many-pixels")
    data = bytes(stream._data)
    filters = _filters(stream)
    if sum(name in ("/FlateDecode", "/Fl") for name in filters) > 1:
        raise Refused("bomb")
    for name in filters:
        match name:
            case "/ASCII85Decode" | "/A85":
                data = ASCII85Decode.decode(data)
            case "/ASCIIHexDecode" | "/AHx":
                decoded = ASCIIHexDecode.decode(data)
                data = decoded if isinstance(decoded, bytes) else decoded.encode("latin-1")
            case "/FlateDecode" | "/Fl":
                return _inflated_size(data, most)
            case _:
                break
    return len(data)


def _filters(stream: StreamObject) -> Sequence[str]:
    named = stream.get("/Filter", ArrayObject())
    found = named.get_object() if isinstance(named, IndirectObject) else named
    return [str(item) for item in found] if isinstance(found, list) else [str(found)]


def _inflated_size(data: bytes, most: int) -> int:
    inflating, size = zlib.decompressobj(), 0
    while data and not inflating.eof:
        size += len(inflating.decompress(data, 1024 * 1024))
        data = inflating.unconsumed_tail
        if size > most:
            return size
    return size


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    answer, made = _answer(sys.argv[1], sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + made)


def _answer(work: str, content: bytes) -> tuple[dict[str, Any], bytes]:
    try:
        if work == "photo":
            made = remake_photo(content)
            return {"media_type": "image/jpeg", "pages": 1}, made
        if work == "logo":
            return {"media_type": "image/png", "pages": 1}, remake_logo(content)
        return examine_document(content), b""
    except Refused as refused:
        return {"refused": str(refused)}, b""
    except (MemoryError, RecursionError, Image.DecompressionBombError):
        return {"refused": "bomb"}, b""
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, SyntaxError):
        return {"refused": "unreadable"}, b""
    except (IndexError, zlib.error, AssertionError, ArithmeticError, NotImplementedError):
        return {"refused": "unreadable"}, b""


if __name__ == "__main__":
    main()
