"""The queue: its list, its pages, its deadlines, its addresses."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from chassis.auth import Audience
from chassis.peers import PeerUnavailable

from .conftest import NOBODY, QUEUE, words


@pytest.mark.parametrize("address", ["/console", "/console/"])
async def test_the_console_opens_on_the_requests(reader, address):
    answer = await reader().open(address)
    assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)


OF_ACCOUNTS = ("/console/acces", "/console/agents", "/console/effacements")


async def test_every_entry_of_the_menu_opens_for_whom_it_is_shown(wednesdays, reader, billing):
    billing.price = PeerUnavailable("every other service")
    shown: dict[Audience, set[str]] = {}
    for role in (Audience.SECRETARIAT, Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR):
        agent = reader(role)
        menu = (await agent.open(QUEUE)).text.partition("<main")[0]
        shown[role] = set(re.findall(r'href="(/console/[a-z]+)"', menu))
        for entry in shown[role]:
            # These are all of accounts': without it, the page is the one that says so.
            expected = 503 if entry in OF_ACCOUNTS else 200
            assert (await agent.open(entry)).status_code == expected, (role, entry)
    assert "/console/guichet" in shown[Audience.SECRETARIAT]
    assert "/console/guichet" not in shown[Audience.ADMIN]
    assert "/console/regles" not in shown[Audience.CENTRE]


async def test_the_script_gets_the_pane_alone(ask, reader):
    request = await ask()
    for address in (f"{QUEUE}?demande={request['request_id']}", f"{QUEUE}/{request['request_id']}"):
        pane = await reader().open(address, **{"X-Fragment": "detail"})
        assert pane.text.lstrip().startswith("<article")
        assert f'data-request="{request["request_id"]}"' in pane.text
    gone = await reader().open(f"{QUEUE}?demande={uuid4()}", **{"X-Fragment": "detail"})
    assert gone.status_code == 404


WRONG_ADDRESSES_ARE_ANSWERED_WITH_CASES = [
    (f"{QUEUE}/{NOBODY}", 404),
    (f"{QUEUE}/x", 422),
    (f"{QUEUE}?etat=x", 422),
    (f"{QUEUE}?page=0", 422),
    (f"{QUEUE}?page=99999999999999999999", 422),
    (f"{QUEUE}?genre=%00", 422),
    (f"{QUEUE}?demande=%00", 422),
    (f"{QUEUE}?demande={NOBODY}&fait={NOBODY}&page=9", 200),
    (f"{QUEUE}?genre=school.enrol", 200),
    ("/console/nulle-part/ailleurs", 404),
]


async def test_wrong_addresses_are_answered_with_a_page(reader):
    for address, status in WRONG_ADDRESSES_ARE_ANSWERED_WITH_CASES:
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
