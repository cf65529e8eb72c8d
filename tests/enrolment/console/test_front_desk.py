"""The front desk: a family is found, its days are acted on by the same rules, marked as such."""

from typing import Any

import pytest

from chassis.auth import Audience
from chassis.identifiers import new_id

from .conftest import HOSTILE, NOBODY, QUEUE, Reader, words

DESK = "/console/guichet"
LOU = "2019-05-04"
DAY, LATE = "2026-12-02", "2026-11-25"


@pytest.fixture
async def family(enrolment: Any, wednesdays: Any) -> Any:
    return await enrolment.family(LOU, "2022-01-10", name="Le Guen-Noël", names=("Zoé", "Tom"))


def fields(family: Any, offer: Any, *days: str, slot: str = "Journée", **more: str) -> dict:
    return {
        "request_id": str(new_id()),
        "child": str(family.children[0]),
        "month": "2026-12",
        "line": [f"{offer.slots[slot]}_{day}" for day in days],
        "act": "book",
        **more,
    }


async def send(agent: Reader, path: str, data: dict[str, Any]) -> Any:
    return await agent.client.post(
        path, data=data, headers={"Authorization": f"Bearer {agent.token}"}
    )


A_FAMILY_IS_FOUND_BY_CASES = ["noel", "ZOE", "le guen tom", "F-0001"]


async def test_a_family_is_found_by_its_name_a_child_or_its_reference(family, reader):
    for typed in A_FAMILY_IS_FOUND_BY_CASES:
        page = await reader().client.get(
            DESK, params={"recherche": typed}, headers={"Authorization": f"Bearer {reader().token}"}
        )
        said = words(page)
        assert "Le Guen-Noël" in said
        assert "Zoé et Tom" in said
        assert f"{DESK}/{family.family_id}" in page.text


async def test_nothing_found_is_said(family, reader):
    assert "Aucune famille ne correspond" in words(await reader().open(f"{DESK}?recherche=zzz"))
    assert "Aucune famille" not in words(await reader().open(DESK))


@pytest.mark.guide("6.2")
async def test_days_are_booked_at_once_in_the_name_of_the_family_and_marked(
    family, reader, enrolment, wednesdays
):
    agent = reader()
    page = await agent.open(f"{DESK}/{family.family_id}?mois=2026-12")
    assert "Décembre 2026, Zoé" in words(page)
    assert f'value="{wednesdays.slots["Journée"]}_{DAY}"' in page.text
    done = await send(
        agent,
        f"{DESK}/{family.family_id}/jours",
        fields(family, wednesdays, DAY, "2026-12-09"),
    )
    assert done.status_code == 200
    said = words(done)
    assert "enregistrée au guichet" in said
    assert "Mercredi 2 décembre, Journée" in said
    assert "Imprimer l’accusé" in said
    rows = await enrolment.rows("SELECT channel, state, submitted_by FROM requests")
    assert [tuple(row) for row in rows] == [("front_desk", "applied", "Dominique Lemoine")]
    steps = await enrolment.rows("SELECT channel, on_behalf_of FROM request_transitions")
    assert {(s.channel, s.on_behalf_of) for s in steps} == {("front_desk", family.family_id)}
    again = await agent.open(f"{DESK}/{family.family_id}?mois=2026-12")
    assert "Réservé" in words(again)
    assert "au guichet" in words(await agent.open(f"{QUEUE}?etat=acceptees"))


async def test_sending_the_same_form_twice_books_once(family, reader, enrolment, wednesdays):
    agent, form = reader(), fields(family, wednesdays, DAY)
    path = f"{DESK}/{family.family_id}/jours"
    first, second = await send(agent, path, form), await send(agent, path, form)
    assert first.text == second.text
    assert len(await enrolment.rows("SELECT 1 FROM bookings")) == 1
    other = await send(agent, path, {**form, "line": [form["line"][0].replace("02", "09")]})
    assert other.status_code == 422
    assert "déjà servi" in words(other)


async def test_the_notice_period_holds_unless_the_service_agrees(
    family, reader, enrolment, wednesdays
):
    agent, path = reader(), f"{DESK}/{family.family_id}/jours"
    refused = await send(agent, path, fields(family, wednesdays, LATE))
    assert refused.status_code == 409
    assert "Le délai est dépassé" in words(refused)
    assert await enrolment.rows("SELECT 1 FROM requests") == []
    agreed = await send(agent, path, fields(family, wednesdays, LATE, agreed="yes"))
    assert agreed.status_code == 200


async def test_a_booking_is_cancelled_and_a_day_of_absence_declared(
    family, reader, enrolment, wednesdays
):
    agent, path = reader(), f"{DESK}/{family.family_id}/jours"
    await send(agent, path, fields(family, wednesdays, DAY, "2026-12-09", "2026-12-16"))
    gone = await send(agent, path, fields(family, wednesdays, DAY, act="cancel"))
    assert gone.status_code == 200
    absence = {
        "request_id": str(new_id()),
        "child": str(family.children[0]),
        "month": "2026-12",
        "first": "2026-12-09",
        "reason_code": "other",
        "reason_text": "Fête de famille",
    }
    where = f"{DESK}/{family.family_id}/absences"
    unsaid = await send(agent, where, absence)
    assert unsaid.status_code == 422
    assert "Dites si cette absence est facturée." in words(unsaid)
    assert "Fête de famille" in unsaid.text
    done = await send(agent, where, {**absence, "billable": "no"})
    assert done.status_code == 200, words(done)
    states = await enrolment.rows("SELECT day::text, state FROM bookings ORDER BY day")
    assert [tuple(row) for row in states] == [
        ("2026-12-02", "cancelled"),
        ("2026-12-09", "absent"),
        ("2026-12-16", "booked"),
    ]


A_MISTAKE_IN_AN_ABSENCE_CASES = [
    ({"first": "2026-13-01"}, "Indiquez des dates qui se suivent."),
    ({"first": "2026-12-09", "last": "2026-12-02"}, "Indiquez des dates qui se suivent."),
    ({"reason_code": "rien"}, "Choisissez un motif de la liste."),
    ({"reason_text": " "}, "Précisez le motif de l’absence."),
]


async def test_a_mistake_in_an_absence_is_said_beside_its_field(family, reader):
    for changed, said in A_MISTAKE_IN_AN_ABSENCE_CASES:
        form = {
            "request_id": str(new_id()),
            "child": str(family.children[0]),
            "month": "2026-12",
            "first": "2026-12-09",
            "reason_code": "other",
            "reason_text": "Fête",
            **changed,
        }
        page = await send(reader(), f"{DESK}/{family.family_id}/absences", form)
        assert page.status_code == 422
        assert said in words(page)


async def test_a_waiting_request_is_taken_back_at_the_desk(ask, reader, enrolment):
    request = await ask(name=HOSTILE)
    (row,) = await enrolment.rows("SELECT family_id FROM requests")
    agent, path = reader(), f"{DESK}/{row.family_id}"
    assert HOSTILE in words(await agent.open(path))
    taken = await agent.send(f"{path}/demandes/{request['request_id']}/retirer")
    assert taken.status_code == 303
    (step,) = await enrolment.rows("SELECT channel FROM request_transitions WHERE step='withdraw'")
    assert step.channel == "front_desk"
    stranger = await enrolment.family(LOU, name="Bleuet")
    other = f"{DESK}/{stranger.family_id}/demandes/{request['request_id']}/retirer"
    assert (await agent.send(other)).status_code == 404


async def test_forms_that_are_not_ours_and_strangers_change_nothing(
    family, reader, enrolment, wednesdays
):
    agent, path = reader(), f"{DESK}/{family.family_id}/jours"
    ours = fields(family, wednesdays, DAY)
    for wrong in (
        {"line": ["x"]},
        {"line": [f"{wednesdays.slots['Journée']}_2026-99-99"]},
        {"request_id": ""},
        {"request_id": "x"},
        {"child": "x"},
    ):
        assert (await send(agent, path, {**ours, **wrong})).status_code == 422
    nothing = await send(agent, path, {**ours, "line": []})
    assert "Cochez au moins un jour." in words(nothing)
    assert (await send(agent, path, {**ours, "child": NOBODY})).status_code == 404
    assert (await send(agent, f"{DESK}/{NOBODY}/jours", ours)).status_code == 404
    assert (await agent.open(f"{DESK}/{NOBODY}")).status_code == 404
    unknown = {**ours, "line": [f"{new_id()}_{DAY}"]}
    assert (await send(agent, path, unknown)).status_code == 404
    for role in (Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR, Audience.CASH_OFFICE):
        assert (await send(reader(role), path, ours)).status_code == 403
        assert (await reader(role).open(DESK)).status_code == 403
    assert await enrolment.rows("SELECT 1 FROM requests") == []
