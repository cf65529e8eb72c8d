"""The queue narrowed: by family, centre, age, sort of request, and by who follows it."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.auth import Audience

from .conftest import QUEUE, words


async def listed(reader: Any, address: str) -> set[str]:
    """The given names of the rows on show."""
    page = await reader.open(address)
    assert page.status_code == 200, page.text
    said = words(page).partition("Les plus proches")[0]
    return {name for name in ("Zoé", "Anaïs", "Tom") if f"Réservation, {name}," in said}


@pytest.fixture
async def three(ask: Any) -> list[dict[str, Any]]:
    return [
        await ask("2026-12-02", name="Le Guen-Noël", given="Zoé"),
        await ask("2026-12-09", name="L’Hôpital", given="Anaïs"),
        await ask("2026-12-16", name="Œuvrard", given="Tom"),
    ]


A_FAMILY_IS_FOUND_AS_CASES = [
    ("guen", {"Zoé"}),
    ("NOEL", {"Zoé"}),
    ("zoe le", {"Zoé"}),
    ("zoé tom", set()),
    ("hopital", {"Anaïs"}),
    ("oeuv", {"Tom"}),
    ("ôeuv", {"Tom"}),
    ("uen", set()),
    ("%", {"Zoé", "Anaïs", "Tom"}),
    ("F-0001", {"Zoé", "Anaïs", "Tom"}),
    ("' OR 1=1 --", set()),
]


async def test_a_family_is_found_as_its_name_is_typed(three, reader):
    for typed, found in A_FAMILY_IS_FOUND_AS_CASES:
        page = await reader().client.get(
            QUEUE,
            params={"recherche": typed},
            headers={"Authorization": f"Bearer {reader().token}"},
        )
        said = words(page)
        assert {n for n in ("Zoé", "Anaïs", "Tom") if f"Réservation, {n}," in said} == found
        assert ("Aucune demande ne correspond" in said) is not bool(found)


async def test_a_number_finds_its_request(three, reader):
    number = three[1]["number"]
    assert await listed(reader(), f"{QUEUE}?recherche={number}") == {"Anaïs"}


async def test_a_centre_has_its_own_requests(three, reader, enrolment, wednesdays):
    admin = enrolment.staff(Audience.ADMIN)
    other = (await admin.post("/v1/staff/centres", {"name": "Le Préau"})).json()["centre_id"]
    (own,) = await enrolment.rows("SELECT centre_id FROM activities")
    assert await listed(reader(), f"{QUEUE}?centre={own.centre_id}") == {"Zoé", "Anaïs", "Tom"}
    assert await listed(reader(), f"{QUEUE}?centre={other}") == set()


async def test_old_requests_and_those_nearly_due_are_found(ask, reader, enrolment):
    await ask(given="Zoé")
    enrolment.clock.advance(timedelta(days=8))
    await ask("2027-03-03", given="Tom")
    assert await listed(reader(), f"{QUEUE}?age=semaine") == {"Zoé"}
    assert await listed(reader(), f"{QUEUE}?age=mois") == set()
    enrolment.clock.advance(timedelta(days=47))
    assert await listed(reader(), f"{QUEUE}?age=echeance") == {"Zoé"}
    assert await listed(reader(), f"{QUEUE}?age=mois") == {"Zoé", "Tom"}


async def test_a_sort_of_requests_is_a_pile_of_its_own(three, reader, enrolment):
    tom = three[2]["request_id"]
    await enrolment.run("UPDATE requests SET kind = 'child.update' WHERE request_id = :id", id=tom)
    page = words(await reader().open(QUEUE))
    assert "Réservations 2" in page
    assert "Dossiers 1" in page
    assert await listed(reader(), f"{QUEUE}?genre=reservations") == {"Zoé", "Anaïs"}
    assert await listed(reader(), f"{QUEUE}?genre=booking.request") == {"Zoé", "Anaïs"}


async def test_what_narrows_the_list_stays_after_a_decision(three, reader):
    agent = reader()
    request = three[0]
    page = await agent.open(f"{QUEUE}?recherche=guen&age=&centre=&suivi=personne")
    assert "recherche=guen&amp;demande=" in page.text
    done = await agent.send(
        f"{QUEUE}/{request['request_id']}/accepter?recherche=guen&suivi=personne", version="1"
    )
    assert "recherche=guen" in done.headers["location"]
    assert "suivi=personne" in done.headers["location"]


FILTERS_THAT_DO_NOT_EXIST_CASES = ["centre=x", "age=x", "suivi=x", "recherche=" + "a" * 81]


async def test_filters_that_do_not_exist_are_answered_with_a_page(reader):
    for wrong in FILTERS_THAT_DO_NOT_EXIST_CASES:
        answer = await reader().open(f"{QUEUE}?{wrong}")
        assert (answer.status_code, answer.headers["content-type"][:9]) == (422, "text/html")
