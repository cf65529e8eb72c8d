"""Two files that are one family become one, and nothing of either is lost."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from accounts.domain.access import Door
from chassis.auth import Audience
from support.files import pdf

LOU = {"given_name": "Lou", "family_name": "Noisetier", "born_on": "2019-03-02"}


@pytest.fixture
async def files(accounts, new_family):
    """The file that stays, and one that the pre-registration made again."""
    kept = new_family(
        reference="KEPT",
        guardians=[
            {
                "given_name": "Camille",
                "family_name": "Noisetier",
                "is_payer": True,
                "mobile_phone": "06 12 34 56 78",
            }
        ],
        children=[{**LOU, "school": "Les Platanes"}],
    )
    absorbed = new_family(
        reference="TWICE",
        name="Noisetiers",
        situation="married",
        guardians=[
            {
                "given_name": "Camille",
                "family_name": "NOISETIER",
                "is_payer": True,
                "mobile_phone": "0612345678",
                "email": "camille@example.org",
                "city": "Arbelle",
            },
            {"given_name": "Sacha", "family_name": "D’Érable", "is_payer": False},
        ],
        children=[
            {**LOU, "class_name": "CP", "school": "Les Tilleuls"},
            {**LOU, "given_name": "Noé", "born_on": "2022-01-01"},
        ],
        contacts=[
            {"given_name": "Karim", "family_name": "Noisetier", "collecting": "must_not"},
        ],
    )
    made = []
    for body, identifier in ((kept, "kept"), (absorbed, "twice")):
        made.append(await accounts.add_family(identifier, **body))
    return made


async def preview(accounts: Any, kept: Any, absorbed: Any) -> dict[str, Any]:
    path = f"/v1/staff/families/{kept['family_id']}/merges/{absorbed['family_id']}"
    answer = await accounts.as_staff("GET", path)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def merge(accounts: Any, kept: Any, absorbed: Any, **changed: Any) -> Any:
    seen = await preview(accounts, kept, absorbed)
    body = {
        "absorbed_family_id": absorbed["family_id"],
        "version": seen["kept"]["version"],
        "absorbed_version": seen["absorbed"]["version"],
        "same_guardians": seen["same_guardians"],
        "same_children": seen["same_children"],
        **changed,
    }
    return await accounts.as_staff("POST", f"/v1/staff/families/{kept['family_id']}/merges", body)


async def test_files_that_share_a_child_or_a_phone_are_suggested(accounts, files, new_family):
    kept, absorbed = files
    await accounts.as_staff("POST", "/v1/staff/families", new_family(children=[]))
    answer = (await accounts.as_staff("GET", "/v1/staff/duplicates")).json()
    (found,) = answer["items"]
    assert {found["one"]["family_id"], found["other"]["family_id"]} == {
        kept["family_id"],
        absorbed["family_id"],
    }
    assert found["reasons"] == ["child", "phone"]
    other = f"/v1/staff/duplicates?family_id={uuid4()}"
    assert (await accounts.as_staff("GET", other)).json()["total"] == 0


async def test_the_preview_pairs_people_and_tells_what_differs(accounts, files):
    seen = await preview(accounts, *files)
    assert len(seen["same_guardians"]) == len(seen["same_children"]) == 1
    family = {one["key"]: (one["kept"], one["absorbed"]) for one in seen["differences"]["family"]}
    assert family == {
        "family.name": ("Noisetier", "Noisetiers"),
        "family.situation": ("", "Mariés"),
    }
    child = seen["differences"][f"child.{seen['same_children'][0]['kept']}"]
    assert [one["label"] for one in child] == ["École", "Classe"]


async def test_one_file_is_left_with_the_values_chosen(accounts, files):
    kept, absorbed = files
    pair = (await preview(accounts, kept, absorbed))["same_children"][0]
    answer = await merge(accounts, kept, absorbed, taken=[f"child.{pair['kept']}.school"])
    assert answer.status_code == 200, answer.text
    after = answer.json()
    assert (after["name"], after["situation"], after["reference"]) == (
        "Noisetier",
        "married",
        "KEPT",
    )
    camille, sacha = after["guardians"]
    assert (camille["email"], camille["family_name"]) == ("camille@example.org", "Noisetier")
    assert sacha["given_name"] == "Sacha"
    lou, noe = after["children"]
    assert (lou["school"], lou["class_name"], noe["given_name"]) == ("Les Tilleuls", "CP", "Noé")
    assert after["contacts"][0]["collecting"] == "must_not"
    assert after["version"] == 2
    for family in files:
        path = f"/v1/staff/families/{family['family_id']}"
        assert (await accounts.as_staff("GET", path)).json() == after
    found = (await accounts.as_staff("GET", "/v1/staff/families?q=TWICE")).json()["items"]
    assert [one["family_id"] for one in found] == [kept["family_id"]]
    assert (await accounts.as_staff("GET", "/v1/staff/families")).json()["total"] == 1
    assert (await accounts.as_staff("GET", "/v1/staff/duplicates")).json()["total"] == 0


async def test_the_merge_is_told_once_however_often_sent(accounts, files):
    kept, absorbed = files
    seen = await preview(accounts, kept, absorbed)
    first, again = [
        await merge(
            accounts,
            kept,
            absorbed,
            version=1,
            absorbed_version=1,
            same_guardians=seen["same_guardians"],
            same_children=seen["same_children"],
        )
        for _ in range(2)
    ]
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    events = await accounts.recorded()
    (merged,) = [one.data for one in events if one.type == "accounts.family.merged.v1"]
    assert merged["absorbed_family_id"] == absorbed["family_id"]
    assert len(merged["child_ids"]) == 2
    assert merged["same_children"] == [
        {
            "child_id": kept["children"][0]["child_id"],
            "absorbed_child_id": absorbed["children"][0]["child_id"],
        }
    ]
    last = [one.data for one in events if one.type == "accounts.child.recorded.v1"][-1]
    assert (last["given_name"], last["family_id"]) == ("Noé", kept["family_id"])
    assert last["version"] == 2


async def test_the_accesses_of_both_open_the_one_file(accounts, files):
    await merge(accounts, *files)
    for identifier in ("kept", "twice"):
        token = (await accounts.sign_in(identifier, door=Door.FAMILY)).json()["token"]
        own = (await accounts.call("GET", "/v1/me/family", token=token)).json()
        assert own["reference"] == "KEPT"


async def test_history_of_both_stands_in_the_one_timeline(accounts, files):
    kept, absorbed = files
    await merge(accounts, kept, absorbed)
    path = f"/v1/staff/families/{kept['family_id']}/timeline"
    whats = [one["what"] for one in (await accounts.as_staff("GET", path)).json()["items"]]
    assert sorted(whats) == sorted(
        ["merged", "created", "created", "access.issued", "access.issued"]
    )


async def test_health_data_is_never_left_behind(accounts, files, problem_of):
    kept, absorbed = files
    child = absorbed["children"][0]["child_id"]
    body = {"version": 0, "purpose": "front_desk", "record": {}}
    put = await accounts.as_staff(
        "PUT", f"/v1/staff/children/{child}/health", body, Audience.SECRETARIAT
    )
    assert put.status_code == 200, put.text
    answer = await merge(accounts, kept, absorbed)
    assert (answer.status_code, problem_of(answer)) == (422, "accounts.cannot-merge")
    other_way = await merge(accounts, absorbed, kept)
    assert other_way.status_code == 200, other_way.text


async def test_what_cannot_be_merged_is_told(accounts, files, problem_of):
    kept, absorbed = files
    late = await merge(accounts, kept, absorbed, version=9)
    assert (late.status_code, problem_of(late)) == (409, "accounts.file-changed")
    stranger = [{"kept": str(uuid4()), "absorbed": str(uuid4())}]
    for wrong in ({"same_guardians": stranger}, {"same_children": stranger}):
        answer = await merge(accounts, kept, absorbed, **wrong)
        assert (answer.status_code, problem_of(answer)) == (422, "accounts.cannot-merge")
    itself = await merge(accounts, kept, kept)
    assert itself.status_code == 422
    path = f"/v1/staff/families/{kept['family_id']}/merges/{uuid4()}"
    assert (await accounts.as_staff("GET", path)).status_code == 404


async def test_a_family_is_forgotten_with_those_that_were_merged_into_it(accounts, files):
    kept, absorbed = files
    token = (await accounts.sign_in("twice")).json()["token"]
    sent = await accounts.call(
        "POST",
        "/v1/me/documents",
        token=token,
        data={"document_id": str(uuid4()), "kind": "address", "dated_on": "2026-11-02"},
        files={"file": ("domicile.pdf", pdf())},
    )
    assert sent.status_code == 201
    assert (await merge(accounts, kept, absorbed)).status_code in (200, 201)
    done = await accounts.as_staff("POST", f"/v1/staff/families/{kept['family_id']}/erasure")
    assert done.status_code == 200, done.text
    async with accounts.runtime.database.reading() as connection:
        for table in ("families", "family_merges", "children", "documents", "data_keys"):
            left = await connection.execute(text(f"SELECT count(*) FROM {table}"))
            assert left.scalar_one() == 0, table
