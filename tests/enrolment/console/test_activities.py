"""« Activités » and « Calendrier »: read by staff, edited by the administration, harm first."""

import re
from html import unescape
from typing import Any

from chassis.auth import Audience

from .conftest import HOSTILE, NOBODY, QUEUE, Reader, Tags, words

ROOM, CALENDAR = "/console/activites", "/console/calendrier"


async def form_of(agent: Reader, offer: Any) -> dict[str, list[str]]:
    """The form as a browser would send it back unchanged."""
    page = await agent.open(f"{ROOM}/{offer.activity_id}")
    assert page.status_code == 200, page.text
    (form,) = re.findall(
        rf'<form method="post" action="{ROOM}/{offer.activity_id}" .*?</form>', page.text, re.DOTALL
    )
    sent: dict[str, list[str]] = {}
    for tag, given in Tags(form).found:
        name = given.get("name")
        ticked = given.get("type") != "checkbox" or "checked" in given
        if tag == "input" and name and ticked:
            sent.setdefault(name, []).append(unescape(given.get("value") or ""))
    for name, options in re.findall(r'<select id="[^"]*" name="([^"]+)">(.*?)</select>', form):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        sent[name] = chosen or [""]
    return sent


async def send(agent: Reader, path: str, fields: dict[str, Any]) -> Any:
    return await agent.client.post(
        path, data=fields, headers={"Authorization": f"Bearer {agent.token}"}
    )


async def test_what_is_offered_is_listed_with_its_hours_places_and_notice(reader, wednesdays):
    for role in (Audience.SECRETARIAT, Audience.CENTRE, Audience.AUDITOR):
        said = words(await reader(role).open(ROOM))
        for expected in (
            "Les Libellules",
            "mer., période scolaire",
            "Journée, 7\u00a0h\u00a030 – 18\u00a0h, repas",
            "4 de moins de 6\u00a0ans et 5 de 6\u00a0ans et plus",
            "Réserver\u00a0: le jeu. 1\u00a0semaine avant, 12\u00a0h",
        ):
            assert expected in said, expected
        assert "Ajouter une activité" not in said


async def test_an_unchanged_form_changes_nothing(reader, enrolment, wednesdays):
    admin = reader(Audience.ADMIN)
    before = await enrolment.rows("SELECT * FROM slots ORDER BY slot_id")
    sent = await form_of(admin, wednesdays)
    done = await send(admin, f"{ROOM}/{wednesdays.activity_id}", sent)
    assert done.status_code == 303, words(done)
    assert await enrolment.rows("SELECT * FROM slots ORDER BY slot_id") == before
    (rule,) = await enrolment.rows("SELECT action, count, weekday FROM notice_rules")
    assert tuple(rule) == ("book", 1, 4)


async def test_whom_a_change_hurts_is_shown_before_it_is_made(ask, reader, enrolment, wednesdays):
    request = await ask("2026-12-02")
    await reader().send(f"{QUEUE}/{request['request_id']}/accepter", version="1")
    admin, path = reader(Audience.ADMIN), f"{ROOM}/{wednesdays.activity_id}"
    sent = await form_of(admin, wednesdays)
    day = next(name for name, value in sent.items() if value == ["Journée"])
    fewer = {**sent, "capacity_six_and_over": ["0"], day.replace("label", "ends"): ["17:00"]}
    warned = await send(admin, path, fewer)
    assert warned.status_code == 409
    said = words(warned)
    assert "Ce changement touche 1\u00a0famille" in said
    assert "Lou Noisetier, mercredi 2 décembre, Journée\u00a0: horaires changés" in said
    assert "1 enfants pour 0\u00a0place" in said or "pour 0\u00a0place" in said
    (kept,) = await enrolment.rows("SELECT capacity_six_and_over FROM activities")
    assert kept.capacity_six_and_over == 5
    done = await send(admin, path, {**fewer, "confirmed": ["yes"]})
    assert done.status_code == 303
    (kept,) = await enrolment.rows("SELECT capacity_six_and_over FROM activities")
    assert kept.capacity_six_and_over == 0


A_MISTAKE_IS_SAID_BESIDE_CASES = [
    ({"label": [""]}, "Donnez un nom court."),
    ({"weekday": []}, "Cochez au moins un jour de la semaine."),
    ({"capacity_under_six": ["-1"]}, "Indiquez un nombre de 0 à 10000."),
    ({"slot-0-starts": ["25:00"]}, "Indiquez une heure, comme 07:30."),
    ({"slot-0-ends": ["06:00"]}, "Le créneau finit après avoir commencé."),
    ({"slot-0-rate": ["É"]}, "Un code tarif s’écrit en minuscules"),
    ({"slot-0-min": ["9"], "slot-0-max": ["3"]}, "L’âge le plus grand vient en second."),
    ({"rule-0-anchor": ["rien"]}, "ne vont pas ensemble"),
    ({"window-0-first": ["2027-01-05"]}, "Indiquez une date."),
    ({"label": [HOSTILE], "weekday": []}, HOSTILE),
]


async def test_a_mistake_is_said_beside_its_field(reader, wednesdays):
    for changed, said in A_MISTAKE_IS_SAID_BESIDE_CASES:
        admin = reader(Audience.ADMIN)
        sent = await form_of(admin, wednesdays) | changed
        again = await send(admin, f"{ROOM}/{wednesdays.activity_id}", sent)
        assert again.status_code == 422
        assert said in words(again) or said in unescape(again.text)


async def test_somebody_elses_change_is_not_written_over(reader, wednesdays):
    admin = reader(Audience.ADMIN)
    sent = await form_of(admin, wednesdays)
    path = f"{ROOM}/{wednesdays.activity_id}"
    assert (await send(admin, path, sent)).status_code == 303
    late = await send(admin, path, {**sent, "label": ["Mercredis"]})
    assert late.status_code == 409
    assert "modifié cette activité entre-temps" in words(late)


async def test_a_centre_an_activity_and_its_days_are_added(reader, enrolment, wednesdays):
    admin = reader(Audience.ADMIN)
    assert (await send(admin, f"{ROOM}/centres", {"name": "Le Préau"})).status_code == 303
    assert (await send(admin, f"{ROOM}/centres", {"name": "Le Préau"})).status_code == 422
    (centre,) = await enrolment.rows("SELECT centre_id FROM centres WHERE name = 'Le Préau'")
    path = f"{ROOM}/nouvelle?centre={centre.centre_id}"
    assert "Nouvelle activité" in words(await admin.open(path))
    fields = {
        "label": "Accueil du soir",
        "kind": "evening",
        "season": "term",
        "weekday": ["1", "2"],
        "capacity_under_six": "10",
        "capacity_six_and_over": "14",
        "offer_hours": "24",
        "overbooking": "0",
        "version": "1",
        "waiting_list": "yes",
        "slot-0-label": "Soir",
        "slot-0-starts": "16:30",
        "slot-0-ends": "18:30",
        "slot-0-rate": "evening",
        "slot-0-active": "yes",
        "rule-0-action": "book",
        "rule-0-anchor": "working_days",
        "rule-0-count": "1",
        "rule-0-at": "10:00",
        "window-0-first": "2027-01-04",
        "window-0-last": "2027-02-12",
        "window-0-opens": "2026-12-07T08:30",
    }
    made = await send(admin, path, fields)
    assert made.status_code == 303, words(made)
    (row,) = await enrolment.rows(
        "SELECT activity_id, opens_at FROM activities JOIN booking_windows USING (activity_id)"
    )
    assert row.opens_at.isoformat() == "2026-12-07T07:30:00+00:00", "an hour on the wall in France"
    days = {"first": "2027-01-04", "last": "2027-01-10"}
    opened = await send(admin, f"{ROOM}/{row.activity_id}/ouvrir", days)
    assert opened.headers["location"] == f"{ROOM}?ouverts=2"
    wrong = await send(admin, f"{ROOM}/{row.activity_id}/ouvrir", {**days, "last": "2026-01-01"})
    assert wrong.status_code == 422


async def test_closing_days_shows_whom_it_hurts_and_then_cancels(
    ask, reader, enrolment, wednesdays
):
    request = await ask("2026-12-02")
    await reader().send(f"{QUEUE}/{request['request_id']}/accepter", version="1")
    admin = reader(Audience.ADMIN)
    fields = {"label": "Panne de chauffage", "first": "2026-12-02", "last": "2026-12-03"}
    path = f"{CALENDAR}/fermetures"
    warned = await send(admin, path, fields)
    assert warned.status_code == 409
    assert "Cette fermeture touche 1\u00a0famille." in words(warned)
    assert "Lou Noisetier, mercredi 2 décembre" in words(warned)
    done = await send(admin, path, {**fields, "confirmed": "yes"})
    assert done.status_code == 303
    said = words(await admin.open(CALENDAR))
    assert "Panne de chauffage tous les centres" in said
    assert "Vacances" in said
    assert "Noël" in said
    (booking,) = await enrolment.rows("SELECT state FROM bookings")
    assert booking.state == "cancelled"

    (closure,) = await enrolment.rows("SELECT closure_id FROM closures")
    own = f"{path}/{closure.closure_id}"
    assert own in (await admin.open(CALENDAR)).text
    wrong = await send(admin, own, {**fields, "label": "Panne", "last": "x", "version": "1"})
    assert (wrong.status_code, "Indiquez une date." in words(wrong)) == (422, True)
    for address, more in ((own, {**fields, "first": "2026-12-03"}), (f"{own}/lever", {})):
        shown = await send(admin, address, {"version": "1", **more})
        assert shown.status_code == 409
        told = words(shown).replace("\u00a0", " ")
        assert "Lou Noisetier, mercredi 2 décembre, Journée : réservation rétablie" in told
    lifted = await send(admin, f"{own}/lever", {"version": "1", "confirmed": "yes"})
    assert lifted.status_code == 303
    (booking,) = await enrolment.rows("SELECT state FROM bookings")
    assert booking.state == "booked"
    assert (await admin.open(own)).status_code == 404
    assert (await send(reader(), own, {"version": "1"})).status_code == 403


A_CLOSURE_THAT_CANNOT_BE_CASES = [
    ({"label": ""}, 422, "Donnez un nom court."),
    ({"first": "x"}, 422, "Indiquez une date."),
    ({"last": "2026-01-01"}, 422, "vient après la première"),
    ({"where": "centre:x"}, 422, "Choisissez un centre"),
    ({"where": f"centre:{NOBODY}"}, 422, "Choisissez un centre"),
]


async def test_a_closure_that_cannot_be_is_said(reader, wednesdays):
    for changed, status, said in A_CLOSURE_THAT_CANNOT_BE_CASES:
        fields = {"label": "Pont", "first": "2027-05-07", "last": "2027-05-07", **changed}
        answer = await send(reader(Audience.ADMIN), f"{CALENDAR}/fermetures", fields)
        assert (answer.status_code, said in words(answer)) == (status, True)


MISTAKES_IN_A_CONTACT = [
    ({"phone": "appelez"}, "Un numéro comme"),
    ({"email": "libellules"}, "Une adresse comme"),
    ({"opens-1-0": "7h"}, "Indiquez une heure"),
    ({"closes-2-1": "18:30"}, "Indiquez l’heure de début et celle de fin"),
    ({"opens-3-0": "18:00", "closes-3-0": "08:00"}, "L’heure de fin vient après"),
    ({"opens-1-1": "08:00", "closes-1-1": "10:00"}, "L’après-midi commence après"),
]


async def test_families_are_told_how_to_reach_a_centre(reader, enrolment, wednesdays):
    admin = reader(Audience.ADMIN)
    (known,) = (await enrolment.staff(Audience.ADMIN).get("/v1/staff/activities")).json()["centres"]
    here = f"{ROOM}/centres/{known['centre_id']}"
    contact = {
        "name": known["name"],
        "phone": "04  74 00 00 11",
        "email": "libellules@val-arbelle.example",
        "opens-1-0": "07:15",
        "closes-1-0": "08:30",
        "opens-3-0": "07:30",
        "closes-3-0": "12:00",
        "opens-3-1": "13:30",
        "closes-3-1": "18:30",
    }
    for changed, said in MISTAKES_IN_A_CONTACT:
        page = await send(admin, here, {**contact, **changed, "version": known["version"]})
        assert (page.status_code, said in words(page)) == (422, True), changed
        assert "libellules" in page.text, "what was typed is lost"
    everywhere = {"label": "Pont", "first": "2027-05-07", "last": "2027-05-07", "where": ""}
    one_activity = {**everywhere, "where": f"activity:{wednesdays.activity_id}"}
    for closure in (everywhere, {**one_activity, "label": "Travaux"}):
        closed = {**closure, "confirmed": "yes"}
        assert (await send(admin, f"{CALENDAR}/fermetures", closed)).status_code == 303

    async def told():
        answer = await enrolment.staff(Audience.SERVICE).get("/v1/internal/centres")
        return answer.json()["items"][0]

    assert (await told())["openings"] == []
    sent = await send(admin, here, {**contact, "version": known["version"]})
    assert sent.status_code == 303
    assert await told() == {
        "centre_id": known["centre_id"],
        "name": known["name"],
        "phone": "04 74 00 00 11",
        "email": "libellules@val-arbelle.example",
        "openings": [
            {"weekday": 1, "opens": "07:15:00", "closes": "08:30:00"},
            {"weekday": 3, "opens": "07:30:00", "closes": "12:00:00"},
            {"weekday": 3, "opens": "13:30:00", "closes": "18:30:00"},
        ],
        "closures": [{"label": "Pont", "first": "2027-05-07", "last": "2027-05-07"}],
    }
    assert 'name="opens-3-1" type="time" value="13:30"' in (await admin.open(here)).text
    # Another program that changes the licence leaves the rest.
    body = {"name": known["name"], "version": known["version"] + 1}
    await enrolment.staff(Audience.ADMIN).post(f"/v1/staff/centres/{known['centre_id']}", body)
    assert (await told())["phone"] == "04 74 00 00 11"


async def test_only_the_administration_edits(reader, wednesdays):
    paths = [
        f"{ROOM}/centres",
        f"{ROOM}/{wednesdays.activity_id}",
        f"{ROOM}/{wednesdays.activity_id}/ouvrir",
        f"{ROOM}/nouvelle?centre={NOBODY}",
        f"{CALENDAR}/fermetures",
    ]
    for role in (Audience.SECRETARIAT, Audience.CENTRE, Audience.AUDITOR):
        for path in paths:
            assert (await reader(role).send(path, name="A")).status_code == 403
        assert (await reader(role).open(CALENDAR)).status_code == 200
        page = await reader(role).open(f"{ROOM}/{wednesdays.activity_id}")
        assert (page.status_code, "Enregistrer" in words(page)) == (200, False)
    admin = reader(Audience.ADMIN)
    assert (await admin.open(f"{ROOM}/{NOBODY}")).status_code == 404
    assert (await admin.open(f"{ROOM}/nouvelle?centre={NOBODY}")).status_code == 404
