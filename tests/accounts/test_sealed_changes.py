"""Health data, documents and photos that families propose: one bare line in the queue, decided
there, applied here."""

from datetime import timedelta
from uuid import UUID, uuid4

from accounts.use_cases.settle_change import apply_change, refuse_change, withdraw_change
from chassis.auth import STAFF, Audience
from support import files
from support.health import RECORD, SECRET, child_of, put_health


async def propose(accounts, token, child, record=RECORD, version=0, **more):
    body = {"request_id": str(uuid4()), "version": version, "record": record, **more}
    return await accounts.call("POST", f"/v1/me/children/{child}/health", body, token=token)


async def settle(accounts, decide, request_id, *items):
    async with accounts.runtime.database.transaction() as transaction:
        at = accounts.clock.now() + timedelta(minutes=1)
        await decide(transaction, UUID(request_id), *items, at)


async def health(accounts, token, child):
    return (await accounts.call("GET", f"/v1/me/children/{child}/health", token=token)).json()


async def events(accounts, end):
    return [one for one in await accounts.recorded() if one.type.endswith(end)]


async def test_proposed_health_data_waits_is_decided_and_takes_its_place(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    made = await propose(accounts, token, child)
    assert made.status_code == 201, made.text
    waiting = await health(accounts, token, child)
    assert (waiting["version"], waiting["record"]["allergies"]) == (0, [])
    assert waiting["pending"]["number"] == made.json()["number"]
    assert waiting["pending"]["record"] == RECORD
    staff = await accounts.as_staff(
        "GET", f"/v1/staff/children/{child}/health?purpose=request", role=Audience.SECRETARIAT
    )
    assert staff.json()["pending"]["record"] == RECORD

    (told,) = await events(accounts, "change.proposed.v1")
    assert told.data["kind"] == "child.health"
    assert [item["label"] for item in told.data["items"]] == ["Données sanitaires"]
    assert SECRET not in str([one.data for one in await accounts.recorded()])

    await settle(accounts, apply_change, made.json()["request_id"], [])
    applied = await health(accounts, token, child)
    assert (applied["version"], applied["record"], applied["pending"]) == (1, RECORD, None)
    assert len(await events(accounts, "change.applied.v1")) == 1
    reads = (await accounts.call("GET", "/v1/me/reads", token=token)).json()["items"]
    assert {one["act"] for one in reads} == {"read", "proposed"}


async def test_the_same_proposal_again_is_one_and_another_waits_its_turn(accounts, problem_of):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    one = str(uuid4())
    first = await propose(accounts, token, child, request_id=one)
    again = await propose(accounts, token, child, request_id=one)
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    other = {**RECORD, "notes": []}
    reused = await propose(accounts, token, child, other, request_id=one)
    assert problem_of(reused) == "accounts.request-id-reused"
    second = await propose(accounts, token, child, other)
    assert (second.status_code, problem_of(second)) == (409, "accounts.already-pending")
    corrected = await propose(accounts, token, child, other, replaces=one)
    assert corrected.status_code == 201
    assert (await health(accounts, token, child))["pending"]["record"]["notes"] == []
    assert [e.data["replaces"] for e in await events(accounts, "change.proposed.v1")] == [None, one]


async def test_nothing_newer_is_overwritten_in_silence(accounts, problem_of):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    made = (await propose(accounts, token, child)).json()
    desk = {**RECORD, "notes": [{"text": "Vu au guichet", "noted_on": None}]}
    assert (await put_health(accounts, child, desk)).json()["version"] == 1
    await settle(accounts, apply_change, made["request_id"], [])
    (rejected,) = await events(accounts, "change.rejected.v1")
    assert rejected.data["why"] == "version-conflict"
    assert (await health(accounts, token, child))["record"] == desk
    # Staff saw both and accept all the same.
    await settle(accounts, apply_change, made["request_id"], [])
    assert (await health(accounts, token, child))["record"] == RECORD
    late = await propose(accounts, token, child, {**RECORD, "allergies": []}, version=1)
    assert (late.status_code, problem_of(late)) == (409, "accounts.health-changed")
    same = await propose(accounts, token, child, RECORD, version=2)
    assert (same.status_code, problem_of(same)) == (422, "accounts.nothing-changed")


async def test_what_was_refused_or_withdrawn_is_kept_nowhere(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    for decide in (refuse_change, withdraw_change):
        made = (await propose(accounts, token, child)).json()
        await settle(accounts, decide, made["request_id"])
        assert (await health(accounts, token, child))["pending"] is None
        for path, kind in (("documents", "document_id"), (f"children/{child}/photo", "photo_id")):
            request_id = await _sent(accounts, token, path, kind)
            await settle(accounts, decide, request_id)
        photo = f"/v1/me/children/{child}/photo?state=pending"
        assert (await accounts.call("GET", photo, token=token)).status_code == 404
    listed = (await accounts.call("GET", "/v1/me/documents", token=token)).json()["items"]
    assert [one["state"] for one in listed] == ["refused"]
    path = f"/v1/me/documents/{listed[0]['document_id']}/content"
    assert (await accounts.call("GET", path, token=token)).status_code == 404


async def test_an_accepted_document_and_photo_take_their_place(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    document = await _sent(accounts, token, "documents", "document_id")
    photo = await _sent(accounts, token, f"children/{child}/photo", "photo_id")
    kinds = [
        (e.data["kind"], e.data["items"][0]["label"])
        for e in await events(accounts, "change.proposed.v1")
    ]
    assert kinds == [("document.submit", "Justificatif de domicile"), ("child.photo", "Photo")]
    for request_id in (document, photo):
        await settle(accounts, apply_change, request_id, [])
        await settle(accounts, apply_change, request_id, [])  # told twice is done once
    (listed,) = (await accounts.call("GET", "/v1/me/documents", token=token)).json()["items"]
    assert listed["state"] == "accepted"
    shown = await accounts.call("GET", f"/v1/me/children/{child}/photo", token=token)
    assert shown.status_code == 200
    photos = await accounts.call("GET", f"/v1/me/children/{child}/photos", token=token)
    assert photos.json() == {"current": True, "pending": False, "request_id": None}
    assert len(await events(accounts, "change.applied.v1")) == 2


async def test_another_photo_takes_the_place_of_the_one_that_waits(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    first = await _sent(accounts, token, f"children/{child}/photo", "photo_id")
    second = await _sent(accounts, token, f"children/{child}/photo", "photo_id")
    told = await events(accounts, "change.proposed.v1")
    assert [e.data["replaces"] for e in told] == [None, first]
    photos = await accounts.call("GET", f"/v1/me/children/{child}/photos", token=token)
    assert photos.json()["request_id"] == second
    await settle(accounts, apply_change, first, [])  # decided too late
    photos = await accounts.call("GET", f"/v1/me/children/{child}/photos", token=token)
    assert photos.json() == {"current": False, "pending": True, "request_id": second}


async def test_a_document_about_health_is_told_as_nothing_more(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    await _sent(accounts, token, "documents", "document_id", kind="care_plan", child_id=child)
    (told,) = await events(accounts, "change.proposed.v1")
    assert [item["label"] for item in told.data["items"]] == ["Document de santé"]
    assert "care_plan" not in str(told.data)


async def test_another_familys_child_has_no_proposals(accounts):
    await child_of(accounts)
    other = await child_of(accounts, "bleuet", name="Bleuet")
    token = (await accounts.sign_in()).json()["token"]
    assert (await propose(accounts, token, other)).status_code == 404
    assert (await propose(accounts, token, uuid4())).status_code == 404
    photos = await accounts.call("GET", f"/v1/me/children/{other}/photos", token=token)
    assert photos.status_code == 404


async def _sent(accounts, token, path, name, **more):
    """The id of what was sent, which is its request's."""
    request_id = str(uuid4())
    data = {name: request_id, **more}
    if name == "document_id":
        data = {"kind": "address", "dated_on": "2026-11-02", **data}
    content = files.pdf() if name == "document_id" else files.picture()
    sent = await accounts.call(
        "POST", f"/v1/me/{path}", token=token, data=data, files={"file": ("a", content)}
    )
    assert sent.status_code == 201, sent.text
    return request_id


async def test_staff_open_what_is_sealed_to_decide_and_the_family_sees_it(accounts):
    child = await child_of(accounts)
    token = (await accounts.sign_in()).json()["token"]
    health_id = (await propose(accounts, token, child)).json()["request_id"]
    care = await _sent(
        accounts, token, "documents", "document_id", kind="care_plan", child_id=child
    )
    proof = await _sent(accounts, token, "documents", "document_id")
    photo = await _sent(accounts, token, f"children/{child}/photo", "photo_id")
    doors = {
        f"{health_id}/health": {Audience.SECRETARIAT, Audience.CENTRE},
        f"{care}/file": {Audience.SECRETARIAT, Audience.CENTRE},
        f"{proof}/file": {Audience.SECRETARIAT, Audience.CASH_OFFICE},
        f"{photo}/file": {Audience.SECRETARIAT, Audience.CENTRE},
    }
    for path, roles in doors.items():
        for role in STAFF:
            answer = await accounts.as_staff("GET", f"/v1/staff/changes/{path}", role=role)
            allowed = answer.status_code == 200
            assert allowed is (role in roles), (path, role, answer.status_code)
    for wrong in (f"{photo}/health", f"{health_id}/file", f"{uuid4()}/health", f"{uuid4()}/file"):
        answer = await accounts.as_staff(
            "GET", f"/v1/staff/changes/{wrong}", role=Audience.SECRETARIAT
        )
        assert answer.status_code == 404

    compared = await accounts.as_staff(
        "GET", f"/v1/staff/changes/{health_id}/health", role=Audience.CENTRE
    )
    before, after = compared.json()["before"], compared.json()["after"]
    assert [one["title"] for one in before] == [one["title"] for one in after]
    assert before[0] == {"title": "Allergies", "lines": []}
    assert SECRET in after[0]["lines"][0]
    assert after[2]["lines"] == ["DTP, fait le 02/03/2020 : rappel à partir du 02/03/2025"]
    reads = (await accounts.call("GET", "/v1/me/reads", token=token)).json()["items"]
    by_staff = [one for one in reads if one["reader"]["kind"] == "staff"]
    assert {one["purpose"] for one in by_staff} == {"request"}
    assert {one["part"] for one in by_staff} == {"health", "document"}
