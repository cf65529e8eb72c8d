"""The console's pages over HTTP: list, detail, decisions, refusals, hostile names."""

import asyncio
import re
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from chassis.auth import Audience
from chassis.peers import PeerRefused, PeerUnavailable

from .conftest import Tags, words

QUEUE = "/console/demandes"
# Fixed: every worker must collect the same tests.
NOBODY = "0199e2b0-0000-7000-8000-00000000dead"
HOSTILE = "<script>alert(1)</script>"


async def state_of(enrolment: Any, request: dict[str, Any]) -> tuple[str, str | None]:
    statement = "SELECT state, reason FROM requests WHERE request_id = :id"
    (row,) = await enrolment.rows(statement, id=request["request_id"])
    return row.state, row.reason


@pytest.mark.parametrize("address", ["/console", "/console/"])
async def test_the_console_opens_on_the_requests(reader, address):
    answer = await reader().open(address)
    assert (answer.status_code, answer.headers["location"]) == (303, QUEUE)


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


async def test_every_form_carries_the_token_and_the_version(ask, reader):
    await ask()
    page = (await reader().open(QUEUE)).text
    forms = re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL)
    assert len(forms) >= 3
    assert all('name="form_token" value="jeton&lt;&amp;"' in form for form in forms)
    decisions = [form for form in forms if QUEUE in form]
    assert len(decisions) == 2
    assert all('name="version" value="1"' in form for form in decisions)


async def test_only_what_works_is_in_the_menu(ask, reader):
    await ask()
    tags = Tags((await reader().open(QUEUE)).text).found
    links = {str(given["href"]) for tag, given in tags if tag == "a" and "href" in given}
    inside = {link.partition("?")[0] for link in links if link.startswith("/console")}
    assert inside == {"/console", QUEUE}
    assert "data-live" not in dict(tags)


async def test_accepting_comes_back_to_the_list_and_says_so(ask, reader, enrolment):
    request = await ask()
    agent = reader()
    address = f"{QUEUE}/{request['request_id']}/accepter?etat=attente&page=1"
    done = await agent.send(address, version="1", request_id=request["request_id"])
    assert done.status_code == 303
    back = await agent.open(done.headers["location"])
    assert f"Demande {request['number']} acceptée" in words(back)
    assert "Rien n’attend de décision." in words(back)
    assert await state_of(enrolment, request) == ("applied", None)
    decided = words(await agent.open(f"{QUEUE}?etat=acceptees"))
    assert "Demande acceptée ce matin, 7\u00a0h, Dominique Lemoine" in decided
    assert "Inscrite au planning" not in decided
    (step,) = await enrolment.rows("SELECT channel FROM request_transitions WHERE step = 'accept'")
    assert step.channel == "console"


async def test_refusing_keeps_the_reason_for_the_family(ask, reader, enrolment):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}/refuser"
    reason = "  Sortie complète :\r\nvoir l’affiche  "
    done = await reader().send(address, version="1", reason=reason)
    assert done.status_code == 303
    back = words(await reader().open(done.headers["location"]))
    assert f"Demande {request['number']} refusée. La famille lira le motif." in back
    assert await state_of(enrolment, request) == (
        "refused",
        "Sortie complète :\nvoir l’affiche",
    )


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("", "Écrivez le motif du refus."),
        (" \n ", "Écrivez le motif du refus."),
        ("é" * 501, "501 caractères\u00a0: 500 au plus"),
        ("Sans\x00nom", "caractères invisibles"),
        ("Un\x1b[2Jdeux", "caractères invisibles"),
    ],
)
async def test_a_refusal_without_a_usable_reason_keeps_what_was_typed(
    ask, reader, enrolment, reason, message
):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}/refuser?etat=attente"
    again = await reader().send(address, version="1", reason=reason)
    assert again.status_code == 422
    assert message in words(again)
    textarea = re.search(r"<textarea[^>]*>(.*?)</textarea>", again.text, re.DOTALL)
    assert textarea is not None
    assert 'aria-invalid="true"' in textarea[0]
    assert reason.strip("\n \x00")[:4] in textarea[1]
    ids = [given["id"] for _, given in Tags(again.text).found if "id" in given]
    assert len(ids) == len(set(ids))
    assert await state_of(enrolment, request) == ("pending", None)


async def test_five_hundred_characters_are_enough_and_allowed(ask, reader, enrolment):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}/refuser"
    assert (await reader().send(address, version="1", reason="é" * 500)).status_code == 303


async def test_the_slower_of_two_agents_is_told_who_decided_and_when(ask, reader, enrolment):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}"
    await reader(name="Dominique Lemoine").send(f"{address}/accepter", version="1")
    late = await reader(name="Claude Petit").send(
        f"{address}/refuser", version="1", reason="Déjà complet <ce jour>"
    )
    assert late.status_code == 409
    said = words(late)
    assert "déjà été acceptée par Dominique Lemoine le mardi 24 novembre à 7\u00a0h." in said
    assert "n’a pas été enregistré\u00a0: Déjà complet <ce jour>" in said
    assert "/refuser" not in late.text
    assert await state_of(enrolment, request) == ("applied", None)
    wrong = await reader().send(f"{address}/accepter", version="7")
    assert wrong.status_code == 409


async def test_a_refusal_without_reason_of_a_decided_request_says_that_it_is_decided(ask, reader):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}"
    await reader().send(f"{address}/accepter", version="1")
    late = await reader().send(f"{address}/refuser", version="1", reason=" ")
    assert late.status_code == 409
    assert "décidée entre-temps" in words(late)


async def test_two_agents_at_once_make_one_decision(ask, reader, enrolment):
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}"
    answers = await asyncio.gather(
        *(reader().send(f"{address}/accepter", version="1") for _ in range(4)),
        *(reader().send(f"{address}/refuser", version="1", reason="Non") for _ in range(4)),
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 7


async def test_a_request_has_a_page_of_its_own(ask, reader):
    request = await ask()
    page = await reader().open(f"{QUEUE}/{request['request_id']}")
    assert page.status_code == 200
    assert "Lou Noisetier, 7\u00a0ans" in words(page)
    assert f"Demande {request['number']}" in words(page)
    assert "<table" not in page.text
    assert page.text.count('name="reason"') == 1


async def test_the_script_gets_the_pane_alone(ask, reader):
    request = await ask()
    for address in (f"{QUEUE}?demande={request['request_id']}", f"{QUEUE}/{request['request_id']}"):
        pane = await reader().open(address, **{"X-Fragment": "detail"})
        assert pane.text.lstrip().startswith("<article")
        assert f'data-request="{request["request_id"]}"' in pane.text
    gone = await reader().open(f"{QUEUE}?demande={uuid4()}", **{"X-Fragment": "detail"})
    assert gone.status_code == 404


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
    billing.seconds = 30
    started = time.monotonic()
    page = await reader().open(QUEUE)
    assert time.monotonic() - started < 4
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


@pytest.mark.parametrize(
    "body",
    [b"", b"version=", b"version=-1", b"version=1e3", b"\xff=1", b"version=%ff", b"a=1&" * 50],
)
async def test_forms_that_are_not_ours_change_nothing(ask, reader, enrolment, body):
    request = await ask()
    agent = reader()
    for verb in ("accepter", "refuser"):
        answer = await agent.client.post(
            f"{QUEUE}/{request['request_id']}/{verb}",
            content=body,
            headers={"Authorization": f"Bearer {agent.token}"},
        )
        assert answer.status_code == 422
        assert "Ce formulaire n’est pas complet" in words(answer)
    unknown = await agent.send(f"{QUEUE}/{uuid4()}/accepter", version="1")
    assert unknown.status_code == 404
    assert await state_of(enrolment, request) == ("pending", None)


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


async def test_a_long_list_has_pages(ask, reader, enrolment):
    request = await ask()
    await enrolment.run(
        "INSERT INTO requests (request_id, number, family_id, kind, state, version, submitted_at,"
        " submitted_by, channel, due_on)"
        " SELECT gen_random_uuid(), 'D-2026-9' || n, family_id, kind, state, 1, submitted_at,"
        " submitted_by, channel, due_on + 1"
        " FROM requests, generate_series(1, 44) AS n WHERE request_id = :id",
        id=request["request_id"],
    )
    first = await reader().open(QUEUE)
    assert first.text.count("data-queue-row") == 20
    assert "Demandes 1 à 20 sur 45" in words(first)
    last = await reader().open(f"{QUEUE}?page=3")
    assert last.text.count("data-queue-row") == 5
    assert "Demandes 41 à 45 sur 45" in words(last)
    assert "Page suivante" not in words(last)


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
