"""Files as people send them, good and bad, made on the spot."""

import io
import zlib

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import (
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

CANARY = "canari-metadata"


def picture(
    size: tuple[int, int] = (300, 200),
    kind: str = "JPEG",
    *,
    turned: bool = False,
    words: str = CANARY,
) -> bytes:
    """A picture whose left half is red, with words in its metadata."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x010E] = words
    if turned:
        exif[0x0112] = 6  # a telephone held upright
    made = io.BytesIO()
    image.save(made, kind, exif=exif)
    return made.getvalue()


def pdf(pages: int = 1, password: str | None = None, script: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password)
    if script:
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(script)}
        named = DictionaryObject({NameObject(name): value for name, value in action.items()})
        writer.root_object[NameObject("/OpenAction")] = named
    return _written(writer)


def pdf_with_file() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.add_attachment("virus.exe", b"MZ")
    return _written(writer)


def pdf_bomb(size: int, times: int = 1) -> bytes:
    """A page whose content takes `size` bytes once inflated, and few before."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    data, filters = b"\0" * size, NameObject("/FlateDecode")
    for _ in range(times):
        data = zlib.compress(data, 9)
    stream = StreamObject()
    stream._data = data
    stream[NameObject("/Filter")] = filters
    page[NameObject("/Contents")] = writer._add_object(stream)
    return _written(writer)


def pdf_with_picture_of(width: int, height: int) -> bytes:
    """A page that says it holds a huge picture."""
    writer = PdfWriter()
    page = writer.add_blank_page(595, 842)
    image = StreamObject()
    image._data = b"\0"
    image.update(
        {
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(width),
            NameObject("/Height"): NumberObject(height),
        }
    )
    named = DictionaryObject({NameObject("/Im0"): writer._add_object(image)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): named})
    return _written(writer)


def png_of(width: int, height: int) -> bytes:
    """A small file that announces a huge picture."""
    made = io.BytesIO()
    Image.new("1", (width, height)).save(made, "PNG")
    return made.getvalue()


def moving_png() -> bytes:
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue")]
    made = io.BytesIO()
    frames[0].save(made, "PNG", save_all=True, append_images=frames[1:])
    return made.getvalue()


def _written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
