"""Facts of accounts: kept once, never older ones over newer, asked for when late."""

from datetime import date
from typing import Any

from chassis.identifiers import new_id
from portail_contracts.accounts import ChildRecorded, FamilyRecorded, StaffMemberRecorded

from .conftest import WEDNESDAY, Enrolment, Offer, asking


def _child(version: int, name: str, **ids: Any) -> ChildRecorded:
    return ChildRecorded(
        version=version,
        given_name=name,
        family_name="Noisetier",
        born_on=date(2019, 5, 4),
        **ids,
    )


async def test_an_older_fact_changes_nothing(enrolment: Enrolment) -> None:
    ids = {"family_id": new_id(), "child_id": new_id()}
    await enrolment.handle(_child(3, "Lou", **ids), _child(2, "Louise", **ids))
    assert (await enrolment.rows("SELECT given_name, version FROM children")) == [("Lou", 3)]
    await enrolment.handle(_child(4, "Loup", **ids))
    assert (await enrolment.rows("SELECT given_name, version FROM children")) == [("Loup", 4)]
    staff_id = new_id()
    for version, name in ((2, "Dominique Lemoine"), (1, "Dominique Petit")):
        await enrolment.handle(
            StaffMemberRecorded(
                version=version, staff_id=staff_id, name=name, roles=("secretariat",)
            )
        )
    assert (await enrolment.rows("SELECT name FROM staff_members")) == [("Dominique Lemoine",)]


async def test_children_may_arrive_before_their_family(enrolment: Enrolment) -> None:
    ids = {"family_id": new_id(), "child_id": new_id()}
    await enrolment.handle(_child(1, "Lou", **ids))
    await enrolment.handle(
        FamilyRecorded(
            version=1,
            family_id=ids["family_id"],
            reference="F-1",
            name="Noisetier",
            resident=True,
        )
    )
    guardian = enrolment.guardian(ids["family_id"])
    agenda = (await guardian.get("/v1/me/agenda", month="2026-12")).json()
    assert [child["given_name"] for child in agenda["children"]] == ["Lou"]
    assert enrolment.accounts.asked == 0


async def test_a_family_whose_facts_are_late_is_asked_for_and_kept(
    enrolment: Enrolment, wednesdays: Offer
) -> None:
    family_id, child_id = new_id(), new_id()
    enrolment.accounts.families[family_id] = {
        "family_id": str(family_id),
        "version": 5,
        "reference": "F-0007",
        "name": "Noisetier",
        "resident": True,
        "guardians": [],
        "quotients": [],
        "children": [
            {
                "child_id": str(child_id),
                "version": 2,
                "given_name": "Lou",
                "family_name": "Noisetier",
                "born_on": "2019-05-04",
            }
        ],
    }
    guardian = enrolment.guardian(family_id)
    body = asking((child_id, wednesdays.slots["Journée"], WEDNESDAY))
    assert (await guardian.post("/v1/me/requests", body)).status_code == 201
    assert (await enrolment.rows("SELECT version FROM children")) == [(2,)]
    agenda = await guardian.get("/v1/me/agenda", month="2026-12")
    assert agenda.status_code == 200
    assert enrolment.accounts.asked == 1, "what was learnt is kept"


async def test_a_late_family_while_accounts_is_away_is_a_problem_to_try_again(
    enrolment: Enrolment,
) -> None:
    enrolment.accounts.away = True
    answer = await enrolment.guardian(new_id()).get("/v1/me/agenda", month="2026-12")
    assert answer.status_code == 503
    enrolment.accounts.away = False
    answer = await enrolment.guardian(new_id()).get("/v1/me/agenda", month="2026-12")
    assert answer.status_code == 404
