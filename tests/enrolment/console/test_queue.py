"""The queue: its list, its pages, its deadlines, its addresses."""

from datetime import timedelta
from uuid import uuid4

import pytest

from chassis.auth import Audience
from chassis.web.navigation import CONSOLE
from enrolment.console.pages import SECTIONS

from .conftest import NOBODY, QUEUE, Tags, words


@pytest.mark.parametrize("address", ["/console", "/console/"])
async def test_the_console_opens_on_the_requests(reader, address):
    answer = await reader().open(address)
    assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)


async def test_only_what_works_is_in_the_menu(ask, reader):
    await ask()
    tags = Tags((await reader().open(QUEUE)).text).found
    links = {str(given["href"]) for tag, given in tags if tag == "a" and "href" in given}
    inside = {link.partition("?")[0] for link in links if link.startswith("/console")}
    inside -= {link for link in inside if link.endswith("/accuse.pdf")}
    entries = [entry for group in CONSOLE for entry in group.entries]
    open_to = {key for key, roles in SECTIONS.items() if Audience.SECRETARIAT in roles}
    assert inside == {"/console", *(entry.url for entry in entries if entry.key in open_to)}
    assert "data-live" not in dict(tags)


async def test_the_script_gets_the_pane_alone(ask, reader):
    request = await ask()
    for address in (f"{QUEUE}?demande={request['request_id']}", f"{QUEUE}/{request['request_id']}"):
        pane = await reader().open(address, **{"X-Fragment": "detail"})
        assert pane.text.lstrip().startswith("<article")
        assert f'data-request="{request["request_id"]}"' in pane.text
    gone = await reader().open(f"{QUEUE}?demande={uuid4()}", **{"X-Fragment": "detail"})
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"{QUEUE}/{NOBODY}", 404),
        (f"{QUEUE}/x", 422),
        (f"{QUEUE}?etat=x", 422),
        (f"{QUEUE}?page=0", 422),
        (f"{QUEUE}?page=99999999999999999999", 422),
        (f"{QUEUE}?genre=%00", 422),
        (f"{QUEUE}?demande=%00", 422),
        (f"{QUEUE}?demande={NOBODY}&fait={NOBODY}&page=9", 200),
        (f"{QUEUE}?genre=school.enrol", 200),
    ],
)
async def test_wrong_addresses_are_answered_with_a_page(reader, address, status):
    answer = await reader().open(address)
    assert answer.status_code == status
    assert "text/html" in answer.headers["content-type"]
    assert "<!doctype html>" in answer.text


async def test_the_nearest_deadline_comes_first_and_is_marked(ask, reader, enrolment):
    first = await ask(given="Lou")
    enrolment.clock.advance(timedelta(days=1))
    second = await ask("2026-12-09", given="Noé")
    enrolment.clock.advance(timedelta(days=56))
    page = await reader().open(QUEUE)
    said = words(page)
    assert said.index(first["number"]) < said.index(second["number"])
    assert "2\u00a0à décider, dont 2\u00a0proches de l’échéance légale" in said
    assert "dans 4\u00a0jours" in said
    enrolment.clock.advance(timedelta(days=4))
    late = await reader().open(QUEUE)
    assert "dépassée" in words(late)
    assert 'class="due late"' in late.text


async def test_a_long_list_has_pages(ask, reader, enrolment):
    request = await ask()
    await enrolment.run(
        "INSERT INTO requests (request_id, number, family_id, kind, state, version, submitted_at,"
        " submitted_by, channel, due_on)"
        " SELECT gen_random_uuid(), 'D-2026-90' || n, family_id, kind, state, 1, submitted_at,"
        " submitted_by, channel, due_on + 1"
        " FROM requests, generate_series(1, 104) AS n WHERE request_id = :id",
        id=request["request_id"],
    )
    first = await reader().open(QUEUE)
    assert first.text.count("data-queue-row") == 50
    assert "Demandes 1 à 50 sur 105" in words(first)
    last = await reader().open(f"{QUEUE}?page=3")
    assert last.text.count("data-queue-row") == 5
    assert "Demandes 101 à 105 sur 105" in words(last)
    assert "Page suivante" not in words(last)
