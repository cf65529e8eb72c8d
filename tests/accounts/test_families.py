"""Families, staff and what is told about them."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError

from accounts.store.tables import quotients
from chassis.auth import STAFF, Audience
from chassis.identifiers import new_id


async def test_a_family_is_recorded_and_told(accounts, new_family):
    body = new_family()
    made = await accounts.as_staff("POST", "/v1/staff/families", body, Audience.SECRETARIAT)
    assert made.status_code == 201
    whole = made.json()
    assert whole["version"] == 1
    assert whole["children"][0].items() >= {**body["children"][0], "version": 1}.items()
    assert whole["quotients"] == body["quotients"]

    family, child = await accounts.recorded()
    assert (family.type, int(family.sequence)) == ("accounts.family.recorded.v1", 1)
    assert family.data["guardians"][1]["family_name"] == "D’Érable"
    assert family.data["quotients"] == body["quotients"]
    assert (child.type, int(child.sequence)) == ("accounts.child.recorded.v1", 1)
    assert child.subject == body["children"][0]["child_id"]
    assert family.partitionkey == child.partitionkey == body["family_id"]
    path = f"/v1/staff/families/{body['family_id']}"
    assert (await accounts.as_staff("GET", path, role=Audience.AUDITOR)).json() == whole
    path = f"/v1/internal/families/{body['family_id']}"
    told = (await accounts.as_service("GET", path)).json()
    assert told.pop("children") == [child.data]
    assert told == family.data


async def test_the_same_sending_again_changes_and_tells_nothing(accounts, new_family, problem_of):
    body = new_family()
    made = await accounts.as_staff("POST", "/v1/staff/families", body)
    again = await accounts.as_staff("POST", "/v1/staff/families", body)
    assert (again.status_code, again.json()) == (200, made.json())
    assert len(await accounts.recorded()) == 2
    other = await accounts.as_staff("POST", "/v1/staff/families", {**body, "name": "Bleuet"})
    assert (other.status_code, problem_of(other)) == (409, "accounts.family-conflict")


async def test_the_same_sending_many_times_at_once_makes_one_family(accounts, new_family):
    body = new_family()
    sending = [accounts.as_staff("POST", "/v1/staff/families", body) for _ in range(4)]
    answers = await accounts.meet("LOCK TABLE families IN SHARE MODE", sending)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len(await accounts.recorded()) == 2


async def test_a_reference_or_a_child_belongs_to_one_family(accounts, new_family):
    body = new_family()
    await accounts.as_staff("POST", "/v1/staff/families", body)
    for taken in ({"reference": body["reference"]}, {"children": body["children"]}):
        answer = await accounts.as_staff("POST", "/v1/staff/families", new_family(**taken))
        assert answer.status_code == 409
    assert len(await accounts.recorded()) == 2


def _quotient(start, end, value=500):
    return {"valid_from": start, "valid_to": end, "value": value}


async def test_quotients_that_overlap_are_refused(accounts, new_family, problem_of):
    touching = [_quotient("2026-01-01", "2027-01-01", 399), _quotient("2027-01-01", None, 400)]
    good = await accounts.as_staff("POST", "/v1/staff/families", new_family(quotients=touching))
    assert good.json()["quotients"] == touching
    overlapping = [_quotient("2026-01-01", "2027-01-02"), _quotient("2027-01-01", None)]
    bad = await accounts.as_staff("POST", "/v1/staff/families", new_family(quotients=overlapping))
    assert (bad.status_code, problem_of(bad)) == (422, "accounts.wrong-quotients")


async def test_the_database_itself_refuses_an_overlap(accounts, new_family):
    body = new_family(quotients=[_quotient("2026-01-01", "2027-01-01")])
    await accounts.as_staff("POST", "/v1/staff/families", body)

    async def add(start, end):
        row = {"quotient_id": new_id(), "family_id": UUID(body["family_id"]), "value": 1}
        async with accounts.runtime.database.transaction() as transaction:
            statement = insert(quotients).values(**row, validity=Range(start, end, bounds="[)"))
            await transaction.connection.execute(statement)

    await add(date(2027, 1, 1), date(2028, 1, 1))
    with pytest.raises(IntegrityError, match="ex_quotients_overlap"):
        await add(date(2026, 12, 31), date(2027, 1, 1))
    with pytest.raises(IntegrityError, match="ck_quotients_validity"):
        await add(date(2029, 1, 1), date(2029, 1, 1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"guardians": [{"given_name": "Camille", "family_name": "Noisetier"}]},
        {"children": [{"given_name": "Lou", "family_name": "N", "born_on": "2026-11-25"}]},
        {
            "children": [
                {
                    "child_id": "0199e2b0-0000-7000-8000-000000000001",
                    "given_name": name,
                    "family_name": "N",
                    "born_on": "2020-01-01",
                }
                for name in ("Lou", "Noé")
            ]
        },
    ],
)
async def test_an_impossible_file_is_refused(accounts, new_family, problem_of, wrong):
    answer = await accounts.as_staff("POST", "/v1/staff/families", new_family(**wrong))
    assert (answer.status_code, problem_of(answer)) == (422, "accounts.incomplete-family")


async def test_a_family_reads_its_own_children_and_no_others(accounts):
    own = await accounts.add_family()
    other = await accounts.add_family("bleuet", name="Bleuet")
    token = (await accounts.sign_in()).json()["token"]
    read = await accounts.call("GET", "/v1/me/family", token=token)
    assert read.json()["family_id"] == own["family_id"]
    assert read.json()["quotients"] == own["quotients"]
    child = own["children"][0]["child_id"]
    mine = await accounts.call("GET", f"/v1/me/children/{child}", token=token)
    assert mine.json() == own["children"][0]
    for stranger in (other["children"][0]["child_id"], str(uuid4())):
        answer = await accounts.call("GET", f"/v1/me/children/{stranger}", token=token)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_identifier_is_given_once_whatever_its_case(accounts, new_family, problem_of):
    family = await accounts.add_family()
    path = f"/v1/staff/families/{family['family_id']}/credentials"
    body = {"identifier": "NOISETIER"}
    taken = await accounts.as_staff("POST", path, body)
    assert (taken.status_code, problem_of(taken)) == (409, "accounts.identifier-taken")
    # Nobody but the family chooses its password: one that staff send is left out.
    body = {"identifier": "autre", "password": "petitnavire2026"}
    assert (await accounts.as_staff("POST", path, body)).status_code == 201
    assert (await accounts.sign_in("autre")).status_code == 401
    unknown = await accounts.as_staff(
        "POST",
        f"/v1/staff/families/{uuid4()}/credentials",
        {"identifier": "encore.un"},
    )
    assert unknown.status_code == 404


async def test_a_member_of_staff_is_told_and_named_once(accounts):
    body = {
        "name": "Dominique Renoncule",
        "identifier": "d.renoncule",
        "roles": ["admin", "auditor"],
    }
    made = await accounts.as_staff("POST", "/v1/staff/staff-members", body)
    (told,) = await accounts.recorded()
    assert told.type == "accounts.staff-member.recorded.v1"
    assert told.subject == made.json()["staff_id"]
    assert (int(told.sequence), told.data["roles"]) == (1, ["admin", "auditor"])
    assert (await accounts.as_staff("POST", "/v1/staff/staff-members", body)).status_code == 409
    assert len(await accounts.recorded()) == 1


# Fixed: every worker must collect the same tests.
NOBODY = "0199e2b0-0000-7000-8000-00000000dead"

_RULES = [
    ("GET", "/v1/me/family", {Audience.FAMILY}),
    ("GET", f"/v1/me/children/{NOBODY}", {Audience.FAMILY}),
    ("POST", "/v1/me/password", {Audience.FAMILY, *STAFF}),
    ("GET", "/v1/me/sheets/account", {Audience.FAMILY}),
    ("GET", "/v1/me/sheets/new-child", {Audience.FAMILY}),
    ("GET", f"/v1/me/sheets/children/{NOBODY}", {Audience.FAMILY}),
    ("GET", "/v1/me/changes", {Audience.FAMILY}),
    ("POST", "/v1/me/changes", {Audience.FAMILY}),
    ("GET", f"/v1/me/changes/{NOBODY}", {Audience.FAMILY}),
    ("POST", "/v1/staff/changes", {Audience.SECRETARIAT}),
    ("GET", f"/v1/staff/changes/{NOBODY}", set(STAFF) - {Audience.CASH_OFFICE}),
    ("GET", f"/v1/internal/changes/{NOBODY}", {Audience.SERVICE}),
    ("POST", "/v1/staff/families", {Audience.SECRETARIAT, Audience.ADMIN}),
    ("POST", f"/v1/staff/families/{NOBODY}/credentials", {Audience.SECRETARIAT, Audience.ADMIN}),
    ("GET", f"/v1/staff/families/{NOBODY}", set(STAFF)),
    ("POST", "/v1/staff/staff-members", {Audience.ADMIN}),
    ("GET", f"/v1/internal/families/{NOBODY}", {Audience.SERVICE}),
    ("POST", "/v1/sign-in", {Audience.SERVICE}),
    ("POST", "/v1/sessions/refresh", {Audience.SERVICE}),
    ("POST", "/v1/sessions/end", {Audience.SERVICE}),
]


@pytest.mark.parametrize(("method", "path", "allowed"), _RULES)
async def test_each_door_opens_to_those_it_is_for(accounts, method, path, allowed):
    body = {} if method == "POST" else None
    assert (await accounts.call(method, path, body)).status_code == 401
    for audience in set(Audience) - {Audience.ANYONE}:
        about = {"family_id": uuid4()} if audience is Audience.FAMILY else {}
        token = await accounts.token(audience, **about)
        status = (await accounts.call(method, path, body, token=token)).status_code
        assert (status != 403) is (audience in allowed), (audience, status)
