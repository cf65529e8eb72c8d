"""A copy of everything about a family, and a family forgotten."""

import asyncio
import base64
import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from aiohttp import web
from sqlalchemy import func, select, text

from accounts.exporting.archive import Archive
from accounts.exporting.maker import make_one
from accounts.store.tables import data_keys, export_pieces, metadata
from accounts.subscriptions.erasures import handlers
from accounts.upkeep import one_round
from chassis.auth import STAFF, Audience
from chassis.family_rows import about_family
from portail_contracts.billing import BillingErasureCompleted
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import EnrolmentErasureCompleted
from portail_contracts.messaging import MessagingErasureCompleted
from support import files
from support.health import RECORD, SECRET, put_health

LINES = [
    {"table": "requests", "row": {"number": "D-2026-00001"}},
    {"table": "papers", "file": "1.pdf", "base64": base64.b64encode(b"%PDF-" * 300_000).decode()},
]


@pytest.fixture
async def accounts(start, unused_tcp_port):
    """With three neighbours that answer as agreed."""
    running = await start()
    asked = []

    async def export(request):
        asked.append((request.path, dict(request.query)))
        body = "".join(json.dumps(line) + "\n" for line in LINES)
        return web.Response(text=body, content_type="application/x-ndjson")

    app = web.Application()
    app.router.add_get("/v1/internal/families/{family_id}/export", export)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", unused_tcp_port).start()
    peers = running.runtime.peers
    peers._token = ("token", running.clock.now() + timedelta(days=30))
    for context in (Context.ENROLMENT, Context.BILLING, Context.MESSAGING):
        peers._addresses[context] = f"http://127.0.0.1:{unused_tcp_port}"
    running.asked = asked
    yield running
    await peers.close()
    await running.runtime.documents.close()
    await runner.cleanup()


async def full_family(accounts, **changed):
    family = await accounts.add_family(**changed)
    child = family["children"][0]["child_id"]
    assert (await put_health(accounts, child)).status_code == 200
    token = (await accounts.sign_in()).json()["token"]
    data = {"document_id": str(uuid4()), "kind": "address", "dated_on": "2026-11-02"}
    file = {"file": ("domicile.pdf", files.pdf())}
    sent = await accounts.call("POST", "/v1/me/documents", token=token, data=data, files=file)
    assert sent.status_code == 201
    keeper = await accounts.token(Audience.SECRETARIAT)
    await accounts.call(
        "POST",
        f"/v1/staff/children/{child}/photo",
        token=keeper,
        data={"photo_id": str(uuid4())},
        files={"file": ("a.jpg", files.picture())},
    )
    return family, token


async def asked_copy(accounts, token):
    body = {"export_id": str(uuid4())}
    answer = await accounts.call("POST", "/v1/me/exports", body, token=token)
    assert answer.status_code == 202, answer.text
    return answer.json()["export_id"]


async def fetched(accounts, token, export_id):
    return await accounts.call("GET", f"/v1/me/exports/{export_id}/content", token=token)


async def state(accounts, token):
    (one,) = (await accounts.call("GET", "/v1/me/exports", token=token)).json()["items"]
    return one


async def test_a_family_gets_a_copy_of_everything(accounts):
    _, token = await full_family(accounts)
    export_id = await asked_copy(accounts, token)
    again = await accounts.call("POST", "/v1/me/exports", {"export_id": str(uuid4())}, token=token)
    assert again.json()["export_id"] == export_id  # one at a time
    assert (await fetched(accounts, token, export_id)).status_code == 404
    assert (await state(accounts, token))["state"] == "waiting"
    assert await make_one(accounts.runtime)
    assert not await make_one(accounts.runtime)
    ready = await state(accounts, token)
    assert (ready["state"], ready["done"], ready["steps"]) == ("ready", 4, 4)
    answer = await fetched(accounts, token, export_id)
    assert answer.headers["content-disposition"] == 'attachment; filename="mes-donnees.zip"'
    assert len(answer.content) == ready["byte_size"]
    copy = zipfile.ZipFile(io.BytesIO(answer.content))
    assert copy.testzip() is None
    names = set(copy.namelist())
    assert {
        "LISEZ-MOI.txt",
        "compte/famille.json",
        "compte/demandes.json",
        "compte/acces.json",
        "compte/qui-a-lu-quoi.json",
        "enfants/Lou/sante.json",
        "enfants/Lou/photo.jpg",
        "enfants/Lou/fiche-complete.pdf",
        "documents/liste.json",
        "documents/domicile.pdf",
        "inscriptions/donnees.json",
        "factures/papers/1.pdf",
        "messages/donnees.json",
    } <= names
    assert json.loads(copy.read("enfants/Lou/sante.json"))["record"] == RECORD
    assert copy.read("documents/domicile.pdf") == files.pdf()
    assert len(copy.read("factures/papers/1.pdf")) == 1_500_000
    access = copy.read("compte/acces.json").decode()
    assert "noisetier" in access
    assert "argon2" not in access
    reads = (await accounts.call("GET", "/v1/me/reads", token=token)).json()["items"]
    assert "export" in {one["part"] for one in reads}


async def test_a_copy_is_its_askers_alone_and_ends(accounts, clock):
    family, token = await full_family(accounts)
    export_id = await asked_copy(accounts, token)
    await make_one(accounts.runtime)
    await accounts.add_family("bleuet", name="Bleuet")
    stranger = (await accounts.sign_in("bleuet")).json()["token"]
    guardian = await accounts.token(
        Audience.FAMILY,
        family_id=UUID(family["family_id"]),
        guardian_id=UUID(family["guardians"][0]["guardian_id"]),
    )
    for other in (stranger, guardian):
        assert (await fetched(accounts, other, export_id)).status_code == 404
        answer = await accounts.call("GET", "/v1/me/exports", token=other)
        assert answer.json()["items"] == []
    async with accounts.runtime.database.reading() as connection:
        rows = await connection.execute(text("SELECT piece FROM export_pieces"))
        lying = b"".join(bytes(piece) for piece in rows.scalars())
    assert b"PK" not in lying[:20]
    assert SECRET.encode() not in lying
    clock.advance(timedelta(days=7, seconds=1))
    token = (await accounts.sign_in()).json()["token"]
    assert (await fetched(accounts, token, export_id)).status_code == 404
    await one_round(accounts.runtime)
    assert await _count(accounts, export_pieces) == 0


async def test_what_is_private_to_one_guardian_is_not_in_the_copy_of_the_other(accounts):
    street = "12 rue du Canari"
    guardians = [
        {"given_name": "Camille", "family_name": "Noisetier", "is_payer": True, "street": street},
        {"given_name": "Sacha", "family_name": "Noisetier"},
    ]
    family, _ = await full_family(accounts, situation="separated", guardians=guardians)
    one, other = [person["guardian_id"] for person in family["guardians"]]
    for guardian, sees in ((one, True), (other, False)):
        token = await accounts.token(
            Audience.FAMILY,
            family_id=UUID(family["family_id"]),
            guardian_id=UUID(guardian),
        )
        export_id = await asked_copy(accounts, token)
        await make_one(accounts.runtime)
        content = (await fetched(accounts, token, export_id)).content
        copy = zipfile.ZipFile(io.BytesIO(content))
        whole = b"".join(copy.read(name) for name in copy.namelist())
        assert (street.encode() in whole) is sees
        asked = accounts.asked[-1][1]
        assert asked == {"apart": "true", "guardian_id": guardian}


async def test_a_copy_waits_for_a_service_that_is_away_and_is_begun_again(accounts):
    _, token = await full_family(accounts)
    await asked_copy(accounts, token)
    right = accounts.runtime.peers._addresses[Context.BILLING]
    accounts.runtime.peers._addresses[Context.BILLING] = "http://127.0.0.1:9"
    assert not await make_one(accounts.runtime)
    assert (await state(accounts, token))["state"] == "waiting"
    accounts.runtime.peers._addresses[Context.BILLING] = right
    assert await make_one(accounts.runtime)
    assert (await state(accounts, token))["state"] == "ready"


async def test_two_makers_make_one_copy(accounts):
    _, token = await full_family(accounts)
    await asked_copy(accounts, token)
    made = await asyncio.gather(*(make_one(accounts.runtime) for _ in range(3)))
    assert sorted(made) == [False, False, True]


async def test_a_family_is_forgotten_here_at_once_and_elsewhere_by_word(accounts):
    family, token = await full_family(accounts)
    ana = [{"given_name": "Ana", "family_name": "Bleuet", "is_payer": True}]
    await accounts.add_family("bleuet", name="Bleuet", guardians=ana, children=[])
    family_id = UUID(family["family_id"])
    asked = await accounts.call("POST", "/v1/me/erasure", token=token)
    assert asked.json()["asked_at"] is not None
    (waiting,) = (await accounts.as_staff("GET", "/v1/staff/erasures")).json()["items"]
    assert (waiting["reference"], waiting["started_at"]) == (family["reference"], None)

    path = f"/v1/staff/families/{family_id}/erasure"
    done = await accounts.as_staff("POST", path)
    assert done.json()["waiting"] == ["enrolment", "billing", "messaging"]
    assert (await accounts.as_staff("POST", path)).json()["erasure_id"] == done.json()["erasure_id"]
    (told,) = [e for e in await accounts.recorded() if e.type == "accounts.family.erased.v1"]
    assert told.data["child_ids"] == [family["children"][0]["child_id"]]

    async with accounts.runtime.database.reading() as connection:
        for table, condition in about_family(metadata, family_id):
            found = await connection.execute(
                select(func.count()).select_from(table).where(condition)
            )
            assert found.scalar_one() == 0, table.name
        for table in metadata.tables:
            if table in ("outbox", "inbox"):
                continue
            rows = await connection.execute(text(f"SELECT t::text FROM {table} t"))
            lying = " ".join(rows.scalars())
            assert "Noisetier" not in lying, table
            assert SECRET not in lying
    assert await _count(accounts, data_keys) == 0
    assert (await accounts.sign_in()).status_code == 401
    assert (await accounts.sign_in("bleuet")).status_code == 200


async def test_what_is_still_waiting_is_listed_until_the_last_answer(accounts, clock):
    family, _ = await full_family(accounts)
    family_id = UUID(family["family_id"])
    done = await accounts.as_staff("POST", f"/v1/staff/families/{family_id}/erasure")
    erasure_id = UUID(done.json()["erasure_id"])
    listening = handlers(accounts.runtime)
    clock.advance(timedelta(days=1, minutes=1))
    for kind, kept, left in (
        (EnrolmentErasureCompleted, (), ["billing", "messaging"]),
        (BillingErasureCompleted, ("Pièces comptables, dix ans",), ["messaging"]),
        (BillingErasureCompleted, ("encore",), ["messaging"]),
        (MessagingErasureCompleted, (), []),
    ):
        event = kind(version=1, family_id=family_id, erasure_id=erasure_id, kept=kept)
        async with accounts.runtime.database.transaction() as transaction:
            await listening[kind](transaction, event)
        (shown,) = (await accounts.as_staff("GET", "/v1/staff/erasures")).json()["items"]
        assert (shown["waiting"], shown["is_late"]) == (left, bool(left))
    assert shown["is_done"]
    assert [one["kept"] for one in shown["answers"]][1] == ["Pièces comptables, dix ans"]
    stray = MessagingErasureCompleted(version=1, family_id=family_id, erasure_id=uuid4())
    async with accounts.runtime.database.transaction() as transaction:
        await listening[MessagingErasureCompleted](transaction, stray)


async def test_a_family_may_think_better_of_it(accounts):
    _, token = await full_family(accounts)
    await accounts.call("POST", "/v1/me/erasure", token=token)
    for status in (204, 404):
        answer = await accounts.call("POST", "/v1/me/erasure/withdraw", token=token)
        assert answer.status_code == status
    own = await accounts.call("GET", "/v1/me/erasure", token=token)
    assert own.json() == {"asked_at": None}


def test_an_archive_is_whole_whatever_its_pieces():
    archive, pieces = Archive(), []
    contents = {f"a/{n}.bin": bytes([n]) * 700_000 for n in range(5)}
    for name, content in contents.items():
        archive.add(name, content)
        pieces += archive.full_pieces()
    archive.add("a/1.bin", b"same name")
    pieces += archive.last_pieces()
    assert all(len(piece) == 1024 * 1024 for piece in pieces[:-1])
    whole = b"".join(pieces)
    assert len(whole) == archive.size
    copy = zipfile.ZipFile(io.BytesIO(whole))
    assert copy.testzip() is None
    assert copy.read("a/4.bin") == contents["a/4.bin"]
    assert copy.read("a/2-1.bin") == b"same name"


NOBODY = "0199e2b0-0000-7000-8000-00000000dead"
_RULES = [
    ("POST", "/v1/me/exports", {Audience.FAMILY}),
    ("GET", "/v1/me/exports", {Audience.FAMILY}),
    ("GET", f"/v1/me/exports/{NOBODY}/content", {Audience.FAMILY}),
    ("GET", "/v1/me/erasure", {Audience.FAMILY}),
    ("POST", "/v1/me/erasure", {Audience.FAMILY}),
    ("POST", "/v1/me/erasure/withdraw", {Audience.FAMILY}),
    ("GET", "/v1/staff/erasures", {Audience.ADMIN, Audience.AUDITOR}),
    ("POST", f"/v1/staff/families/{NOBODY}/erasure", {Audience.ADMIN}),
]


async def test_each_door_opens_to_those_it_is_for(accounts):
    for method, path, allowed in _RULES:
        assert (await accounts.call(method, path)).status_code == 401
        for audience in {Audience.FAMILY, Audience.SERVICE, *STAFF}:
            about = {"family_id": uuid4()} if audience is Audience.FAMILY else {}
            token = await accounts.token(audience, **about)
            status = (await accounts.call(method, path, token=token)).status_code
            assert (status != 403) is (audience in allowed), (method, path, audience, status)


async def _count(accounts, table):
    async with accounts.runtime.database.reading() as connection:
        found = await connection.execute(select(func.count()).select_from(table))
        return found.scalar_one()
