"""A child's sheet on paper: complete only for those who may, and never without a trace."""

import io
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from chassis.auth import STAFF, Audience
from support import files
from support.health import RECORD, SECRET, put_health

MOBILE = "06 12 34 56 78"


@pytest.fixture
async def accounts(start):
    running = await start()
    yield running
    await running.runtime.documents.close()


def words(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


async def family_with_health(accounts, **changed):
    family = await accounts.add_family(
        guardians=[
            {
                "given_name": "Camille",
                "family_name": "Noisetier",
                "is_payer": True,
                "mobile_phone": MOBILE,
            },
            {"given_name": "Sacha", "family_name": "D’Érable"},
        ],
        **changed,
    )
    child = family["children"][0]["child_id"]
    assert (await put_health(accounts, child)).status_code == 200
    keeper = await accounts.token(Audience.SECRETARIAT)
    await accounts.call(
        "POST",
        f"/v1/staff/children/{child}/photo",
        token=keeper,
        data={"photo_id": str(uuid4())},
        files={"file": ("a.jpg", files.picture())},
    )
    return family, child


async def test_the_complete_sheet_says_what_the_simple_one_must_not(accounts):
    _, child = await family_with_health(accounts)
    token = (await accounts.sign_in()).json()["token"]
    simple = await accounts.call("GET", f"/v1/me/children/{child}/sheet.pdf", token=token)
    (page,) = words(simple)
    for said in ("Lou Noisetier", "02/03/2019", MOBILE, "Autorisations", "Page 1 / 1"):
        assert said in page
    assert SECRET not in page
    path = f"/v1/me/children/{child}/complete-sheet.pdf"
    complete = await accounts.call("GET", path, token=token)
    shown = " ".join(words(complete))
    for said in (SECRET, "Appeler le 15.", "Ventoline", "à faire depuis le 02/03/2025"):
        assert said in shown
    assert "Confidentiel" in shown
    assert "Lou" not in complete.headers["content-disposition"]
    assert PdfReader(io.BytesIO(complete.content)).pages[0].images
    reads = (await accounts.call("GET", "/v1/me/reads", token=token)).json()["items"]
    assert [one["part"] for one in reads[:2]] == ["complete_sheet", "sheet"]


async def test_a_guardian_apart_reads_no_telephone_of_the_other(accounts):
    family, child = await family_with_health(accounts, situation="separated")
    other = family["guardians"][1]["guardian_id"]
    token = await accounts.token(
        Audience.FAMILY, family_id=UUID(family["family_id"]), guardian_id=UUID(other)
    )
    sheet = await accounts.call("GET", f"/v1/me/children/{child}/sheet.pdf", token=token)
    assert MOBILE not in "".join(words(sheet))
    staff = f"/v1/staff/children/{child}/sheet.pdf"
    seen = await accounts.as_staff("GET", staff, role=Audience.CENTRE)
    assert MOBILE in "".join(words(seen))


async def test_hostile_words_are_words_on_paper_too(accounts):
    _, child = await family_with_health(accounts)
    hostile = "<img src='file:///etc/passwd'><script>alert(1)</script> {{ 7*7 }} &amp; "
    record = {**RECORD, "notes": [{"text": hostile + "mot " * 300, "noted_on": None}]}
    assert (await put_health(accounts, child, record, version=1)).status_code == 200
    path = f"/v1/staff/children/{child}/complete-sheet.pdf"
    shown = " ".join(words(await accounts.as_staff("GET", path, role=Audience.SECRETARIAT)))
    assert "{{ 7*7 }}" in shown
    assert "<script>" in shown
    assert "root:" not in shown


async def test_each_sheet_is_for_those_whose_work_needs_it(accounts):
    _, child = await family_with_health(accounts)
    other = await accounts.add_family("bleuet", name="Bleuet")
    theirs = (await accounts.sign_in("bleuet")).json()["token"]
    for path in ("sheet.pdf", "complete-sheet.pdf"):
        stranger = await accounts.call("GET", f"/v1/me/children/{child}/{path}", token=theirs)
        assert stranger.status_code == 404
    assert other
    may = {
        "sheet.pdf": {Audience.SECRETARIAT, Audience.CENTRE, Audience.ADMIN},
        "complete-sheet.pdf": {Audience.SECRETARIAT, Audience.CENTRE},
    }
    unknown = uuid4()
    for path, roles in may.items():
        for role in {*STAFF, Audience.SERVICE}:
            answer = await accounts.as_staff(
                "GET", f"/v1/staff/children/{unknown}/{path}", role=role
            )
            assert answer.status_code == (404 if role in roles else 403), (path, role)
        assert (await accounts.call("GET", f"/v1/me/children/{child}/{path}")).status_code == 401
