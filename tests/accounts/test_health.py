"""Health data: opened by those who may, and never without a trace."""

from uuid import uuid4

from sqlalchemy import event, select, text

from accounts.store.tables import file_reads
from chassis.auth import STAFF, Audience
from support.health import RECORD, SECRET, child_of, put_health


async def _reads(accounts):
    async with accounts.runtime.database.reading() as connection:
        rows = await connection.execute(select(file_reads).order_by(file_reads.c.read_id))
        return [(row.part, row.act, row.purpose, row.reader_kind) for row in rows]


async def test_the_family_and_the_centre_read_what_the_secretariat_recorded(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    path = f"/v1/me/children/{child}/health"
    empty = (await accounts.call("GET", path, token=token)).json()
    assert empty["version"] == 0
    assert empty["record"]["allergies"] == []

    put = await put_health(accounts, child)
    assert (put.status_code, put.json()) == (200, {"version": 1, "record": RECORD, "pending": None})
    assert (await accounts.call("GET", path, token=token)).json() == put.json()
    staff = await accounts.as_staff(
        "GET", f"/v1/staff/children/{child}/health", role=Audience.CENTRE
    )
    assert staff.json() == put.json()


async def test_every_opening_is_shown_to_the_family(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    await put_health(accounts, child)
    await accounts.as_staff(
        "GET", f"/v1/staff/children/{child}/health?purpose=own", role=Audience.CENTRE
    )
    await accounts.call("GET", f"/v1/me/children/{child}/health", token=token)
    shown = (await accounts.call("GET", "/v1/me/reads", token=token)).json()
    assert [(item["act"], item["purpose"], item["reader"]["roles"]) for item in shown["items"]] == [
        ("read", "own", []),
        ("read", "front_desk", ["centre"]),  # staff cannot pass for the family
        ("recorded", "front_desk", ["secretariat"]),
    ]
    assert {item["child_name"] for item in shown["items"]} == {"Lou"}
    assert (shown["page"], shown["pages"], shown["total"]) == (1, 1, 3)
    for overseer in (Audience.AUDITOR, Audience.ADMIN, Audience.SECRETARIAT):
        seen = await accounts.as_staff("GET", f"/v1/staff/children/{child}/reads", role=overseer)
        assert seen.json() == shown
        assert SECRET not in seen.text


async def test_another_familys_child_has_no_health_and_leaves_no_trace(accounts):
    await child_of(accounts)
    other = await child_of(accounts, "bleuet", name="Bleuet")
    token = (await accounts.sign_in()).json()["token"]
    for stranger in (other, uuid4()):
        answer = await accounts.call("GET", f"/v1/me/children/{stranger}/health", token=token)
        assert answer.status_code == 404
    assert (await put_health(accounts, uuid4())).status_code == 404
    unknown = f"/v1/staff/children/{uuid4()}"
    assert (await accounts.as_staff("GET", f"{unknown}/reads")).status_code == 404
    assert await _reads(accounts) == []


async def test_what_cannot_be_noted_is_not_read(accounts):
    child = await child_of(accounts)
    await put_health(accounts, child)
    token = (await accounts.sign_in()).json()["token"]
    asked = []

    def refuse(_connection, _cursor, statement, *_rest):
        asked.append(statement)
        if statement.startswith("INSERT INTO file_reads"):
            raise RuntimeError("no room")

    engine = accounts.runtime.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", refuse)
    answer = await accounts.call("GET", f"/v1/me/children/{child}/health", token=token)
    event.remove(engine, "before_cursor_execute", refuse)
    assert answer.status_code == 500
    assert SECRET not in answer.text
    # It did not even come to the opening.
    assert not any("FROM health_records" in statement for statement in asked)


async def test_a_trace_that_is_not_committed_gives_nothing(accounts):
    child = await child_of(accounts)
    await put_health(accounts, child)

    def refuse(_connection):
        raise RuntimeError("the disk is full")

    engine = accounts.runtime.database.engine.sync_engine
    token = await accounts.token(Audience.CENTRE)
    event.listen(engine, "commit", refuse)
    answer = await accounts.call("GET", f"/v1/staff/children/{child}/health", token=token)
    event.remove(engine, "commit", refuse)
    assert answer.status_code == 500
    assert SECRET not in answer.text


async def test_the_database_alone_says_nothing(accounts):
    child = await child_of(accounts)
    await put_health(accounts, child)
    async with accounts.runtime.database.reading() as connection:
        for table in ("health_records", "data_keys", "file_reads", "outbox", "children"):
            rows = await connection.execute(text(f"SELECT t::text FROM {table} t"))
            lying = " ".join(rows.scalars())
            assert SECRET not in lying
            assert SECRET.encode().hex() not in lying
    assert "health" not in "".join(envelope.type for envelope in await accounts.recorded())


async def test_a_newer_version_is_never_overwritten(accounts, problem_of):
    child = await child_of(accounts)
    assert (await put_health(accounts, child)).json()["version"] == 1
    late = await put_health(accounts, child, {**RECORD, "notes": []})
    assert (late.status_code, problem_of(late)) == (409, "accounts.health-changed")
    assert (await put_health(accounts, child, version=1)).json()["version"] == 2


NOBODY = "0199e2b0-0000-7000-8000-00000000dead"
_RULES = [
    ("GET", f"/v1/me/children/{NOBODY}/health", {Audience.FAMILY}),
    ("GET", "/v1/me/reads", {Audience.FAMILY}),
    ("GET", f"/v1/staff/children/{NOBODY}/health", {Audience.SECRETARIAT, Audience.CENTRE}),
    ("PUT", f"/v1/staff/children/{NOBODY}/health", {Audience.SECRETARIAT}),
    (
        "GET",
        f"/v1/staff/children/{NOBODY}/reads",
        {Audience.SECRETARIAT, Audience.ADMIN, Audience.AUDITOR},
    ),
]


async def test_each_door_opens_to_those_it_is_for(accounts):
    for method, path, allowed in _RULES:
        await _opens_only_to(accounts, method, path, allowed)


async def _opens_only_to(accounts, method, path, allowed):
    body = {} if method == "PUT" else None
    assert (await accounts.call(method, path, body)).status_code == 401
    for audience in {Audience.FAMILY, Audience.SERVICE, *STAFF}:
        about = {"family_id": uuid4()} if audience is Audience.FAMILY else {}
        token = await accounts.token(audience, **about)
        status = (await accounts.call(method, path, body, token=token)).status_code
        assert (status != 403) is (audience in allowed), (audience, status)
