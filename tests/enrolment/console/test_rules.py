"""Rules that decide: off by default, tried on the last month, named in each decision."""

from datetime import timedelta
from typing import Any

from chassis.auth import Audience
from chassis.identifiers import new_id

from .conftest import NOBODY, QUEUE, state_of, words

RULES = "/console/regles"


def of(offer: Any, kind: str = "booking.request") -> str:
    return f"{RULES}/{offer.activity_id}/{kind}"


async def test_without_a_rule_staff_decide(ask, enrolment):
    assert await state_of(enrolment, await ask()) == ("pending", None)


async def test_a_rule_accepts_at_once_and_each_decision_says_which(
    ask, reader, enrolment, wednesdays
):
    admin = reader(Audience.ADMIN)
    assert (await admin.send(f"{of(wednesdays)}/activer")).status_code == 303
    request = await ask()
    assert await state_of(enrolment, request) == ("applied", None)
    (step,) = await enrolment.rows(
        "SELECT rule, channel, on_behalf_of, actor_name FROM request_transitions"
        " WHERE step = 'accept'"
    )
    assert step.rule == "Mercredi, Les Libellules\u00a0: réservations avec place et dans les délais"
    assert (step.channel, step.actor_name) == ("rule", "Règle automatique")
    page = words(await reader().open(f"{QUEUE}/{request['request_id']}"))
    assert "règle «\u00a0Mercredi, Les Libellules" in page
    kinds = [type(event).__name__ for event in await enrolment.events()]
    assert kinds.index("RequestSubmitted") < kinds.index("RequestAccepted")
    assert "BookingConfirmed" in kinds
    listed = words(await reader().open(RULES))
    assert "acceptées d’office depuis 24 nov. (Dominique Lemoine)" in listed


async def test_what_is_late_or_without_a_place_stays_with_staff(ask, reader, enrolment, wednesdays):
    await reader(Audience.ADMIN).send(f"{of(wednesdays)}/activer")
    await enrolment.run("UPDATE activities SET waiting_list = true;".rstrip(";"))
    await enrolment.run("UPDATE places SET booked = capacity WHERE day = '2026-12-09'")
    assert await state_of(enrolment, await ask("2026-12-09")) == ("pending", None)
    mixed = await ask("2026-12-02", "2026-12-09", given="Noé")
    assert await state_of(enrolment, mixed) == ("pending", None), "accepted as a whole or not"


async def test_switched_off_it_decides_no_more_and_what_it_decided_stays(
    ask, reader, enrolment, wednesdays
):
    admin = reader(Audience.ADMIN)
    for _ in range(2):
        await admin.send(f"{of(wednesdays)}/activer")
    before = await ask()
    await admin.send(f"{of(wednesdays)}/arreter")
    after = await ask("2026-12-09", given="Noé")
    assert (await state_of(enrolment, before))[0] == "applied"
    assert (await state_of(enrolment, after))[0] == "pending"
    kept = await enrolment.rows("SELECT since, until, switched_off_by FROM deciding_rules")
    assert len(kept) == 1
    assert kept[0].switched_off_by == "Dominique Lemoine"


async def test_before_it_is_switched_on_it_is_tried_on_the_last_month(
    ask, reader, enrolment, wednesdays
):
    agent = reader()
    first, second = await ask(given="Lou"), await ask("2026-12-09", given="Noé")
    await ask("2026-12-16", given="Ana")
    await agent.send(f"{QUEUE}/{first['request_id']}/accepter", version="1")
    await agent.send(f"{QUEUE}/{second['request_id']}/refuser", version="1", reason="Complet")
    page = words(await agent.open(of(wednesdays)))
    assert "3\u00a0demandes reçues depuis un mois." in page
    assert "3\u00a0auraient été acceptées d’office." in page
    assert second["number"] in page
    assert first["number"] not in page
    assert "Activer" not in page, "only the administration switches rules"
    assert "Activer cette règle" in words(await reader(Audience.ADMIN).open(of(wednesdays)))
    enrolment.clock.advance(timedelta(days=40))
    assert "Aucune demande de ce genre" in words(await agent.open(of(wednesdays)))


async def test_rules_are_the_administrations(reader, wednesdays, enrolment):
    for role in (Audience.SECRETARIAT, Audience.AUDITOR):
        assert (await reader(role).open(RULES)).status_code == 200
        for verb in ("activer", "arreter"):
            assert (await reader(role).send(f"{of(wednesdays)}/{verb}")).status_code == 403
    assert (await reader(Audience.CENTRE).open(RULES)).status_code == 403
    admin = reader(Audience.ADMIN)
    assert (await admin.open(f"{RULES}/{NOBODY}/booking.request")).status_code == 404
    assert (await admin.send(f"{RULES}/{new_id()}/booking.request/activer")).status_code == 404
    assert (await admin.open(f"{RULES}/{wednesdays.activity_id}/child.health")).status_code == 422
    assert await enrolment.rows("SELECT 1 FROM deciding_rules") == []
