"""A child leaves the family's file and may come back: shown nowhere meanwhile, lost never."""

import json
from uuid import UUID, uuid4

from accounts.domain.rights import Export, ExportState
from accounts.exporting.own_part import family_for, own_files
from accounts.upkeep import one_round
from accounts.use_cases.settle_change import refuse_change
from chassis.auth import Audience
from support import files
from support.health import RECORD, put_health


async def of_staff(accounts, method, path):
    return await accounts.as_staff(method, path, role=Audience.SECRETARIAT)


async def copied(accounts, family_id):
    now, asked = accounts.clock.now(), (uuid4(), family_id, None, ExportState.WORKING, 0, 4, None)
    export = Export(*asked, now, "Famille", uuid4(), None, None)
    family = await family_for(accounts.runtime, export)
    return {name: content async for name, content in own_files(accounts.runtime, export, family)}


async def found(accounts, words):
    answer = await accounts.as_staff("GET", f"/v1/staff/families?q={words}")
    return answer.json()["total"]


async def test_a_child_leaves_the_file_and_comes_back_as_it_was(accounts, problem_of):
    file = await accounts.add_family()
    (child,) = file["children"]
    child_id = child["child_id"]
    family = f"/v1/staff/families/{file['family_id']}"
    parent = (await accounts.sign_in()).json()["token"]
    # What is in the file of the child: health data and a document that ends soon.
    document = {"document_id": str(uuid4()), "kind": "care_plan", "child_id": child_id}
    sent = await accounts.call(
        "POST",
        f"{family}/documents",
        token=await accounts.token(Audience.SECRETARIAT),
        data={**document, "dated_on": "2026-11-02", "expires_on": "2026-12-02"},
        files={"file": ("pai.pdf", files.pdf())},
    )
    assert sent.status_code == 201, sent.text
    assert (await put_health(accounts, child_id)).status_code == 200
    (child,) = (await of_staff(accounts, "GET", family)).json()["children"]

    path = f"{family}/children/{child_id}"
    stale = await of_staff(accounts, "DELETE", f"{path}?version={child['version'] + 1}")
    assert (stale.status_code, problem_of(stale)) == (409, "accounts.file-changed")
    early = await of_staff(accounts, "POST", f"{path}/return")
    assert (early.status_code, problem_of(early)) == (409, "accounts.cannot-return")
    change = {
        "request_id": str(uuid4()),
        "kind": "child.update",
        "child_id": child_id,
    }
    sheet = f"/v1/me/sheets/children/{child_id}"
    shown = (await accounts.call("GET", sheet, token=parent)).json()["sections"]
    school = next(
        field["path"]
        for section in shown
        for item in section["items"]
        for field in item["fields"]
        if field["path"].endswith("school")
    )
    change["typed"] = {school: "École du Val"}
    asked = await accounts.call("POST", "/v1/me/changes", change, token=parent)
    assert asked.status_code == 201, asked.text
    waits = await of_staff(accounts, "DELETE", f"{path}?version={child['version']}")
    assert (waits.status_code, problem_of(waits)) == (409, "accounts.cannot-leave")
    async with accounts.runtime.database.transaction() as transaction:
        await refuse_change(transaction, UUID(change["request_id"]), accounts.clock.now())

    assert await found(accounts, child["given_name"]) == 1
    gone = await of_staff(accounts, "DELETE", f"{path}?version={child['version']}")
    assert (gone.status_code, gone.json()["children"]) == (200, [])
    fact = (await accounts.recorded())[-1]
    assert (fact.type, fact.data["left_on"]) == ("accounts.child.recorded.v1", "2026-11-24")
    assert fact.data["version"] == child["version"] + 1
    assert await found(accounts, child["given_name"]) == 0
    await one_round(accounts.runtime)
    assert not [one for one in await accounts.recorded() if "reminded" in one.type]

    own = (await accounts.call("GET", "/v1/me/family", token=parent)).json()
    assert own["children"] == []
    assert (await accounts.call("GET", "/v1/me/documents", token=parent)).json()["items"] == []
    for closed in (sheet, f"/v1/me/children/{child_id}/health"):
        assert (await accounts.call("GET", closed, token=parent)).status_code == 404
    health = await of_staff(accounts, "GET", f"/v1/staff/children/{child_id}/health?purpose=care")
    assert health.status_code == 404
    # What is kept is still theirs to have.
    copy = await copied(accounts, UUID(file["family_id"]))
    (folder,) = {name.split("/")[1] for name in copy if name.startswith("enfants/")}
    assert folder == f"{child['given_name']} (a quitté le dossier)"
    assert json.loads(copy[f"enfants/{folder}/sante.json"])["record"] == RECORD
    assert copy["documents/pai.pdf"].startswith(b"%PDF")
    # The requests stay, and the history says who left.
    listed = (await accounts.call("GET", "/v1/me/changes", token=parent)).json()["items"]
    assert [one["request_id"] for one in listed] == [change["request_id"]]
    told = (await of_staff(accounts, "GET", f"{family}/timeline")).json()["items"]
    (amended,) = [one for one in told if one["what"] == "amended"]
    assert ("given_name", child["given_name"], "") in [
        (one["field"], one["before"], one["after"]) for one in amended["details"]
    ]
    again = await of_staff(accounts, "DELETE", f"{path}?version={child['version'] + 1}")
    assert again.status_code == 404

    (former,) = (await of_staff(accounts, "GET", f"{family}/former-children")).json()
    assert (former["child_id"], former["given_name"]) == (child_id, child["given_name"])
    strange = path.replace(file["family_id"], str(uuid4()))
    assert (await of_staff(accounts, "POST", f"{strange}/return")).status_code == 404
    back = await of_staff(accounts, "POST", f"{path}/return")
    assert back.status_code == 200, back.text
    assert back.json()["children"] == [{**child, "version": child["version"] + 2}]
    fact = (await accounts.recorded())[-1]
    assert (fact.data["left_on"], fact.data["version"]) == (None, child["version"] + 2)
    assert await found(accounts, child["given_name"]) == 1
    await one_round(accounts.runtime)
    assert [one for one in await accounts.recorded() if "reminded" in one.type]
