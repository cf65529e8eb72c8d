"""The detail of a request: what is needed to decide, whoever reads, whatever is down."""

import asyncio
import re

import pytest

from chassis.auth import Audience
from chassis.peers import PeerRefused, PeerUnavailable

from .conftest import HOSTILE, QUEUE, Tags, state_of, words


async def test_the_queue_shows_what_is_needed_to_decide(ask, reader, enrolment, billing):
    request = await ask()
    answer = await reader().open(QUEUE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    said = words(answer)
    for expected in (
        "1\u00a0à décider",
        request["number"],
        "Réservation, Lou, mer. 2 déc., Journée",
        "Lou Noisetier, 7\u00a0ans",
        "Mercredi 2 décembre, Journée, Mercredi, Les Libellules",
        "Demandée par Famille Noisetier, sur le portail, ce matin, 7\u00a0h",
        "Places 6\u00a0ans et plus 4\u00a0libres sur 5",
        "(0\u00a0réservée, 1\u00a0en attente dont celle-ci)",
        "Tarif 7,50\u00a0€ (T2, QF\u00a0540)",
        "respecté (limite\u00a0: jeudi 26 novembre, 12\u00a0h)",
        "dimanche 24 janvier 2027 (dans 61\u00a0jours), le silence vaut accord",
        "Noisetier (F-0001)",
        "Demande reçue ce matin, 7\u00a0h, Famille Noisetier (portail)",
    ):
        assert expected in said, expected
    (asked,) = billing.asked
    assert asked["rate_code"] == "wednesday_day"
    assert asked["day"] == "2026-12-02"
    assert asked["token"], "asked in the reader's own name"


async def test_five_hundred_characters_are_enough_and_allowed(ask, reader, enrolment):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}/refuser"
    assert (await reader().send(address, version="1", reason="é" * 500)).status_code == 303


async def test_a_request_has_a_page_of_its_own(ask, reader):
    request = await ask()
    page = await reader().open(f"{QUEUE}/{request['request_id']}")
    assert page.status_code == 200
    assert "Lou Noisetier, 7\u00a0ans" in words(page)
    assert f"Demande {request['number']}" in words(page)
    assert "<table" not in page.text
    assert page.text.count('name="reason"') == 1


async def test_hostile_names_are_only_words(ask, reader, enrolment):
    request = await ask(name=HOSTILE, given='"><img src=x onerror=alert(1)>')
    agent = reader(name=HOSTILE)
    pages = [
        await agent.open(QUEUE),
        await agent.open(f"{QUEUE}/{request['request_id']}"),
        await agent.send(f"{QUEUE}/{request['request_id']}/refuser", version="1", reason=" "),
        await agent.send(f"{QUEUE}/{request['request_id']}/refuser", version="9", reason=HOSTILE),
        await agent.send(f"{QUEUE}/{request['request_id']}/refuser", version="1", reason=HOSTILE),
        await agent.open(f"{QUEUE}?etat=refusees"),
    ]
    assert [page.status_code for page in pages] == [200, 200, 422, 409, 303, 200]
    for page in pages:
        for tag, given in Tags(page.text).found:
            assert tag != "script" or str(given.get("src", "")).startswith("/static/")
            assert tag != "img"
            assert not [name for name in given if name.startswith("on") or name == "style"]
    assert HOSTILE in words(pages[-1]), "shown as it is written"


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (PeerUnavailable("billing"), "indisponible pour le moment (la facturation ne répond pas)"),
        (PeerRefused(404, {}), "aucun tarif n’est enregistré pour ce jour"),
        (PeerRefused(403, {}), "indisponible pour le moment"),
        ({"unexpected": 1}, "indisponible pour le moment"),
        (None, "indisponible pour le moment"),
        (
            {"unit_cents": 1980, "band_label": "T8", "quotient": None},
            "19,80\u00a0€ (T8, QF inconnu)",
        ),
    ],
)
async def test_without_billing_the_page_says_so_and_works(ask, reader, billing, price, expected):
    await ask()
    billing.price = price
    page = await reader().open(QUEUE)
    assert page.status_code == 200
    assert expected in words(page)
    assert "Accepter" in words(page)


async def test_a_slow_billing_is_not_waited_for(ask, reader, billing):
    await ask()
    billing.never = True
    # Waiting for billing would be waiting for ever: only then does the minute run out.
    async with asyncio.timeout(60):
        page = await reader().open(QUEUE)
    assert "la facturation ne répond pas" in words(page)


async def test_who_may_only_read_sees_no_way_to_decide(ask, reader, billing, enrolment):
    request = await ask()
    for role in (Audience.CENTRE, Audience.ADMIN, Audience.AUDITOR):
        page = await reader(role).open(QUEUE)
        assert page.status_code == 200
        assert "/accepter" not in page.text
        assert ("Tarif" in words(page)) is (role is not Audience.CENTRE)
        for verb in ("accepter", "refuser"):
            address = f"{QUEUE}/{request['request_id']}/{verb}"
            refused = await reader(role).send(address, version="1", reason="Non")
            assert refused.status_code == 403
            assert "text/html" in refused.headers["content-type"]
    for role in (Audience.CASH_OFFICE, Audience.FAMILY, Audience.SERVICE):
        assert (await reader(role).open(QUEUE)).status_code == 403
    assert (await enrolment.client.get(QUEUE)).status_code == 401
    assert await state_of(enrolment, request) == ("pending", None)


async def test_many_days_are_listed_and_the_tightest_places_shown_first(ask, reader, enrolment):
    days = [f"2027-01-{day:02d}" for day in (6, 13, 20, 27)] + [
        "2027-03-03", "2027-03-10", "2027-03-17", "2027-03-24"
    ]  # fmt: skip
    await enrolment.run(
        "UPDATE places SET booked = 4 WHERE day = '2027-03-24' AND age_group = 'six_and_over'"
    )
    await ask(*days)
    said = words(await reader().open(QUEUE))
    assert "Réservation, Lou, 8 jours, Journée" in said
    assert "Mercredi 17 mars, Journée" in said
    assert said.index("mer. 24 mars 0\u00a0libre sur 5") < said.index("Les 2 autres jours")
    assert "Les 2 autres jours au moins 4\u00a0places libres" in said


async def test_high_punctuation_never_begins_a_line(ask, reader):
    request = await ask()
    agent = reader()
    for page in (
        await agent.open(QUEUE),
        await agent.send(f"{QUEUE}/{request['request_id']}/refuser", version="1", reason=""),
    ):
        text = re.sub(r"<[^>]+>", "\n", page.text)
        assert re.findall(r"\w [;:!?»]", text) == []
        assert "'" not in words(page).replace("d'er'", "")
