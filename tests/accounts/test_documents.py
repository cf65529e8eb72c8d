"""Supporting documents: who brings them, who opens them, until when they prove something."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from accounts.domain.document import (
    DocumentKind,
)
from accounts.use_cases.remind_documents import remind_documents
from accounts.use_cases.settle_change import apply_change
from chassis.auth import STAFF, Audience
from support import files

SECRET = "canari-jugement"
TODAY = date(2026, 11, 24)
K = DocumentKind


def form(kind="address", content=None, **changed):
    """The fields and file of one sending."""
    fields = {"document_id": str(uuid4()), "kind": kind, "dated_on": "2026-11-02", **changed}
    file = (f"{SECRET}.pdf", content or files.pdf(), "application/pdf")
    return {
        "data": {name: value for name, value in fields.items() if value},
        "files": {"file": file},
    }


async def send(accounts, token, sending, path="/v1/me/documents"):
    return await accounts.call("POST", path, token=token, **sending)


async def test_a_family_sends_a_document_and_saves_it_again(accounts):
    await accounts.add_family()
    token = (await accounts.sign_in()).json()["token"]
    content = files.pdf(2)
    sent = await send(accounts, token, form(content=content))
    assert sent.status_code == 201, sent.text
    said = sent.json()
    assert (said["state"], said["pages"], said["media_type"]) == ("pending", 2, "application/pdf")
    assert (said["label"], said["expires_on"]) == ("Justificatif de domicile", "2027-02-02")
    listed = (await accounts.call("GET", "/v1/me/documents", token=token)).json()
    assert listed["items"] == [said]

    path = f"/v1/me/documents/{said['document_id']}/content"
    saved = await accounts.call("GET", path, token=token)
    assert saved.content == content
    assert saved.headers["content-disposition"].startswith(f'attachment; filename="{SECRET}.pdf"')
    assert saved.headers["content-security-policy"].startswith("sandbox")
    assert saved.headers["x-content-type-options"] == "nosniff"
    reads = (await accounts.call("GET", "/v1/me/reads", token=token)).json()["items"]
    assert [(one["part"], one["subject_id"]) for one in reads] == [
        ("document", said["document_id"])
    ]


async def test_the_same_sending_again_is_one_document(accounts, problem_of):
    await accounts.add_family()
    token = (await accounts.sign_in()).json()["token"]
    sending = form()
    first, again = await send(accounts, token, sending), await send(accounts, token, sending)
    assert again.json() == first.json()
    sending["data"]["kind"] = "quotient"
    other = await send(accounts, token, sending)
    assert (other.status_code, problem_of(other)) == (409, "accounts.document-conflict")
    assert len((await accounts.call("GET", "/v1/me/documents", token=token)).json()["items"]) == 1


async def test_another_family_finds_neither_document_nor_photo(accounts):
    await accounts.add_family()
    other = await accounts.add_family("bleuet", name="Bleuet")
    theirs = (await accounts.sign_in("bleuet")).json()["token"]
    mine = (await accounts.sign_in()).json()["token"]
    sending = form()
    document = (await send(accounts, theirs, sending)).json()["document_id"]
    child = other["children"][0]["child_id"]
    photo = {"data": {"photo_id": str(uuid4())}, "files": {"file": ("a.jpg", files.picture())}}
    assert (
        await send(accounts, theirs, photo, f"/v1/me/children/{child}/photo")
    ).status_code == 201
    for path in (
        f"/v1/me/documents/{document}/content",
        f"/v1/me/documents/{uuid4()}/content",
        f"/v1/me/children/{child}/photo?state=pending",
    ):
        assert (await accounts.call("GET", path, token=mine)).status_code == 404
    stolen = form("insurance", child_id=child)
    assert (await send(accounts, mine, stolen)).status_code == 404
    assert (await send(accounts, mine, photo, f"/v1/me/children/{child}/photo")).status_code == 404
    assert (await send(accounts, mine, sending)).status_code == 409
    assert (await accounts.call("GET", "/v1/me/reads", token=mine)).json()["items"] == []


async def test_each_office_opens_what_its_work_needs(accounts):
    family = await accounts.add_family()
    child = family["children"][0]["child_id"]
    path = f"/v1/staff/families/{family['family_id']}/documents"
    token = await accounts.token(Audience.SECRETARIAT)
    made = {}
    for kind in ("quotient", "care_plan", "court_ruling"):
        sent = await send(accounts, token, form(kind, child_id=child), path)
        assert sent.json()["state"] == "accepted", sent.text
        made[kind] = sent.json()["document_id"]
    may = {
        Audience.SECRETARIAT: {"quotient", "care_plan", "court_ruling"},
        Audience.CENTRE: {"care_plan"},
        Audience.CASH_OFFICE: {"quotient"},
    }
    for role, kinds in may.items():
        listed = (await accounts.as_staff("GET", path, role=role)).json()["items"]
        assert {one["kind"] for one in listed} == kinds
        for kind, document in made.items():
            content = f"/v1/staff/documents/{document}/content"
            status = (await accounts.as_staff("GET", content, role=role)).status_code
            assert status == (200 if kind in kinds else 404), (role, kind)


async def test_a_guardian_apart_does_not_see_the_papers_of_the_other(accounts):
    family = await accounts.add_family(situation="separated")
    ids = [one["guardian_id"] for one in family["guardians"]]
    about = {"family_id": UUID(family["family_id"])}
    one, other = [
        await accounts.token(Audience.FAMILY, guardian_id=UUID(guardian), **about)
        for guardian in ids
    ]
    sent = (await send(accounts, one, form())).json()["document_id"]
    shared = await accounts.token(Audience.FAMILY, **about)
    for token, status in ((one, 200), (other, 404), (shared, 404)):
        answer = await accounts.call("GET", f"/v1/me/documents/{sent}/content", token=token)
        assert answer.status_code == status
        listed = (await accounts.call("GET", "/v1/me/documents", token=token)).json()["items"]
        assert len(listed) == (status == 200)
    child = family["children"][0]["child_id"]
    await send(accounts, one, form("insurance", child_id=child))
    listed = (await accounts.call("GET", "/v1/me/documents", token=other)).json()["items"]
    assert [item["kind"] for item in listed] == ["insurance"]


async def test_the_papers_of_a_guardian_who_left_are_read_by_staff_alone(accounts):
    family = await accounts.add_family(situation="separated")
    camille, sacha = [one["guardian_id"] for one in family["guardians"]]
    about = {"family_id": UUID(family["family_id"])}
    own = await accounts.token(Audience.FAMILY, guardian_id=UUID(sacha), **about)
    sent = (await send(accounts, own, form())).json()["document_id"]
    child = family["children"][0]["child_id"]
    insurance = (await send(accounts, own, form("insurance", child_id=child))).json()
    change = {
        "request_id": str(uuid4()),
        "kind": "family.update",
        "typed": {f"guardian.{sacha}.street": "9 rue Secrète"},
    }
    asked = await accounts.call("POST", "/v1/me/changes", change, token=own)
    assert asked.status_code == 201, asked.text
    async with accounts.runtime.database.transaction() as transaction:
        for request_id in (sent, insurance["document_id"], change["request_id"]):
            await apply_change(transaction, UUID(request_id), (), accounts.clock.now())
    path = f"/v1/staff/families/{family['family_id']}"
    version = (await accounts.as_staff("GET", path)).json()["version"]
    gone = await accounts.as_staff("DELETE", f"{path}/guardians/{sacha}?version={version}")
    assert gone.status_code == 200, gone.text

    # One guardian is left: alone in the file, but not the one whose papers these are.
    left = await accounts.token(Audience.FAMILY, guardian_id=UUID(camille), **about)
    shared = await accounts.token(Audience.FAMILY, **about)
    for token in (left, shared, own):
        content = f"/v1/me/documents/{sent}/content"
        assert (await accounts.call("GET", content, token=token)).status_code == 404
        listed = (await accounts.call("GET", "/v1/me/documents", token=token)).json()["items"]
        assert [one["kind"] for one in listed] == ["insurance"]
        told = await accounts.call("GET", "/v1/me/changes", token=token)
        assert "Secrète" not in told.text
    keeper = await accounts.token(Audience.SECRETARIAT)
    opened = await accounts.call("GET", f"/v1/staff/documents/{sent}/content", token=keeper)
    assert opened.status_code == 200
    # The address's proof ends in February: nobody is left to bring another.
    later = accounts.clock.now() + timedelta(days=69)
    await remind_documents(accounts.runtime.database, later)
    reminded = [one for one in await accounts.recorded() if "reminded" in one.type]
    assert reminded == []


async def test_documents_lie_sealed(accounts):
    await accounts.add_family()
    token = (await accounts.sign_in()).json()["token"]
    await send(accounts, token, form())
    async with accounts.runtime.database.reading() as connection:
        for table in ("documents", "document_contents", "outbox"):
            lying = " ".join(
                (await connection.execute(text(f"SELECT t::text FROM {table} t"))).scalars()
            )
            for clear in (SECRET.encode(), b"%PDF-", SECRET.encode().hex().encode()):
                assert clear.decode() not in lying
                assert clear.hex() not in lying


WRONG = [
    ({"kind": "diploma"}, "kind"),
    ({"kind": None}, "kind"),
    ({"document_id": "x"}, "document_id"),
    ({"dated_on": "hier"}, "dated_on"),
    ({"dated_on": None}, "dated_on"),
    ({"dated_on": "2027-01-01"}, "dated_on"),
    ({"dated_on": "2026-01-01"}, "dated_on"),
    ({"kind": "insurance"}, "child_id"),
    ({"kind": "insurance", "child_id": "Lou"}, "child_id"),
    ({"kind": "court_ruling", "expires_on": "2026-11-01"}, "expires_on"),
    ({"kind": "court_ruling", "expires_on": "9999-99-99"}, "expires_on"),
    ({"content": b"<html>"}, "file"),
    ({"content": files.pdf(password="secret")}, "file"),
]


async def test_what_is_wrong_is_told_beside_its_field(accounts):
    await accounts.add_family()
    token = (await accounts.sign_in()).json()["token"]
    for changed, field in WRONG:
        answer = await send(accounts, token, form(**changed))
        assert answer.status_code == 422, answer.text
        assert [item["field"] for item in answer.json()["fields"]] == [field], changed


async def test_hostile_sendings_are_refused(accounts):
    family = await accounts.add_family()
    token = (await accounts.sign_in()).json()["token"]
    large = form(content=b"%PDF-" + b"0" * (9 * 1024 * 1024))
    assert (await send(accounts, token, large)).status_code == 413
    a_little = form(content=b"%PDF-" + b"0" * (8 * 1024 * 1024))
    assert (await send(accounts, token, a_little)).json()["fields"][0]["rule"] == "too-large"
    assert (await accounts.call("POST", "/v1/me/documents", {}, token=token)).status_code == 422
    two = form()
    two["files"] = [("file", ("a.pdf", files.pdf())), ("file", ("b.pdf", files.pdf()))]
    assert (await send(accounts, token, two)).status_code == 422
    no_file = {**form(), "files": {"other": ("a.pdf", b"x")}}
    assert (await send(accounts, token, no_file)).status_code == 422
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data"}
    for body in (b"", b"--x", b"\xff" * 100):
        answer = await accounts.client.post("/v1/me/documents", content=body, headers=headers)
        assert answer.status_code == 422
    for name in (
        "../../etc/passwd",
        "a\x00b.pdf",
        "😀\u202egpj.exe",
        "a" * 1000,
        '"; x="',
        "é.pdf",
    ):
        sending = form("quotient")
        sending["files"] = {"file": (name, files.pdf(), "text/html")}
        sent = await send(accounts, token, sending)
        assert sent.status_code == 201, (name, sent.text)
        path = f"/v1/me/documents/{sent.json()['document_id']}/content"
        saved = await accounts.call("GET", path, token=token)
        assert saved.headers["content-type"] == "application/pdf"
        disposition = saved.headers["content-disposition"]
        assert disposition.count('"') == 2
        assert "/" not in disposition.replace("filename*", "")
        assert len(disposition) < 1000
    unknown = f"/v1/staff/families/{uuid4()}/documents"
    staff = await accounts.token(Audience.SECRETARIAT)
    assert (await send(accounts, staff, form(), unknown)).status_code == 404
    assert family


async def test_a_photo_is_shown_before_and_after_it_was_taken(accounts):
    family = await accounts.add_family()
    child = family["children"][0]["child_id"]
    mine, staff = f"/v1/me/children/{child}/photo", f"/v1/staff/children/{child}/photo"
    token = (await accounts.sign_in()).json()["token"]
    keeper = await accounts.token(Audience.SECRETARIAT)

    def sending(content):
        return {"data": {"photo_id": str(uuid4())}, "files": {"file": ("moi.jpg", content)}}

    assert (await accounts.call("GET", mine, token=token)).status_code == 404
    sent = await send(accounts, token, sending(files.picture((800, 600))), mine)
    assert (sent.status_code, sent.json()["state"]) == (201, "pending")
    assert (await accounts.call("GET", mine, token=token)).status_code == 404
    for path, caller in ((mine, token), (staff, keeper)):
        seen = await accounts.call("GET", f"{path}?state=pending", token=caller)
        assert seen.headers["content-type"] == "image/jpeg"
        assert files.CANARY.encode() not in seen.content
    direct = await send(accounts, keeper, sending(files.picture(kind="PNG")), staff)
    assert direct.json()["state"] == "current"
    assert (await accounts.call("GET", mine, token=token)).status_code == 200
    for bad in (files.pdf(), b"", files.picture((50, 50))):
        refused = await send(accounts, token, sending(bad), mine)
        assert refused.json()["fields"][0]["field"] == "file"


async def test_each_threshold_is_told_once(accounts, clock):
    family = await accounts.add_family()
    child = family["children"][0]["child_id"]
    token = await accounts.token(Audience.SECRETARIAT)
    path = f"/v1/staff/families/{family['family_id']}/documents"
    await send(accounts, token, form("address", dated_on="2026-09-20"), path)  # until 20 December
    care = form("care_plan", child_id=child, expires_on="2026-12-24")
    await send(accounts, token, care, path)
    await send(accounts, token, form("swimming_test", child_id=child), path)
    database = accounts.runtime.database
    told = []
    for days in range(40):
        made = await remind_documents(database, clock.now() + timedelta(days=days))
        assert await remind_documents(database, clock.now() + timedelta(days=days)) == 0
        told += [days] * made
    assert told == [0, 0, 19, 23, 26, 30]
    events = [e for e in await accounts.recorded() if e.type == "accounts.document.reminded.v1"]
    assert [(e.data["kind"], int(e.sequence)) for e in events[::2]] == [
        (events[0].data["kind"], 1),
        ("address", 2),
        ("address", 3),
    ]
    health = next(e for e in events if e.data["kind"] == "health")
    assert health.data["label"] == "Document de santé"
    assert health.data["child_name"] == "Lou"
    assert "PAI" not in str([e.data for e in events])


async def test_a_document_that_was_followed_is_left_in_peace(accounts, clock):
    family = await accounts.add_family()
    token = await accounts.token(Audience.SECRETARIAT)
    path = f"/v1/staff/families/{family['family_id']}/documents"
    parent = await accounts.token(Audience.FAMILY, family_id=UUID(family["family_id"]))

    async def to_renew(days):
        asked = f"/v1/me/documents?expires_within={days}"
        return (await accounts.call("GET", asked, token=parent)).json()["items"]

    await send(accounts, token, form("address", dated_on="2026-09-20"), path)  # until 20 December
    assert [len(await to_renew(days)) for days in (25, 26)] == [0, 1]
    await send(accounts, token, form("address", dated_on="2026-11-20"), path)
    assert await to_renew(30) == []
    assert await remind_documents(accounts.runtime.database, clock.now()) == 0


NOBODY = "0199e2b0-0000-7000-8000-00000000dead"
_OPENERS = {Audience.SECRETARIAT, Audience.CENTRE, Audience.CASH_OFFICE}
_RULES = [
    ("POST", "/v1/me/documents", {Audience.FAMILY}),
    ("GET", "/v1/me/documents", {Audience.FAMILY}),
    ("GET", f"/v1/me/documents/{NOBODY}/content", {Audience.FAMILY}),
    ("POST", f"/v1/me/children/{NOBODY}/photo", {Audience.FAMILY}),
    ("GET", f"/v1/me/children/{NOBODY}/photo", {Audience.FAMILY}),
    ("POST", f"/v1/staff/families/{NOBODY}/documents", {Audience.SECRETARIAT}),
    ("GET", f"/v1/staff/families/{NOBODY}/documents", _OPENERS),
    ("GET", f"/v1/staff/documents/{NOBODY}/content", _OPENERS),
    ("POST", f"/v1/staff/children/{NOBODY}/photo", {Audience.SECRETARIAT}),
    ("GET", f"/v1/staff/children/{NOBODY}/photo", {Audience.SECRETARIAT, Audience.CENTRE}),
]


async def test_each_door_opens_to_those_it_is_for(accounts):
    for method, path, allowed in _RULES:
        assert (await accounts.call(method, path)).status_code == 401
        for audience in {Audience.FAMILY, Audience.SERVICE, *STAFF}:
            about = {"family_id": uuid4()} if audience is Audience.FAMILY else {}
            token = await accounts.token(audience, **about)
            status = (await accounts.call(method, path, token=token)).status_code
            assert (status != 403) is (audience in allowed), (method, path, audience, status)
