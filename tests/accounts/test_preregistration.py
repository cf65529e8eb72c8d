"""A family that is not known yet writes to be registered, and staff open its file."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from accounts.domain.preregistration import CHILD, GUARDIAN, WISH
from accounts.sorting import sort_all
from accounts.store.tables import changes
from accounts.upkeep import one_round
from accounts.use_cases.settle_change import apply_change, refuse_change
from chassis.auth import Audience

TYPED = {
    "guardian.1.given_name": "Ousmane",
    "guardian.1.family_name": "Tilleul",
    "guardian.1.mobile_phone": "06 12 34 56 78",
    "guardian.1.email": "ousmane@example.test",
    "child.1.given_name": "Awa",
    "child.1.family_name": "Tilleul",
    "child.1.born_on": "2022-05-12",
    "wish.centre": "Les Libellules",
    "wish.starts_on": "2027-01-04",
    "consent": "yes",
}


def body(**changed):
    typed = {**TYPED, **changed.pop("typed", {})}
    return {"request_id": str(uuid4()), "typed": typed, "address": "192.0.2.1", **changed}


async def send(accounts, **changed):
    return await accounts.as_service("POST", "/v1/preregistrations", body(**changed))


async def settle(accounts, use_case, request_id, *items):
    async with accounts.runtime.database.transaction() as transaction:
        now = accounts.clock.now()
        if use_case is apply_change:
            await apply_change(transaction, UUID(request_id), items, now)
        else:
            await refuse_change(transaction, UUID(request_id), now)
    await sort_all(accounts.runtime)


async def staff_sees(accounts, request_id):
    token = await accounts.token(Audience.SECRETARIAT)
    answer = await accounts.call("GET", f"/v1/staff/changes/{request_id}", token=token)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_it_becomes_a_request_with_a_numbered_receipt(accounts):
    answer = await send(accounts)
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert receipt["number"].startswith("F-2026-")
    assert receipt["due_on"] == "2027-01-24"
    assert "considérée comme acceptée" in receipt["silence"]
    (event,) = await accounts.recorded()
    assert (event.data["kind"], event.data["subject"]) == ("family.preregister", "Famille Tilleul")
    # Names of the kinds of things only: no telephone, no address, no birth date on the bus.
    for secret in ("06", "ousmane@", "2022-05-12", "Libellules"):
        assert secret not in str([one["label"] for one in event.data["items"]])


async def test_sending_twice_is_one_request(accounts, problem_of):
    first = body()
    answers = [await accounts.as_service("POST", "/v1/preregistrations", first) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    first["typed"]["child.1.given_name"] = "Autre"
    other = await accounts.as_service("POST", "/v1/preregistrations", first)
    assert other.status_code == 409


async def test_accepting_opens_the_file_and_sends_an_activation(accounts):
    typed = {"child.2.given_name": "Issa", "child.2.family_name": "Tilleul"}
    request_id = (await send(accounts, typed={**typed, "child.2.born_on": "2019-01-02"})).json()[
        "request_id"
    ]
    await settle(accounts, apply_change, request_id)
    applied = [one for one in await accounts.recorded() if "change.applied" in one.type]
    family_id = applied[0].data["family_id"]
    family = (await accounts.as_staff("GET", f"/v1/staff/families/{family_id}")).json()
    assert (family["name"], family["reference"]) == ("Tilleul", "FAM-00001")
    assert [one["given_name"] for one in family["children"]] == ["Awa", "Issa"]
    assert [one["is_payer"] for one in family["guardians"]] == [True]
    listed = await accounts.as_staff("GET", f"/v1/staff/families/{family_id}/accesses")
    (access,) = listed.json()
    assert (access["identifier"], access["email"]) == ("tilleul", "ousmane@example.test")
    (link,) = [one for one in await accounts.recorded() if "access-link" in one.type]
    assert (link.data["purpose"], link.data["account_id"]) == ("activation", access["account_id"])
    # Accepted again, nothing is done twice.
    await settle(accounts, apply_change, request_id)
    assert len([one for one in await accounts.recorded() if "access-link" in one.type]) == 1


async def test_without_an_address_the_file_is_opened_and_a_letter_is_for_staff(accounts):
    sent = await send(accounts, typed={"guardian.1.email": ""})
    await settle(accounts, apply_change, sent.json()["request_id"])
    types = [one.type for one in await accounts.recorded()]
    assert "accounts.family.recorded.v1" in types
    assert not any("access-link" in one for one in types)


async def test_no_guardian_no_file(accounts):
    request_id = (await send(accounts)).json()["request_id"]
    seen = await staff_sees(accounts, request_id)
    (child,) = [one["item_id"] for one in seen["items"] if one["path"].startswith("child.")]
    await settle(accounts, apply_change, request_id, UUID(child))
    assert "change.rejected" in (await accounts.recorded())[-1].type
    assert (await accounts.as_staff("GET", "/v1/staff/families")).json()["total"] == 0


async def test_staff_are_told_of_families_that_look_alike(accounts, new_family):
    known = new_family()
    known["children"][0] |= {"given_name": "Awa", "born_on": "2022-05-12"}
    known["guardians"][0] |= {"email": "Ousmane@example.test"}
    made = await accounts.as_staff("POST", "/v1/staff/families", known)
    assert made.status_code == 201, made.text
    alike = await staff_sees(accounts, (await send(accounts)).json()["request_id"])
    hints = {one["label"]: one["old"] for one in alike["items"]}
    assert f"Noisetier ({known['reference']})" in hints["Enfant, Awa"]
    assert "même prénom et même date de naissance" in hints["Enfant, Awa"]
    assert "même téléphone ou même adresse" in hints["Responsable qui écrit"]
    found = {one["family_id"] for item in alike["items"] for one in item["alike"]}
    assert found == {made.json()["family_id"]}
    # Once registered, the newcomer reads its request: not the name of the other family.
    await settle(accounts, apply_change, alike["request_id"])
    own = await accounts.token(Audience.FAMILY, family_id=UUID(alike["family_id"]))
    read = await accounts.call("GET", f"/v1/me/changes/{alike['request_id']}", token=own)
    assert read.status_code == 200
    assert "Noisetier" not in read.text
    other = {"child.1.given_name": "Zoé", "guardian.1.email": "", "guardian.1.mobile_phone": ""}
    other["guardian.1.home_phone"] = "04 74 00 00 01"
    nobody = await staff_sees(accounts, (await send(accounts, typed=other)).json()["request_id"])
    assert {one["old"] for one in nobody["items"]} == {"Personne de connu", ""}


async def test_messaging_may_write_to_who_is_not_registered_yet(accounts):
    request_id = (await send(accounts)).json()["request_id"]
    (event,) = await accounts.recorded()
    path = f"/v1/internal/families/{event.data['family_id']}/mail-recipients"
    (recipient,) = (await accounts.as_service("GET", path)).json()
    assert recipient["account_id"] == request_id
    assert (recipient["greeting"], recipient["email"]) == (
        "Ousmane Tilleul",
        "ousmane@example.test",
    )


async def test_what_was_refused_is_erased_after_a_year(accounts):
    request_id = (await send(accounts)).json()["request_id"]
    await settle(accounts, refuse_change, request_id)
    for days, left in ((364, 1), (3, 0)):
        accounts.clock.advance(timedelta(days=days))
        await one_round(accounts.runtime)
        async with accounts.runtime.database.reading() as connection:
            assert len((await connection.execute(select(changes.c.request_id))).all()) == left


async def test_the_front_desk_enters_a_paper_form_with_its_day(accounts, problem_of):
    given = {"request_id": str(uuid4()), "typed": TYPED, "received_on": "2026-09-27"}
    token = await accounts.token(Audience.SECRETARIAT)
    answer = await accounts.call("POST", "/v1/staff/preregistrations", given, token=token)
    assert (answer.status_code, answer.json()["due_on"]) == (201, "2026-11-27")
    late = {**given, "request_id": str(uuid4()), "received_on": "2026-11-25"}
    refused = await accounts.call("POST", "/v1/staff/preregistrations", late, token=token)
    assert problem_of(refused) == "accounts.received-later"


async def test_one_place_sends_six_an_hour(accounts):
    for _ in range(6):
        assert (await send(accounts)).status_code == 201
    assert (await send(accounts)).status_code == 429
    assert (await send(accounts, address="198.51.100.1")).status_code == 201


async def test_the_form_is_printed_blank_and_filled(accounts):
    receipt = (await send(accounts)).json()
    for path, expected, absent in (
        ("blank-form.pdf", ["Premier enfant", "Date et signature"], ["Awa"]),
        (f"{receipt['request_id']}/form.pdf", [receipt["number"], "Awa", "12/05/2022"], []),
    ):
        answer = await accounts.as_service("GET", f"/v1/preregistrations/{path}")
        assert answer.headers["content-type"] == "application/pdf", answer.text
        words = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
        assert all(one in words for one in expected), words
        assert not any(one in words for one in absent)
        assert "Doublon" not in words
    nobody = await accounts.as_service("GET", f"/v1/preregistrations/{uuid4()}/form.pdf")
    assert nobody.status_code == 404


REQUIRED = [path for path in TYPED if path not in ("guardian.1.mobile_phone", "guardian.1.email")]
HOSTILE = ["\x00", "a\x1b[31m", "a\u202eb", "\u200b", "x" * 2000]
FIELDS = [
    *(f"guardian.1.{one.name}" for one in GUARDIAN),
    *(f"child.1.{one.name}" for one in CHILD),
    *(f"wish.{one.name}" for one in WISH),
]


async def errors_of(accounts, typed):
    answer = await send(accounts, typed=typed)
    assert answer.status_code == 422, answer.text
    return {one["field"]: one["message"] for one in answer.json()["fields"]}


async def test_every_field_is_told_what_is_wrong_with_it(accounts):
    missing = await errors_of(accounts, dict.fromkeys(REQUIRED, ""))
    assert set(missing) == set(REQUIRED)
    for value in HOSTILE:
        wrong = await errors_of(accounts, dict.fromkeys(FIELDS, value))
        assert set(wrong) == set(FIELDS), value
        assert all(words.endswith((".", "\u00a0!", "?")) for words in wrong.values()), wrong
    for day in ("2026-02-30", "0001-01-01", "9999-12-31", "12/05/2022", "hier", "2027-13-01"):
        wrong = await errors_of(accounts, {"child.1.born_on": day, "wish.starts_on": day})
        assert set(wrong) == {"child.1.born_on", "wish.starts_on"}, day
    assert set(await errors_of(accounts, {"child.2.given_name": "Issa"})) == {
        "child.2.family_name",
        "child.2.born_on",
    }
    assert set(
        await errors_of(accounts, {"guardian.1.email": "", "guardian.1.mobile_phone": ""})
    ) == {"guardian.1.email"}
    assert set(await errors_of(accounts, {"family.resident": "yes", "child.7.sex": "x"})) == {
        "family.resident",
        "child.7.sex",
    }


@pytest.mark.parametrize(
    "typed", [None, [], {"x" * 41: "a"}, {f"p{n}": "a" for n in range(200)}, {"a": {"b": 1}}]
)
async def test_wrong_shapes_are_refused(accounts, typed):
    given = {"request_id": str(uuid4()), "typed": typed, "address": "192.0.2.1"}
    assert (await accounts.as_service("POST", "/v1/preregistrations", given)).status_code == 422
