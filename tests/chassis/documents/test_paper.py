"""What is on the paper, and what a template cannot reach."""

import base64
from pathlib import Path

import pytest

from chassis.documents import documents_environment
from chassis.documents.fonts import FontsMissing, find_fonts
from chassis.documents.worker import Printer
from chassis.settings import Authority

from .letters import letter, read

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGA"
    "WjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def printer():
    return Printer(find_fonts(), seconds=60)


def text_of(pdf):
    return " ".join("".join(page.extract_text() for page in read(pdf).pages).split())


def pictures(pdf):
    return [image for page in read(pdf).pages for image in page.images]


def test_every_page_has_the_letterhead_and_says_which_it_is(printer):
    reader = read(printer.print(letter(60)))
    texts = [page.extract_text() for page in reader.pages]
    assert len(texts) == 2
    for number, text in enumerate(texts, 1):
        assert "Val d’Essai" in text
        assert f"Page {number} / 2" in text
    assert "Ligne 0 : 1 234,50 €" in " ".join(texts[0].split())
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert reader.metadata.title == "Facture 2026-0001"
    assert reader.root_object["/Lang"] == "fr"


def test_the_typeface_is_embedded_and_only_that_one(printer):
    reader = read(printer.print(letter()))
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]
    # The library names Helvetica on every page, but draws nothing with it.
    embedded = [font for font in fonts if font["/BaseFont"] != "/Helvetica"]
    assert embedded
    for font in embedded:
        assert "DejaVuSans" in font["/BaseFont"]
        assert "/FontFile2" in font["/FontDescriptor"]


def test_the_same_document_twice_is_the_same_bytes(printer):
    assert printer.print(letter()) == printer.print(letter())


def test_a_template_reaches_no_file_and_no_address(printer, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("root:x:0:0 SECRET")
    picture = tmp_path / "picture.png"
    picture.write_bytes(base64.b64decode(PIXEL))
    hostile = f"""<style>@import url("file://{secret}"); p {{background: url({picture})}}</style>
      <p>Bonjour</p>
      <img src="file:///etc/passwd"><img src="/etc/passwd"><img src="{picture}">
      <img src="http://127.0.0.1:1/x.png"><img src="https://example.org/x.png">
      <link rel="stylesheet" href="file://{secret}">
      <object data="file:///etc/passwd"></object><iframe src="file:///etc/passwd"></iframe>
      <pdf:include src="{secret}" />"""
    pdf = printer.print(hostile)
    assert pictures(pdf) == []
    assert text_of(pdf) == "Bonjour"
    assert b"root:x" not in pdf
    # The guard looks at something: the same picture inside the document itself is drawn.
    inside = printer.print(f'<img src="data:image/png;base64,{PIXEL}">')
    assert len(pictures(inside)) == 1


def test_what_was_typed_stays_text(printer):
    env = documents_environment(authority=Authority())
    html = env.from_string("<p>{{ name }}</p>").render(name="<img src=x> & <b>Noisetier</b>")
    assert "<b>Noisetier</b>" in text_of(printer.print(html))


def test_no_line_ends_within_an_amount_or_before_a_question_mark(printer):
    words = "<p>" + " ".join(["1\u202f234,50\u00a0€ reçus\u202f?"] * 300) + "</p>"
    style = "<style>p {font-family: dejavu}</style>"
    (page, *_) = read(printer.print(style + words)).pages
    lines = page.extract_text().splitlines()
    assert len(lines) > 10
    assert not [line for line in lines if line.endswith("1") or line.startswith(("234", "€", "?"))]


def test_styles_that_are_kept_are_those_of_each_document(printer):
    """Rules are kept between documents, page sizes are not."""
    for _ in range(2):
        letterhead = read(printer.print(letter()))
        other = read(printer.print("<style>@page {size: a5}</style><p>x</p>"))
        assert round(float(letterhead.pages[0].mediabox[2])) == 595
        assert round(float(other.pages[0].mediabox[2])) == 420


def test_a_missing_typeface_is_one_sentence(tmp_path: Path):
    with pytest.raises(FontsMissing, match="fonts-dejavu-core"):
        find_fonts((tmp_path,))
