"""Staff change a file directly; the file remembers who changed what."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.auth import Audience


@pytest.fixture
async def file(accounts, new_family):
    made = await accounts.as_staff("POST", "/v1/staff/families", new_family())
    return made.json()


async def amend(accounts: Any, file: dict[str, Any], subject: str, **asked: Any) -> Any:
    body = {"version": file["version"], "subject": subject, **asked}
    return await accounts.as_staff("PATCH", f"/v1/staff/families/{file['family_id']}", body)


async def timeline(accounts: Any, file: dict[str, Any]) -> list[dict[str, Any]]:
    path = f"/v1/staff/families/{file['family_id']}/timeline"
    answer = await accounts.as_staff("GET", path)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_phone_is_corrected_told_and_remembered(accounts, file):
    guardian = file["guardians"][0]["guardian_id"]
    accounts.clock.advance(timedelta(minutes=1))
    answer = await amend(
        accounts, file, "guardian", subject_id=guardian, values={"mobile_phone": "0612345678"}
    )
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert (after["version"], after["guardians"][0]["mobile_phone"]) == (2, "06 12 34 56 78")
    assert after["guardians"][0]["given_name"] == "Camille"
    last = (await accounts.recorded())[-1]
    assert (last.type, last.data["version"]) == ("accounts.family.recorded.v1", 2)
    newest, opening = await timeline(accounts, file)
    assert (newest["what"], newest["who"], opening["what"]) == ("amended", "Dominique", "created")
    assert newest["details"] == [
        {
            "subject": "guardian",
            "subject_id": guardian,
            "subject_name": "Camille Noisetier",
            "field": "mobile_phone",
            "label": "Téléphone mobile",
            "before": "",
            "after": "06 12 34 56 78",
        }
    ]


async def test_an_older_version_is_told_and_changes_nothing(accounts, file, problem_of):
    first = await amend(accounts, file, "family", values={"situation": "married"})
    assert first.status_code == 200
    late = await amend(accounts, file, "family", values={"situation": "divorced"})
    assert (late.status_code, problem_of(late)) == (409, "accounts.file-changed")
    again = await amend(accounts, file, "family", values={"situation": "married"})
    assert (again.status_code, again.json()["version"]) == (200, 2)
    assert len(await timeline(accounts, file)) == 2


async def test_people_join_the_file_once_however_often_sent(accounts, file):
    child, contact, guardian = str(uuid4()), str(uuid4()), str(uuid4())
    identity = {"given_name": "Noé", "family_name": "Noisetier"}
    for subject, subject_id, values in (
        ("child", child, {**identity, "born_on": "2022-05-04"}),
        ("contact", contact, {**identity, "collecting": "must_not", "note": "Jugement"}),
        ("guardian", guardian, identity),
    ):
        for _ in range(2):
            answer = await amend(accounts, file, subject, subject_id=subject_id, values=values)
            assert answer.status_code == 200, answer.text
        file = answer.json()
    assert [one["given_name"] for one in file["children"]] == ["Lou", "Noé"]
    assert file["contacts"][0]["collecting"] == "must_not"
    assert [one["is_payer"] for one in file["guardians"]] == [True, False, False]
    assert file["version"] == 4
    told = [one for one in await accounts.recorded() if one.type == "accounts.child.recorded.v1"]
    assert [(one.data["given_name"], one.data["version"]) for one in told] == [
        ("Lou", 1),
        ("Noé", 1),
    ]


async def test_a_child_has_a_version_of_its_own(accounts, file):
    child = file["children"][0]["child_id"]
    answer = await amend(
        accounts, file, "child", subject_id=child, values={"school": "Les Platanes"}
    )
    after = answer.json()
    assert (after["version"], after["children"][0]["version"]) == (1, 2)
    assert (await accounts.recorded())[-1].data["school"] == "Les Platanes"


async def test_answers_are_typed_from_paper_and_each_keeps_its_signature(
    accounts, file, problem_of
):
    child = file["children"][0]["child_id"]

    async def answer(version: int, **values: str) -> Any:
        asked = {"version": version, "subject_id": child, "values": values}
        return await amend(accounts, file, "authorisation", **asked)

    def kept(whole: Any) -> dict[str, tuple[bool, str, str]]:
        given = whole.json()["children"][0]["authorisations"]
        return {one["kind"]: (one["granted"], one["signed_by"], one["signed_at"]) for one in given}

    camille = {"signed_by": "Camille Noisetier", "signed_on": "2026-09-02"}
    first = [await answer(1, outings="yes", bathing="no", **camille) for _ in range(2)]
    assert [one.status_code for one in first] == [200, 200], first[0].text
    assert [one.json()["children"][0]["version"] for one in first] == [2, 2], (
        "sent twice, kept once"
    )
    yes, no = (True, *camille.values()), (False, *camille.values())
    assert {name: (one[0], one[1], one[2][:10]) for name, one in kept(first[0]).items()} == {
        "outings": yes,
        "bathing": no,
    }
    late = await answer(1, outings="no", **camille)
    assert (late.status_code, problem_of(late)) == (409, "accounts.file-changed")
    robin = {"signed_by": "Robin D’Érable", "signed_on": "2026-11-02"}
    changed = await answer(2, outings="", bathing="yes", transport="yes", **robin)
    assert {name: one[:2] for name, one in kept(changed).items()} == {
        "bathing": (True, "Robin D’Érable"),
        "transport": (True, "Robin D’Érable"),
    }
    again = await answer(3, bathing="yes", transport="no", **camille)
    assert kept(again)["bathing"] == kept(changed)["bathing"], "what stays keeps its signature"
    newest = (await timeline(accounts, file))[0]
    assert [(one["label"], one["before"], one["after"]) for one in newest["details"]] == [
        (
            "Transport en car ou minibus",
            "Autorisé, signé par Robin D’Érable le 02/11/2026",
            "Refusé, signé par Camille Noisetier le 02/09/2026",
        )
    ]
    wrong = {"signed_on": "2999-01-01", "leaving_alone": "perhaps"}
    refused = await answer(4, **wrong)
    assert {one["field"] for one in refused.json()["fields"]} == {*wrong, "signed_by"}
    hour = await answer(4, leaving_alone="yes", **camille)
    assert [one["field"] for one in hour.json()["fields"]] == ["from_time"]


async def test_a_guardian_leaves_the_file_and_every_list(accounts, file, problem_of):
    camille, sacha = [one["guardian_id"] for one in file["guardians"]]
    path = f"/v1/staff/families/{file['family_id']}"
    given = await accounts.as_staff(
        "POST", f"{path}/credentials", {"identifier": "sacha", "guardian_id": sacha}
    )
    account = UUID(given.json()["account_id"])
    await accounts.choose_password(account)
    assert (await accounts.sign_in("sacha")).status_code == 200
    pays = await accounts.as_staff("DELETE", f"{path}/guardians/{camille}?version=1")
    assert (pays.status_code, problem_of(pays)) == (409, "accounts.cannot-leave")
    assert "autre payeur" in pays.json()["detail"]
    late = await accounts.as_staff("DELETE", f"{path}/guardians/{sacha}?version=0")
    assert (late.status_code, problem_of(late)) == (409, "accounts.file-changed")
    gone = await accounts.as_staff("DELETE", f"{path}/guardians/{sacha}?version=1")
    assert gone.status_code == 200, gone.text
    after = (await accounts.as_staff("GET", path)).json()
    assert [one["guardian_id"] for one in after["guardians"]] == [camille]
    assert (after["version"], gone.json()) == (2, after)
    told = (await accounts.recorded())[-1]
    assert (told.type, len(told.data["guardians"])) == ("accounts.family.recorded.v1", 1)
    search = await accounts.as_staff("GET", "/v1/staff/families?q=D%E2%80%99Érable")
    assert search.json()["items"] == []
    newest = (await timeline(accounts, file))[0]["details"]
    assert {one["subject_name"] for one in newest} == {"Sacha D’Érable"}
    assert (await accounts.sign_in("sacha")).status_code == 401
    reopened = await accounts.as_staff("POST", f"/v1/staff/accesses/{account}/enable")
    assert (reopened.status_code, problem_of(reopened)) == (409, "accounts.access-disabled")
    twice = await accounts.as_staff("DELETE", f"{path}/guardians/{sacha}?version=2")
    assert twice.status_code == 404


async def test_another_custody_says_which(accounts, file):
    refused = await amend(accounts, file, "family", values={"custody": "other"})
    assert refused.status_code == 422
    (told,) = refused.json()["fields"]
    assert (told["field"], "chez qui" in told["message"]) == ("custody_note", True)
    both = {"custody": "other", "custody_note": "Chez la grand-mère."}
    assert (await amend(accounts, file, "family", values=both)).status_code == 200


async def test_alternating_custody_is_told_of_every_child(accounts, file):
    answer = await amend(accounts, file, "family", values={"custody": "alternating"})
    assert answer.json()["children"][0]["version"] == 2
    assert (await accounts.recorded())[-1].data["alternating_custody"] is True


async def test_a_quotient_holds_from_its_day_until_the_next(accounts, file):
    for day, value in (("2026-09-01", "600"), ("2026-05-01", "580")):
        answer = await amend(accounts, file, "quotient", values={"valid_from": day, "value": value})
        assert answer.status_code == 200, answer.text
        file = answer.json()
    assert [(one["valid_from"], one["valid_to"], one["value"]) for one in file["quotients"]] == [
        ("2026-01-01", "2026-05-01", 540),
        ("2026-05-01", "2026-09-01", 580),
        ("2026-09-01", None, 600),
    ]


WRONG: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("guardian", {"mobile_phone": "12"}, "mobile_phone"),
    ("guardian", {"email": "a@b"}, "email"),
    ("guardian", {"given_name": ""}, "given_name"),
    ("guardian", {"given_name": "😀"}, "given_name"),
    ("guardian", {"payer_share": "0"}, "payer_share"),
    ("guardian", {"employer": "a\x00b"}, "employer"),
    ("guardian", {"guardian_id": "x"}, "guardian_id"),
    ("family", {"name": "\u202eegap"}, "name"),
    ("family", {"situation": "bored"}, "situation"),
    ("family", {"version": 9}, "version"),
    ("family", {"reference": "X"}, "reference"),
    ("child", {"born_on": "2999-01-01"}, "born_on"),
    ("child", {"born_on": "tomorrow"}, "born_on"),
    ("quotient", {"value": "-1", "valid_from": "2026-01-01"}, "value"),
    ("quotient", {"value": "10"}, "valid_from"),
)


async def test_what_cannot_be_kept_is_told_beside_its_field(accounts, file, problem_of):
    for subject, values, field in WRONG:
        person = {"guardian": "guardians", "child": "children"}.get(subject)
        subject_id = file[person][0][f"{subject}_id"] if person else None
        answer = await amend(accounts, file, subject, subject_id=subject_id, values=values)
        assert (answer.status_code, problem_of(answer)) == (422, "accounts.wrong-fields"), values
        told = {one["field"]: one["message"] for one in answer.json()["fields"]}
        assert set(told) == {field}
        assert told[field].endswith((".", "3"))


async def test_a_file_without_a_payer_is_refused(accounts, file, problem_of):
    guardian = file["guardians"][0]["guardian_id"]
    answer = await amend(
        accounts, file, "guardian", subject_id=guardian, values={"is_payer": False}
    )
    assert (answer.status_code, problem_of(answer)) == (422, "accounts.incomplete-family")


async def test_somebody_of_another_family_cannot_be_taken(accounts, file, new_family):
    """An identifier of another family is somebody new here, and the database refuses the double."""
    other = (await accounts.as_staff("POST", "/v1/staff/families", new_family())).json()
    theirs = other["guardians"][0]["guardian_id"]
    values = {"given_name": "Vol", "family_name": "Vol"}
    answer = await amend(accounts, file, "guardian", subject_id=theirs, values=values)
    assert answer.status_code == 409, answer.text
    kept = await accounts.as_staff("GET", f"/v1/staff/families/{other['family_id']}")
    assert kept.json() == other


async def test_a_contact_leaves_the_file(accounts, file, problem_of):
    contact = str(uuid4())
    values = {"given_name": "Josette", "family_name": "Genêt", "collecting": "may"}
    added = await amend(accounts, file, "contact", subject_id=contact, values=values)
    path = f"/v1/staff/families/{file['family_id']}/contacts/{contact}"
    late = await accounts.as_staff("DELETE", f"{path}?version=1")
    assert (late.status_code, problem_of(late)) == (409, "accounts.file-changed")
    gone = await accounts.as_staff("DELETE", f"{path}?version={added.json()['version']}")
    assert gone.json()["contacts"] == []
    assert (await accounts.as_staff("DELETE", f"{path}?version=3")).status_code == 404
    assert (await timeline(accounts, file))[0]["details"][0]["before"] == "Josette"


async def test_a_file_is_opened_from_what_was_typed(accounts, problem_of):
    typed = {
        "family_id": str(uuid4()),
        "family": {"name": "Sureau", "resident": "on"},
        "guardian": {"given_name": "Élodie", "family_name": "Sureau"},
        "child": {},
    }
    path = "/v1/staff/families/openings"
    first, again = [await accounts.as_staff("POST", path, typed) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["reference"] == "FAM-00001"
    assert first.json()["guardians"][0]["is_payer"] is True
    wrong = {**typed, "family_id": str(uuid4()), "child": {"given_name": "Nina"}}
    refused = await accounts.as_staff("POST", path, wrong)
    assert (refused.status_code, problem_of(refused)) == (422, "accounts.wrong-fields")
    told = {one["field"] for one in refused.json()["fields"]}
    assert told == {"child.family_name", "child.born_on"}


async def test_a_family_that_is_perhaps_known_is_opened_only_on_purpose(accounts, file, problem_of):
    lou = file["children"][0]
    child = {"given_name": lou["given_name"].upper(), "family_name": "Autre"}
    typed = {
        "family_id": str(uuid4()),
        "family": {"name": "Autre", "resident": True},
        "guardian": {"given_name": "Élodie", "family_name": "Autre"},
        "child": {**child, "born_on": lou["born_on"]},
    }
    path = "/v1/staff/families/openings"
    held = await accounts.as_staff("POST", path, typed)
    assert (held.status_code, problem_of(held)) == (409, "accounts.looks-alike")
    assert f"{file['name']} ({file['reference']}), même prénom" in held.json()["detail"]
    (known,) = held.json()["families"]
    said = f"{file['name']} ({file['reference']})"
    assert known == {"family_id": file["family_id"], "said": said}
    assert (await accounts.as_staff("GET", f"/v1/staff/families/{typed['family_id']}")).is_error
    made = await accounts.as_staff("POST", path, {**typed, "despite_alike": True})
    assert made.status_code == 201
    again = await accounts.as_staff("POST", path, typed)
    assert (again.status_code, again.json()) == (200, made.json()), "it is not like itself"


async def test_the_timeline_tells_accesses_and_openings_too(accounts, file):
    family = await accounts.add_family("genet", name="Genêt", reference="G")
    child = family["children"][0]["child_id"]
    await accounts.as_staff(
        "GET", f"/v1/staff/children/{child}/health?purpose=care", role=Audience.CENTRE
    )
    whats = {one["what"] for one in await timeline(accounts, family)}
    assert whats == {"created", "access.issued", "opened.read"}


@pytest.mark.parametrize("role", [Audience.CENTRE, Audience.CASH_OFFICE])
async def test_who_does_not_keep_files_neither_changes_them_nor_reads_their_history(
    accounts, file, role
):
    path = f"/v1/staff/families/{file['family_id']}"
    body = {"version": 1, "subject": "family", "values": {"name": "X"}}
    assert (await accounts.as_staff("PATCH", path, body, role)).status_code == 403
    assert (await accounts.as_staff("GET", f"{path}/timeline", role=role)).status_code == 403


async def test_the_form_says_how_each_field_is_typed(accounts):
    form = (await accounts.as_staff("GET", "/v1/staff/family-form", role=Audience.CENTRE)).json()
    assert set(form) == {"family", "guardian", "contact", "child", "quotient", "authorisation"}
    phone = next(one for one in form["guardian"] if one["name"] == "mobile_phone")
    assert (phone["label"], phone["widget"]) == ("Téléphone mobile", "tel")
