"""Documents joined to a pre-registration: examined, counted, opened on record, attached or gone."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from accounts.domain.preregistration import person_id
from accounts.store.reads import openings_of_family
from accounts.store.tables import data_keys, file_reads, newcomer_documents
from accounts.upkeep import one_round
from accounts.use_cases import join_document
from accounts.use_cases.settle_change import apply_change, refuse_change
from chassis.auth import Audience
from support import files

from .test_preregistration import TYPED, settle, staff_sees

TWO = {
    **TYPED,
    "child.2.given_name": "Issa",
    "child.2.family_name": "Tilleul",
    "child.2.born_on": "2019-01-02",
}


async def join(accounts, request_id, kind="address", content=None, **changed):
    fields = {
        "document_id": str(uuid4()),
        "kind": kind,
        "child": "",
        "dated_on": "2026-11-02",
        "expires_on": "",
        "address": "192.0.2.1",
        **changed,
    }
    return await accounts.call(
        "POST",
        f"/v1/preregistrations/{request_id}/documents",
        token=await accounts.token(Audience.SERVICE),
        data=fields,
        files={"file": ("domicile.pdf", files.pdf() if content is None else content)},
    )


async def joined(accounts, request_id, *sendings):
    for one in sendings:
        accounts.clock.advance(timedelta(seconds=1))
        answer = await join(accounts, request_id, **one)
        assert answer.status_code == 201, answer.text
    return [(one["kind"], one["child"]) for one in answer.json()["items"]]


async def submit(accounts, request_id, typed=TWO):
    given = {"request_id": request_id, "typed": typed, "address": "192.0.2.1"}
    return await accounts.as_service("POST", "/v1/preregistrations", given)


async def left(accounts, table=newcomer_documents):
    async with accounts.runtime.database.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar_one()


async def opened(accounts, path, role=Audience.SECRETARIAT):
    return await accounts.as_staff("GET", path, role=role)


def open_path(request_id, item):
    document_id = item["path"].partition(".")[2]
    return f"/v1/staff/changes/{request_id}/documents/{document_id}"


async def test_what_is_accepted_is_attached_and_the_rest_is_destroyed(accounts, problem_of):
    request_id = str(uuid4())
    kinds = [("address", None), ("insurance", 1), ("insurance", 2), ("quotient", None)]
    sendings = [{"kind": kind, "child": str(child or "")} for kind, child in kinds]
    content = files.pdf(2)
    sendings[0]["content"] = content
    assert await joined(accounts, request_id, *sendings) == kinds
    sent = await submit(accounts, request_id)
    assert sent.json()["documents"] == [
        "Justificatif de domicile",
        "Assurance responsabilité civile, Awa",
        "Assurance responsabilité civile, Issa",
        "Quotient familial ou avis d’imposition",
    ]
    assert problem_of(await join(accounts, request_id)) == "accounts.already-sent"
    items = {one["label"]: one for one in (await staff_sees(accounts, request_id))["items"]}
    address = items["Justificatif de domicile"]
    assert "Pages\u00a0: 2" in address["new"]
    assert "domicile.pdf" not in str(items)

    # The cash office opens what it needs, the centre does not; each opening is noted.
    path = open_path(request_id, address)
    saved = await opened(accounts, path, Audience.CASH_OFFICE)
    assert (saved.content, saved.headers["content-type"]) == (content, "application/pdf")
    assert 'filename="domicile.pdf"' in saved.headers["content-disposition"]
    assert (await opened(accounts, path, Audience.CENTRE)).status_code == 404
    assert (await opened(accounts, path, Audience.ADMIN)).status_code == 403
    insurance = open_path(request_id, items["Assurance responsabilité civile, Awa"])
    assert (await opened(accounts, insurance, Audience.CASH_OFFICE)).status_code == 404
    assert (await opened(accounts, open_path(uuid4(), address))).status_code == 404

    kept = [
        UUID(one["item_id"])
        for label, one in items.items()
        if "Issa" not in label and "Quotient" not in label
    ]
    await settle(accounts, apply_change, request_id, *kept)
    family_id = (await accounts.recorded())[-1].data["family_id"]
    listed = await opened(accounts, f"/v1/staff/families/{family_id}/documents")
    found = {one["kind"]: one for one in listed.json()["items"]}
    assert set(found) == {"address", "insurance"}
    assert {one["state"] for one in found.values()} == {"accepted"}
    assert found["insurance"]["child_id"] == str(person_id(UUID(family_id), "child", 1))
    path = f"/v1/staff/documents/{found['address']['document_id']}/content"
    assert (await opened(accounts, path)).content == content
    # The openings before the file was there are in the record that the family reads.
    async with accounts.runtime.database.reading() as connection:
        noted, _ = await openings_of_family(connection, UUID(family_id), offset=0, limit=9)
    document_id = UUID(found["address"]["document_id"])
    assert [one.opening.subject_id for one in noted] == [document_id] * 2
    assert await left(accounts) == 0
    # The key of the child that was not taken is gone with its document.
    assert await left(accounts, data_keys) == 2


async def test_a_refused_request_leaves_no_document_and_no_key(accounts):
    request_id = str(uuid4())
    await joined(accounts, request_id, {}, {"kind": "vaccination", "child": "1"})
    await submit(accounts, request_id, TYPED)
    (item, _) = (await staff_sees(accounts, request_id))["items"][-2:]
    assert (await opened(accounts, open_path(request_id, item))).status_code == 200
    events = [one.data["items"] for one in await accounts.recorded()]
    assert "Document de santé, Awa" in str(events)
    assert "accination" not in str(events)
    await settle(accounts, refuse_change, request_id)
    for table in (newcomer_documents, data_keys, file_reads):
        assert await left(accounts, table) == 0, table
    assert (await opened(accounts, open_path(request_id, item))).status_code == 404


async def test_a_document_waits_two_hours_for_its_form(accounts):
    request_id = str(uuid4())
    await joined(accounts, request_id, {})
    accounts.clock.advance(timedelta(hours=2, seconds=1))
    # Also without the daily round: the next one that comes in makes room.
    await joined(accounts, str(uuid4()), {})
    assert await left(accounts) == 1
    accounts.clock.advance(timedelta(hours=2, seconds=1))
    await one_round(accounts.runtime)
    assert (await left(accounts), await left(accounts, data_keys)) == (0, 0)


async def test_its_sender_takes_one_back_and_sends_one_twice_without_harm(accounts, problem_of):
    request_id, one = str(uuid4()), {"document_id": str(uuid4())}
    assert await joined(accounts, request_id, one, one, {"kind": "insurance", "child": "2"}) == [
        ("address", None),
        ("insurance", 2),
    ]
    other = await join(accounts, request_id, kind="quotient", **one)
    assert problem_of(other) == "accounts.document-conflict"
    path = f"/v1/preregistrations/{request_id}/documents"
    strange = path.replace(request_id, str(uuid4()))
    await accounts.as_service("DELETE", f"{strange}/{one['document_id']}")
    assert len((await accounts.as_service("GET", path)).json()["items"]) == 2
    gone = await accounts.as_service("DELETE", f"{path}/{one['document_id']}")
    assert [item["kind"] for item in gone.json()["items"]] == ["insurance"]
    # It is about a second child, and the form has one.
    refused = await submit(accounts, request_id, TYPED)
    assert refused.status_code == 422
    assert "retirez-le" in refused.json()["fields"][0]["message"]


async def test_what_cannot_be_is_said_beside_its_field(accounts):
    request_id = str(uuid4())
    for field, changed in (
        ("file", {"content": b"MZ"}),
        ("file", {"content": b"x" * (8 * 1024 * 1024 + 1)}),
        ("child_id", {"kind": "insurance"}),
        ("dated_on", {"dated_on": "2026-11-25"}),
        ("dated_on", {"dated_on": "2026-02-30"}),
        ("dated_on", {"dated_on": "2020-01-01"}),
        ("expires_on", {"expires_on": "2026-11-01"}),
        ("kind", {"kind": "care_plan"}),
        ("kind", {"kind": "x"}),
        ("child", {"child": "7"}),
    ):
        answer = await join(accounts, request_id, **changed)
        assert answer.status_code == 422, (field, answer.text)
        assert answer.json()["fields"][0]["field"] == field
    assert await left(accounts) == 0


async def test_strangers_fill_no_disk(accounts, problem_of, monkeypatch):
    request_id = str(uuid4())
    monkeypatch.setattr("accounts.domain.newcomer_document.MOST", 1)
    await joined(accounts, request_id, {})
    assert problem_of(await join(accounts, request_id)) == "accounts.too-much-joined"
    monkeypatch.setattr("accounts.domain.newcomer_document.MOST_UNSENT_BYTES", 10)
    assert problem_of(await join(accounts, str(uuid4()))) == "portail.busy"
    monkeypatch.setattr("accounts.domain.newcomer_document.MOST_BYTES", 10)
    assert problem_of(await join(accounts, str(uuid4()))) == "accounts.too-much-joined"
    monkeypatch.setattr(join_document, "MOST_AN_HOUR", 4)
    # Also a broken file counts: examining it costs.
    assert (await join(accounts, request_id, content=b"MZ")).status_code == 429
    elsewhere = await join(accounts, request_id, content=b"MZ", address="198.51.100.1")
    assert elsewhere.status_code == 422
