"""Reasons at hand: kept by the administration, chosen by agents, read by families."""

import re

from chassis.auth import Audience

from .conftest import HOSTILE, QUEUE, state_of, words

REASONS = "/console/motifs"
FULL = "Le groupe est complet ce jour-là."


async def test_a_reason_at_hand_refuses_a_request_in_its_own_words(ask, reader, enrolment):
    admin, agent = reader(Audience.ADMIN), reader()
    added = await admin.send(REASONS, label="Groupe complet", words=FULL)
    assert (added.status_code, added.headers["location"]) == (303, REASONS)
    request = await ask()
    page = await agent.open(QUEUE)
    (found,) = re.findall(r'<option value="([0-9a-f-]{36})" data-words="([^"]*)"', page.text)
    assert found[1] == FULL
    address = f"{QUEUE}/{request['request_id']}/refuser"
    done = await agent.send(address, version="1", ready=found[0], reason="  ")
    assert done.status_code == 303
    assert await state_of(enrolment, request) == ("refused", FULL)


async def test_what_was_typed_goes_before_what_was_chosen(ask, reader, enrolment):
    await reader(Audience.ADMIN).send(REASONS, label="Groupe complet", words=FULL)
    (kept,) = await enrolment.rows("SELECT reason_id FROM refusal_reasons")
    request = await ask()
    address = f"{QUEUE}/{request['request_id']}/refuser"
    await reader().send(address, version="1", ready=str(kept.reason_id), reason="Voir le 9.")
    assert await state_of(enrolment, request) == ("refused", "Voir le 9.")


async def test_a_reason_is_changed_and_removed(reader, enrolment):
    admin = reader(Audience.ADMIN)
    await admin.send(REASONS, label="Complet", words=FULL)
    (kept,) = await enrolment.rows("SELECT reason_id FROM refusal_reasons")
    await admin.send(f"{REASONS}/{kept.reason_id}", label=" Groupe  complet ", words=HOSTILE)
    page = await reader().open(REASONS)
    assert "Groupe complet" in words(page)
    assert HOSTILE in words(page)
    assert "Modifier" not in words(page)
    await admin.send(f"{REASONS}/{kept.reason_id}/retirer")
    assert "Aucun motif tout prêt" in words(await admin.open(REASONS))


A_MISTAKE_IS_SAID_BESIDE_CASES = [
    ("", FULL, "Donnez un nom court."),
    ("a" * 81, FULL, "81 caractères"),
    ("Complet\x00", FULL, "invisibles"),
    ("Complet", " ", "Écrivez le motif du refus."),
    ("Complet", "é" * 501, "501 caractères"),
    ("Déjà", FULL, "Un autre motif porte déjà ce nom."),
]


async def test_a_mistake_is_said_beside_its_field_with_what_was_typed(reader):
    for label, typed, said in A_MISTAKE_IS_SAID_BESIDE_CASES:
        admin = reader(Audience.ADMIN)
        await admin.send(REASONS, label="Déjà", words=FULL)
        again = await admin.send(REASONS, label=label, words=typed)
        assert again.status_code == 422
        assert said in words(again)
        assert typed.strip()[:9] in again.text


async def test_only_the_administration_keeps_reasons(reader):
    for role in (Audience.SECRETARIAT, Audience.AUDITOR):
        assert (await reader(role).open(REASONS)).status_code == 200
        assert (await reader(role).send(REASONS, label="A", words="B")).status_code == 403
    for role in (Audience.CENTRE, Audience.CASH_OFFICE, Audience.FAMILY):
        assert (await reader(role).open(REASONS)).status_code == 403


ABSENCES = "/console/motifs-absence"


async def test_the_reasons_of_absence_are_read_added_and_changed(reader, enrolment):
    admin = reader(Audience.ADMIN)
    said = words(await reader().open(ABSENCES)).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Hospitalisation Non facturée ; un justificatif" in said, said
    assert "Ajouter un motif" not in said
    fields = {
        "label": "Rendez-vous médical",
        "billing": "not_billed",
        "waiting_days": "1",
        "proof": "document",
        "proof_hours": "72",
        "active": "yes",
    }
    assert (await reader().send(ABSENCES, **fields)).status_code == 403
    assert (await admin.send(ABSENCES, **fields)).status_code == 303
    (made,) = await enrolment.rows(
        "SELECT proof_hours, waiting_days, needs_text FROM absence_reasons"
        " WHERE code = 'rendez_vous_medical'"
    )
    assert tuple(made) == (72, 1, False)
    for wrong, told in (
        ({}, "Un autre motif porte déjà ce nom."),
        ({"label": "X", "waiting_days": "9"}, "un nombre de 0 à 3"),
        ({"label": "X", "proof": "photo"}, "Choisissez dans la liste."),
    ):
        refused = await admin.send(ABSENCES, **{**fields, **wrong})
        assert (refused.status_code, told in words(refused)) == (422, True), wrong
        assert 'value="72"' in refused.text, "what was typed is kept"
    changed = {**fields, "label": "Rendez-vous", "active": "", "needs_text": "yes"}
    assert (await admin.send(f"{ABSENCES}/rendez_vous_medical", **changed)).status_code == 303
    assert "texte à préciser\u202f; n’est plus proposé" in words(await admin.open(ABSENCES))
    assert (await admin.send(f"{ABSENCES}/nobody", **changed)).status_code == 404
