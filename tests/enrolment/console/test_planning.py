"""Planning and waiting lists: a week at a glance, one day in full, its capacity."""

from typing import Any
from uuid import UUID

from chassis.auth import Audience

from .conftest import NOBODY, words

PLACES, WAITING = "/console/places", "/console/attente"
WEEK, DAY = "2026-11-30", "2026-12-02"


async def fill(enrolment: Any, *, waiting: bool = False) -> None:
    await enrolment.run("UPDATE activities SET waiting_list = :waiting", waiting=waiting)
    await enrolment.run(
        "UPDATE places SET booked = 5 WHERE day = '2026-12-02' AND age_group = 'six_and_over'"
    )


def day_of(offer: Any, group: str = "six_and_over") -> str:
    return f"{PLACES}/{offer.activity_id}/{DAY}/{group}"


async def test_the_week_shows_free_held_booked_and_waiting_by_age_and_day(ask, reader, wednesdays):
    await ask(DAY)
    page = await reader().open(f"{PLACES}?semaine=2026-12-03")
    said = words(page)
    for expected in (
        "Semaine du 30 novembre 2026, Les Libellules",
        "4\u00a0libres 0 rés. + 1 ret. / 5",
        "4\u00a0libres 0 rés. + 0 ret. / 4",
        "moins de 6\u00a0ans",
    ):
        assert expected in said, expected
    assert "/console/pointage?centre=" in page.text
    assert "Rien n’est ouvert" in words(await reader().open(f"{PLACES}?semaine=2026-12-28"))


async def test_who_waits_has_a_rank_on_the_day_and_in_the_lists(ask, reader, enrolment, wednesdays):
    await fill(enrolment, waiting=True)
    await ask(DAY, given="Lou")
    await ask(DAY, given="Zoé", name="Bleuet")
    agent = reader()
    assert "2 en attente" in words(await agent.open(f"{PLACES}?semaine={WEEK}"))
    for address in (day_of(wednesdays), WAITING):
        said = words(await agent.open(address))
        assert said.index("1. Noisetier Lou") < said.index("2. Bleuet Zoé")
        assert "Liste d’attente, rang 2" in said
    assert "Mercredi 2 décembre, Mercredi, 6\u00a0ans et plus" in words(await agent.open(WAITING))


async def test_a_place_added_to_a_day_is_offered_to_the_first_in_line(
    ask, reader, enrolment, wednesdays
):
    await fill(enrolment, waiting=True)
    await ask(DAY)
    admin = reader(Audience.ADMIN)
    done = await admin.send(day_of(wednesdays), capacity="6")
    assert done.status_code == 303
    said = words(await admin.open(day_of(wednesdays)))
    assert "Place proposée" in said
    assert "jusqu’au jeudi 26 novembre, 7\u00a0h" in said


async def test_fewer_places_than_children_is_said_before_it_is_done(
    ask, reader, enrolment, wednesdays
):
    await fill(enrolment)
    admin = reader(Audience.ADMIN)
    warned = await admin.send(day_of(wednesdays), capacity="3")
    assert warned.status_code == 409
    assert "le jour serait en surnombre" in words(warned)
    assert 'value="3"' in warned.text
    (kept,) = await enrolment.rows(
        "SELECT capacity FROM places WHERE day = '2026-12-02' AND age_group = 'six_and_over'"
    )
    assert kept.capacity == 5
    done = await admin.send(day_of(wednesdays), capacity="3", confirmed="yes")
    assert done.status_code == 303
    assert "2\u00a0enfants de plus que de places" in words(
        await admin.open(f"{PLACES}?semaine={WEEK}")
    )


async def test_the_week_goes_into_spreadsheets(reader, wednesdays):
    table = await reader().open(f"{PLACES}/export.csv?semaine={WEEK}")
    lines = table.content.decode("utf-8-sig").splitlines()
    assert lines[0] == ("Centre;Activité;Âge;Jour;Places;Libres;Retenues;Réservées;En attente")
    assert "Les Libellules;Mercredi;6\u00a0ans et plus;02/12/2026;5;5;0;0;0" in lines
    assert (await reader().open(f"{PLACES}/export.ods")).content.startswith(b"PK")


async def test_a_centres_agent_sees_its_own_places_only(reader, enrolment, wednesdays):
    agent = reader(Audience.CENTRE)
    for address in (PLACES, WAITING):
        assert "Aucun centre" in words(await agent.open(address))
    assert (await agent.open(day_of(wednesdays))).status_code == 404
    staff_id = UUID(enrolment.principals[agent.token].id)
    await enrolment.run("INSERT INTO centre_teams SELECT centre_id, :id FROM centres", id=staff_id)
    assert (await agent.open(day_of(wednesdays))).status_code == 200
    assert "Les Libellules" in words(await agent.open(PLACES))


WRONG_ADDRESSES_ARE_ANSWERED_WITH_CASES = [
    (f"{PLACES}?centre={NOBODY}", 404),
    (f"{PLACES}?semaine=x", 422),
    (f"{PLACES}/{NOBODY}/{DAY}/six_and_over", 404),
    (f"{PLACES}/{NOBODY}/{DAY}/old", 422),
    (f"{WAITING}?page=0", 422),
    (f"{WAITING}?centre=&page=9", 200),
]


async def test_wrong_addresses_are_answered_with_a_page(reader, wednesdays):
    for address, status in WRONG_ADDRESSES_ARE_ANSWERED_WITH_CASES:
        answer = await reader().open(address)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (status, "text/html")


async def test_only_the_administration_changes_a_day(reader, enrolment, wednesdays):
    for role in (Audience.SECRETARIAT, Audience.CENTRE, Audience.AUDITOR):
        assert (await reader(role).send(day_of(wednesdays), capacity="9")).status_code == 403
    for wrong in ("", "-1", "x", "10001", "²"):
        answer = await reader(Audience.ADMIN).send(day_of(wednesdays), capacity=wrong)
        assert answer.status_code == 422
        assert "Indiquez un nombre de places" in words(answer)


async def test_adults_are_planned_once_and_too_few_raise_an_alert(
    ask, reader, enrolment, wednesdays
):
    await fill(enrolment)
    await enrolment.run("UPDATE activities SET per_adult_six_and_over = 2")
    agent = reader(Audience.SECRETARIAT)
    page = words(await agent.open(f"{PLACES}?semaine={WEEK}"))
    assert "3 au moins prévus : non précisé" in page.replace("\u00a0", " ")
    assert "5 enfants" not in page, "a day of which nobody said is no alert"
    planned = {"activity": str(wednesdays.activity_id), "adults": "2", "until": "2026-12-16"}
    done = await agent.send(f"{PLACES}/adultes?semaine={WEEK}", **planned)
    assert done.status_code == 303
    days = await enrolment.rows("SELECT day FROM adults_present ORDER BY day")
    assert [str(row.day) for row in days] == ["2026-12-02", "2026-12-09", "2026-12-16"]
    said = words(await agent.open(f"{PLACES}?semaine={WEEK}")).replace("\u00a0", " ")
    assert "Mercredi, mercredi 2 décembre : 3 adultes au moins pour 5 enfants, 2 prévus." in said
    for wrong in ({"adults": "beaucoup"}, {"activity": NOBODY}, {"until": "demain"}):
        refused = await agent.send(f"{PLACES}/adultes?semaine={WEEK}", **{**planned, **wrong})
        assert refused.status_code == 422, wrong
    auditor = reader(Audience.AUDITOR)
    assert (await auditor.send(f"{PLACES}/adultes", **planned)).status_code == 403


async def test_no_more_places_than_the_licence_without_a_word(reader, enrolment, wednesdays):
    admin = reader(Audience.ADMIN)
    (centre,) = await enrolment.rows("SELECT centre_id FROM centres")
    own = f"/console/activites/centres/{centre.centre_id}"
    licence = {"name": "Les Libellules", "version": "1", "licensed_under_six": "4"}
    half = await admin.send(own, **licence)
    assert (half.status_code, "les deux capacités" in words(half)) == (422, True)
    licence["licensed_six_and_over"] = "4"
    over = "Mercredi : 5 places (6 ans et plus) aux mêmes heures, pour 4 dans l’agrément"
    warned = await admin.send(own, **licence)
    assert (warned.status_code, over in words(warned).replace("\u00a0", " ")) == (409, True)
    assert (await admin.send(own, **licence, confirmed="yes")).status_code == 303
    listed = words(await admin.open("/console/activites")).replace("\u00a0", " ")
    assert f"Les Libellules. {over}" in listed
    day = await admin.send(day_of(wednesdays), capacity="6")
    assert day.status_code == 409
    assert "6 places (6 ans et plus) aux mêmes heures" in words(day).replace("\u00a0", " ")
    # What was beyond already, and is no more so now, alerts nobody again.
    assert (await admin.send(day_of(wednesdays), capacity="5")).status_code == 303
    assert (await admin.send(day_of(wednesdays), capacity="6", confirmed="yes")).status_code == 303
    assert (await reader().open(own)).status_code == 403
