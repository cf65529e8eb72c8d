"""Drafts wait for their owner; files are what they are, and nobody else's."""

import io

import pytest
from PIL import Image
from pypdf import PdfWriter

from chassis.identifiers import new_id
from messaging.domain.attachments import MOST_BYTES, MOST_PER_MESSAGE, FileRefused, safe_name
from messaging.inspection import inspected

from .test_threads import Access


def a_pdf(pages=1, password=None):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def a_picture(form="PNG", size=(8, 8)):
    made = io.BytesIO()
    Image.new("1", size).convert("L" if form == "JPEG" else "1").save(made, form)
    return made.getvalue()


PDF, PNG, JPEG = a_pdf(), a_picture(), a_picture("JPEG")


@pytest.fixture
def parent(messaging):
    return Access(messaging, new_id())


async def attach(access, draft_id, content, name="certificat.pdf", attachment_id=None):
    address = f"/drafts/{draft_id}/attachments/{attachment_id or new_id()}"
    return await access.ask("PUT", address, params={"name": name}, content=content)


async def a_draft(access, **fields):
    draft_id = str(new_id())
    kept = await access.ask("PUT", f"/drafts/{draft_id}", json={"body": "Début"} | fields)
    assert kept.status_code == 204
    return draft_id


async def test_a_draft_waits_until_it_is_sent_and_goes_with_its_files(parent, messaging):
    draft_id = await a_draft(parent, subject="Absence")
    await parent.ask("PUT", f"/drafts/{draft_id}", json={"subject": "Absence", "body": "La suite"})
    hung = await attach(parent, draft_id, PDF)
    assert (hung.status_code, hung.json()["media_type"]) == (201, "application/pdf")
    (draft,) = (await parent.ask("GET", "/drafts")).json()["items"]
    assert (draft["body"], draft["attachments"][0]["name"]) == ("La suite", "certificat.pdf")
    sent = {"thread_id": str(new_id()), "message_id": draft_id, "subject": "Absence", "body": "Fin"}
    assert (await parent.ask("POST", "/threads", json=sent)).status_code == 201
    assert (await parent.ask("GET", "/drafts")).json()["items"] == []
    (message,) = (await parent.thread(sent["thread_id"]))["items"]
    (file,) = message["attachments"]
    assert file["size"] == len(PDF)
    (item,) = (await parent.threads())["items"]
    assert item["has_attachments"]
    got = await parent.ask("GET", f"/attachments/{file['attachment_id']}")
    assert got.content == PDF
    assert got.headers["content-disposition"].startswith("attachment;")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-security-policy"].startswith("sandbox")
    for stranger in (Access(messaging, new_id()), Access(messaging, new_id(), new_id())):
        answer = await stranger.ask("GET", f"/attachments/{file['attachment_id']}")
        assert answer.status_code == 404


async def test_a_draft_and_its_files_are_its_owners_alone(parent, messaging):
    ana = Access(messaging, parent.family_id, new_id())
    draft_id = await a_draft(ana)
    file_id = (await attach(ana, draft_id, PNG, "photo.png")).json()["attachment_id"]
    for other in (parent, Access(messaging, new_id())):
        assert (await other.ask("GET", "/drafts")).json()["items"] == []
        asked = [
            await other.ask("GET", f"/drafts/{draft_id}"),
            await other.ask("PUT", f"/drafts/{draft_id}", json={"body": "vu"}),
            await attach(other, draft_id, PNG),
            await other.ask("DELETE", f"/drafts/{draft_id}/attachments/{file_id}"),
            await other.ask("GET", f"/attachments/{file_id}"),
        ]
        assert [answer.status_code for answer in asked] == [404] * 5
        await other.ask("DELETE", f"/drafts/{draft_id}")
    assert (await ana.ask("GET", f"/drafts/{draft_id}")).json()["body"] == "Début"


async def test_a_file_of_a_thread_for_one_guardian_is_not_for_the_other(parent, messaging):
    ana, ben = (Access(messaging, parent.family_id, new_id()) for _ in range(2))
    draft_id = await a_draft(ana)
    file_id = (await attach(ana, draft_id, JPEG, "jugement.jpg")).json()["attachment_id"]
    sent = {"thread_id": str(new_id()), "message_id": draft_id, "subject": "x", "body": "y"}
    await ana.ask("POST", "/threads", json=sent | {"only_me": True})
    assert (await ana.ask("GET", f"/attachments/{file_id}")).status_code == 200
    for other in (parent, ben):
        assert (await other.ask("GET", f"/attachments/{file_id}")).status_code == 404


async def test_files_can_be_taken_off_and_drafts_thrown_away(parent, messaging):
    draft_id = await a_draft(parent)
    file_id = (await attach(parent, draft_id, PNG)).json()["attachment_id"]
    await parent.ask("DELETE", f"/drafts/{draft_id}/attachments/{file_id}")
    assert (await parent.ask("GET", f"/attachments/{file_id}")).status_code == 404
    await attach(parent, draft_id, PNG)
    await parent.ask("DELETE", f"/drafts/{draft_id}")
    assert await messaging.rows("SELECT 1 FROM attachment_contents") == []


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>1</script>", b"GIF89a" + b"0" * 20, b"%PDF-1.7 nothing", PNG[:30]],
    ids=["empty", "page", "gif", "broken pdf", "cut picture"],
)
async def test_what_is_not_a_readable_pdf_jpeg_or_png_is_refused(parent, content):
    draft_id = await a_draft(parent)
    answer = await attach(parent, draft_id, content, "facture.pdf")
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert (await parent.ask("GET", f"/drafts/{draft_id}")).json()["attachments"] == []


async def test_the_sixth_file_and_the_too_large_one_are_refused(parent):
    draft_id = await a_draft(parent)
    too_large = await attach(parent, draft_id, PNG + b"0" * MOST_BYTES)
    assert too_large.status_code == 422
    assert (await attach(parent, draft_id, b"0" * (MOST_BYTES * 2))).status_code == 413
    same = new_id()
    for attachment_id in [same, same, *(new_id() for _ in range(MOST_PER_MESSAGE - 1))]:
        assert (await attach(parent, draft_id, PNG, "p.png", attachment_id)).status_code == 201
    assert (await attach(parent, draft_id, PNG)).status_code == 422
    draft = (await parent.ask("GET", f"/drafts/{draft_id}")).json()
    assert len(draft["attachments"]) == MOST_PER_MESSAGE


@pytest.mark.parametrize(
    ("content", "why"),
    [(a_pdf(password="x"), "mot de passe"), (a_picture(size=(10_000, 6_000)), "trop grande")],
    ids=["protected", "huge"],
)
async def test_a_file_is_refused_in_the_examiners_words(content, why):
    with pytest.raises(FileRefused, match=why):
        await inspected(content)


@pytest.mark.parametrize(
    ("claimed", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\photos\\été.HTML", "été.pdf"),
        ('a"b;c\r\nSet-Cookie: x.pdf', "a b c Set-Cookie x.pdf"),
        ("...", "piece-jointe.pdf"),
        ("x" * 300, "x" * 100 + ".pdf"),
    ],
)
def test_a_file_is_named_so_that_no_system_is_surprised(claimed, kept):
    assert safe_name(claimed, "application/pdf") == kept
