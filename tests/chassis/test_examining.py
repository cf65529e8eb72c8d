"""Files from strangers: taken for what their bytes are, or refused in words."""

import asyncio
import io
import sys

import pytest
from PIL import Image

from chassis import examination, examining
from chassis.examination import WORDS, Examiner, FileRefused
from support import files


@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (files.pdf(3), "application/pdf", 3),
        (files.pdf_bomb(1_000_000), "application/pdf", 1),
        (files.picture(), "image/jpeg", 1),
        (files.picture(kind="PNG"), "image/png", 1),
    ],
    ids=["pdf", "pdf with a stream", "jpeg", "png"],
)
def test_a_file_is_what_its_bytes_are(content, media_type, pages):
    assert examining.examine_document(content) == {"media_type": media_type, "pages": pages}


BAD = {
    "words": (b"bonjour", "unreadable"),
    "page": (b"<html><script>alert(1)</script></html>", "unreadable"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unreadable"),
    "program": (b"MZ\x90\x00" + b"\0" * 200, "unreadable"),
    "gif": (b"GIF89a" + b"\0" * 200, "unreadable"),
    "late pdf": (b"GIF89a" + files.pdf(), "unreadable"),
    "rubbish after the head": (b"%PDF-1.7\nrubbish", "unreadable"),
    "cut pdf": (files.pdf(2)[:200], "unreadable"),
    "cut jpeg": (files.picture()[:-400], "unreadable"),
    "cut png": (files.picture(kind="PNG")[:-100], "unreadable"),
    "password": (files.pdf(password="secret"), "encrypted"),
    "script": (files.pdf(script="app.alert(1)"), "active"),
    "file inside": (files.pdf_with_file(), "active"),
    "long": (files.pdf(examining.MOST_PAGES + 1), "too-many-pages"),
    "nested bomb": (files.pdf_bomb(10_000_000, times=2), None),
    "huge picture": (files.png_of(9_000, 9_000), "too-many-pixels"),
    "huge picture in a pdf": (files.pdf_with_picture_of(20_000, 20_000), "too-many-pixels"),
    "moving": (files.moving_png(), "moving"),
}


@pytest.mark.parametrize("name", [name for name, (_, code) in BAD.items() if code])
def test_what_is_no_sound_proof_is_refused(name):
    content, code = BAD[name]
    answer, made = examining._answer("document", content)
    assert (answer, made) == ({"refused": code}, b"")
    assert code in WORDS


def test_a_bomb_is_refused_before_it_bursts(monkeypatch):
    monkeypatch.setattr(examining, "MOST_INFLATED", 5_000_000)
    answer, _ = examining._answer("document", files.pdf_bomb(60_000_000))
    assert answer == {"refused": "bomb"}


@pytest.mark.parametrize("cut", range(0, 900, 60))
def test_no_cut_of_a_file_is_a_fault_of_ours(cut):
    for content in (files.pdf(), files.picture(), files.picture(kind="PNG")):
        answer, _ = examining._answer("document", content[:cut])
        assert answer.get("refused") in {None, *WORDS}
        answer, _ = examining._answer("photo", content[:cut])
        assert answer.get("refused") in {None, *WORDS}


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_is_made_anew_upright_and_without_words(kind):
    sent = files.picture((1600, 1200), kind, turned=True)
    assert files.CANARY.encode() in sent
    made = examining.remake_photo(sent)
    assert files.CANARY.encode() not in made
    shown = Image.open(io.BytesIO(made))
    assert (shown.format, shown.size, dict(shown.getexif())) == ("JPEG", (480, 640), {})
    # Turned: what was left is on top.
    red, _, blue = shown.getpixel((240, 100))
    assert red > 200 > blue


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_logo_is_made_anew_small_and_without_words(kind):
    made = examining.remake_logo(files.picture((1600, 400), kind))
    assert files.CANARY.encode() not in made
    shown = Image.open(io.BytesIO(made))
    assert (shown.format, shown.mode, shown.size, shown.info) == ("PNG", "RGBA", (480, 120), {})


def test_a_logo_stays_transparent_and_is_neither_a_point_nor_a_poster():
    clear = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(clear, "PNG")
    shown = Image.open(io.BytesIO(examining.remake_logo(clear.getvalue())))
    assert shown.getpixel((50, 50))[3] == 0
    assert examining._answer("logo", files.picture((16, 16)))[0] == {"refused": "too-small-logo"}
    assert examining._answer("logo", b"<svg/>")[0] == {"refused": "unreadable"}
    # WebP is for logos alone: neither a photo nor a document is read from one.
    webp = files.picture((400, 400), "WEBP")
    assert examining._answer("photo", webp)[0] == {"refused": "unreadable"}


def test_what_is_transparent_becomes_white():
    clear = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(clear, "PNG")
    shown = Image.open(io.BytesIO(examining.remake_photo(clear.getvalue())))
    assert min(shown.getpixel((100, 100))) > 250


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (files.picture((100, 100)), "too-small"),
        (files.pdf(), "unreadable"),
        (files.png_of(9_000, 9_000), "too-many-pixels"),
    ],
    ids=["small", "pdf", "large"],
)
def test_what_is_no_photo_is_refused(content, code):
    answer, _ = examining._answer("photo", content)
    assert answer == {"refused": code}


async def test_the_program_answers_and_knows_nothing_of_the_service(monkeypatch):
    monkeypatch.setenv("ACCOUNTS_MASTER_KEY", "secret")
    examiner = Examiner()
    document, photo = await asyncio.gather(
        examiner.document(files.pdf(2)), examiner.photo(files.picture())
    )
    assert (document.media_type, document.pages) == ("application/pdf", 2)
    assert Image.open(io.BytesIO(photo.content)).size == (300, 200)
    for content, code in ((b"", "empty"), (b"x" * (examination.MOST_BYTES + 1), "too-large")):
        with pytest.raises(FileRefused) as refused:
            await examiner.document(content)
        assert refused.value.code == code
    probe = "import os, accounts; print(dict(os.environ))"
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-c", probe), stdout=asyncio.subprocess.PIPE, env={}
    )
    printed, _ = await program.communicate()
    assert b"MASTER_KEY" not in printed


async def test_a_program_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(examination, "SECONDS", 0.01)
    with pytest.raises(FileRefused) as refused:
        await Examiner().document(files.pdf())
    assert refused.value.code == "bomb"
