"""Pointing: a roster for a tablet, corrections with a trace, children who came unbooked."""

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest

from chassis.auth import Audience
from chassis.identifiers import new_id
from chassis.peers import PeerUnavailable

from .conftest import NOBODY, Reader, words

ROOM = "/console/pointage"
DAY = "2026-12-02"
HERE = f"{ROOM}?jour={DAY}"


class FakeCare:
    """Accounts as the roster asks it."""

    def __init__(self) -> None:
        self.notes: dict[str, dict[str, Any]] = {}
        self.away = False
        self.asked: list[Any] = []

    async def post(self, _peer: object, path: str, body: Any, *, token: str | None = None) -> Any:
        self.asked.append((path, body, token))
        if self.away:
            raise PeerUnavailable("accounts")
        empty = {"diet": None, "care_plan": False, "allergies": []}
        return {
            "items": [{"child_id": one, **self.notes.get(one, empty)} for one in body["child_ids"]]
        }

    async def get(self, *_: object, **__: object) -> Any:
        raise PeerUnavailable("billing")

    async def close(self) -> None:
        pass


@pytest.fixture
def care(enrolment: Any) -> FakeCare:
    enrolment.runtime.peers = FakeCare()
    return enrolment.runtime.peers


@pytest.fixture
async def roster(enrolment: Any, wednesdays: Any, reader: Any, care: FakeCare) -> Any:
    """Two children of six and over and one of four, booked; the clock stands on the day."""
    family = await enrolment.family(
        "2019-05-04", "2018-01-10", "2022-06-01", names=("Lou", "Noé", "Ana")
    )
    lines = [
        {"child_id": str(child), "slot_id": str(wednesdays.slots["Journée"]), "day": DAY}
        for child in family.children
    ]
    agent = enrolment.staff(Audience.SECRETARIAT)
    body = {"family_id": str(family.family_id), "lines": lines}
    made = await agent.post("/v1/staff/front-desk/bookings", body)
    assert made.status_code == 201, made.text
    enrolment.clock.advance(timedelta(days=8))
    return family


async def tap(agent: Reader, offer: Any, child: Any, presence: str, **headers: str) -> Any:
    return await agent.client.post(
        HERE,
        data={
            "child": str(child),
            "slot": str(offer.slots["Journée"]),
            "presence": presence,
        },
        headers={"Authorization": f"Bearer {agent.token}", **headers},
    )


async def test_the_roster_says_who_is_expected_and_what_to_know(
    roster, reader, enrolment, wednesdays, care
):
    lou, noe, ana = map(str, roster.children)
    care.notes = {
        lou: {"diet": "no_pork", "care_plan": True, "allergies": ["arachide"]},
        noe: {"diet": "standard", "care_plan": False, "allergies": []},
    }
    said = words(await reader().open(HERE))
    for expected in (
        "Mercredi 2 décembre 2026, Les Libellules",
        "Noisetier Lou 7\u00a0ans",
        "PAI\u202f; sans porc\u202f; allergie\u00a0: arachide",
        "3\u00a0inscrits, 0\u00a0présent, 0\u00a0absent, 3\u00a0à pointer",
        "Encadrement\u00a0: 2\u00a0adultes au moins",
        "1 non précisé, 1 sans porc, 1 sans restriction",
    ):
        assert expected in said, expected
    (path, body, token) = care.asked[0]
    assert (path, body["day"], bool(token)) == ("/v1/staff/rosters", DAY, True)
    assert set(body["child_ids"]) == {lou, noe, ana}


async def test_a_tap_points_a_child_and_tells_the_others(roster, reader, enrolment, wednesdays):
    agent, lou = reader(), roster.children[0]
    done = await tap(agent, wednesdays, lou, "present")
    assert done.status_code == 303
    assert done.headers["location"].endswith(f"#e-{wednesdays.slots['Journée']}-{lou}")
    said = words(await agent.open(HERE))
    assert "1\u00a0présent, 0\u00a0absent, 2\u00a0à pointer" in said
    assert "Dominique Lemoine" in said
    (event,) = [e for e in await enrolment.events() if type(e).__name__ == "AttendanceRecorded"]
    assert (event.child_id, str(event.presence), event.version) == (lou, "present", 1)
    assert event.booking_id is not None
    assert event.rate_code == "wednesday_day"
    await tap(agent, wednesdays, lou, "present")
    again = [e for e in await enrolment.events() if type(e).__name__ == "AttendanceRecorded"]
    assert len(again) == 1, "the same tap twice is one pointing"


async def test_the_script_gets_the_line_alone(roster, reader, wednesdays):
    line = await tap(reader(), wednesdays, roster.children[0], "left", **{"X-Fragment": "detail"})
    assert line.status_code == 200
    assert line.text.lstrip().startswith("<li")
    assert "Parti" in words(line)
    assert 'value="left" aria-pressed="true"' in line.text


async def test_a_late_correction_keeps_the_trace(roster, reader, enrolment, wednesdays):
    first, second = reader(), reader(name="Camille Roy")
    lou = roster.children[0]
    await tap(first, wednesdays, lou, "present")
    enrolment.clock.advance(timedelta(days=2))
    await tap(second, wednesdays, lou, "absent")
    said = words(await first.open(HERE))
    assert "Jour passé" in said
    assert "Lou Noisetier, Journée\u00a0: absent (après coup)" in said
    assert "Camille Roy" in said
    steps = await enrolment.rows(
        "SELECT version, presence, actor_name, late FROM attendance_steps ORDER BY step_id"
    )
    assert [tuple(step) for step in steps] == [
        (1, "present", "Dominique Lemoine", False),
        (2, "absent", "Camille Roy", True),
    ]


async def test_a_child_without_a_booking_is_found_and_pointed(
    roster, reader, enrolment, wednesdays
):
    guest = await enrolment.family("2019-03-03", name="L’Hôpital", names=("Zoé",))
    agent = reader()
    page = await agent.open(f"{HERE}&ajout=hopital")
    assert "L’Hôpital Zoé" in words(page)
    await tap(agent, wednesdays, guest.children[0], "present")
    assert "Venu sans réservation" in words(await agent.open(HERE))
    (row,) = await enrolment.rows("SELECT booking_id FROM attendances")
    assert row.booking_id is None


async def test_all_the_others_are_present_but_those_who_said_no(
    roster, reader, enrolment, wednesdays
):
    agent = reader()
    await enrolment.run(
        "UPDATE bookings SET state = 'absent' WHERE child_id = :ana", ana=roster.children[2]
    )
    said = words(await agent.open(HERE))
    assert "Absence annoncée" in said
    assert "2\u00a0à pointer" in said
    slot = str(wednesdays.slots["Journée"])
    await agent.send(f"{ROOM}/tous?jour={DAY}", slot=slot)
    assert "2\u00a0présents, 1\u00a0absent, tout est pointé" in words(await agent.open(HERE))


async def test_missing_adults_raise_an_alert(roster, reader, wednesdays, enrolment):
    agent = reader()
    activity = str(wednesdays.activity_id)
    (centre,) = await enrolment.rows("SELECT centre_id FROM centres")
    address = f"{ROOM}/adultes?jour={DAY}&centre={centre.centre_id}"
    done = await agent.send(address, activity=activity, adults="1")
    assert done.status_code == 303
    assert "2\u00a0adultes au moins, 1\u00a0présent. Il en manque 1." in words(
        await agent.open(HERE)
    )
    for wrong in ("", "-1", "201", "x", "²"):
        assert (await agent.send(address, activity=activity, adults=wrong)).status_code == 422


async def test_without_accounts_the_roster_stands_and_says_what_is_missing(roster, reader, care):
    care.away = True
    said = words(await reader().open(HERE))
    assert "Les régimes et les PAI ne peuvent pas être lus pour le moment" in said
    assert "Noisetier Lou" in said
    assert "régimes non affichés" in said


async def test_who_may_not_read_health_sees_none_and_asks_for_none(roster, reader, care):
    for role in (Audience.ADMIN, Audience.AUDITOR):
        said = words(await reader(role).open(HERE))
        assert "Votre rôle ne donne pas accès aux régimes" in said
        assert "Présent" not in said
    assert care.asked == []
    assert (await reader(Audience.CASH_OFFICE).open(HERE)).status_code == 403


async def test_the_day_goes_on_paper_and_into_spreadsheets(
    roster, reader, enrolment, wednesdays, care
):
    lou = str(roster.children[0])
    care.notes = {lou: {"diet": "vegetarian", "care_plan": True, "allergies": []}}
    await enrolment.run(
        "UPDATE children SET family_name = '=1+1' WHERE child_id = :id", id=roster.children[1]
    )
    agent = reader()
    paper = await agent.open(f"{ROOM}/feuille.pdf?jour={DAY}")
    assert paper.headers["content-type"] == "application/pdf"
    text = " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    assert "Feuille d’émargement" in text
    assert "Noisetier Lou" in text
    table = await agent.open(f"{ROOM}/export.csv?jour={DAY}")
    lines = table.content.decode("utf-8-sig").splitlines()
    assert lines[0].endswith("Régime;PAI;Allergies")
    assert any("Lou" in line and "végétarien;oui;" in line for line in lines)
    assert any(";'=1+1;" in line for line in lines)
    hidden = await reader(Audience.AUDITOR).open(f"{ROOM}/export.csv?jour={DAY}")
    assert "PAI" not in hidden.text
    ods = await agent.open(f"{ROOM}/export.ods?jour={DAY}")
    assert ods.content.startswith(b"PK")
    listed = await agent.open(f"{ROOM}/liste.pdf?jour={DAY}")
    text = " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(listed.content)).pages)
    assert ("Liste des enfants" in text, "Signature" in text) == (True, False)
    unread = await reader(Audience.AUDITOR).open(f"{ROOM}/liste.pdf?jour={DAY}")
    text = " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(unread.content)).pages)
    assert ("Noisetier Lou" in text, "PAI" in text) == (True, False)
    # The month: who came, without what is known of health; the meals by diet for who may know.
    month = (await agent.open(f"{ROOM}/mois/presences.csv?mois={DAY[:7]}")).content.decode(
        "utf-8-sig"
    )
    assert ("Lou" in month, "végétarien" in month) == (True, False)
    eaten = await agent.open(f"{ROOM}/mois/repas.csv?mois={DAY[:7]}")
    head, first = eaten.content.decode("utf-8-sig").splitlines()[:2]
    row = dict(zip(head.split(";"), first.split(";"), strict=True))
    assert (row["Repas"], row["Végétarien"], row["Non précisé"]) == ("3", "1", "2")
    blind = await reader(Audience.AUDITOR).open(f"{ROOM}/mois/repas.csv?mois={DAY[:7]}")
    assert "Végétarien" not in blind.text
    places = await agent.open(f"/console/places/mois.ods?mois={DAY[:7]}")
    assert places.content.startswith(b"PK")
    assert (await agent.open(f"{ROOM}/mois/presences.csv?mois=2026-13")).status_code == 422


async def test_an_agent_points_only_in_the_centres_of_the_team(
    roster, reader, enrolment, wednesdays
):
    agent = reader(Audience.CENTRE)
    assert "Aucun centre" in words(await agent.open(HERE))
    lou = roster.children[0]
    assert (await tap(agent, wednesdays, lou, "present")).status_code == 404
    assert (await agent.open(f"{ROOM}/feuille.pdf?jour={DAY}")).status_code == 404
    staff_id = UUID(enrolment.principals[agent.token].id)
    await enrolment.run("INSERT INTO centre_teams SELECT centre_id, :id FROM centres", id=staff_id)
    assert (await tap(agent, wednesdays, lou, "present")).status_code == 303
    for role in (Audience.ADMIN, Audience.AUDITOR):
        assert (await tap(reader(role), wednesdays, lou, "absent")).status_code == 403


async def test_what_is_not_ours_changes_nothing(roster, reader, enrolment, wednesdays):
    agent, lou = reader(), roster.children[0]
    assert (await tap(agent, wednesdays, lou, "asleep")).status_code == 422
    assert (await tap(agent, wednesdays, "x", "present")).status_code == 422
    assert (await tap(agent, wednesdays, NOBODY, "present")).status_code == 404
    slot = str(wednesdays.slots["Journée"])
    unknown = {"child": str(lou), "presence": "present", "slot": str(new_id())}
    assert (await agent.send(HERE, **unknown)).status_code == 404
    future = await agent.send(
        f"{ROOM}?jour=2026-12-09", child=str(lou), slot=slot, presence="present"
    )
    assert future.status_code == 422
    assert "pas encore venu" in words(future)
    assert (await agent.open(f"{ROOM}?jour=x")).status_code == 422
    assert (await agent.open(f"{ROOM}?centre={NOBODY}")).status_code == 404
    assert await enrolment.rows("SELECT 1 FROM attendances") == []


async def test_other_programs_point_too_and_a_declared_absence_is_known_before_it_is_decided(
    roster, reader, enrolment, wednesdays
):
    slot, (lou, noe, _) = wednesdays.slots["Journée"], roster.children
    declared = {
        "request_id": str(new_id()),
        "child_ids": [str(noe)],
        "first_day": DAY,
        "last_day": DAY,
        "reason": "strike",
    }
    assert (await roster.post("/v1/me/absences", declared)).status_code == 201
    tablet = enrolment.staff(Audience.SECRETARIAT)
    listed = (await tablet.get(f"/v1/staff/attendance/{slot}/{DAY}")).json()["items"]
    assert {one["given_name"]: one["absent_told"] for one in listed} == {
        "Ana": False,
        "Lou": False,
        "Noé": True,
    }
    assert "Absence annoncée" in words(await reader().open(HERE))
    body = {
        "slot_id": str(slot),
        "day": DAY,
        "children": [{"child_id": str(lou), "presence": "present"}],
    }
    assert (await tablet.post("/v1/staff/attendance", body)).json() == {"pointed": 1}
    later = await tablet.post("/v1/staff/attendance", {**body, "day": "2027-01-06"})
    assert (later.status_code, later.json()["type"].endswith("not-pointable")) == (422, True)
    unknown = await tablet.post("/v1/staff/attendance", {**body, "slot_id": str(new_id())})
    assert unknown.status_code == 404
