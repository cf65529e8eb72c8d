"""The words of notices: pure, compared whole."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.web import french as pages
from messaging.domain import french
from messaging.domain.notices import EXCERPT, Contact, Decision, Line, excerpt, notice_of
from portail_contracts.enrolment import RequestKind

CONTACT = Contact("Service Enfance", "04 74 00 00 00", "enfance@val-arbelle.example")
ASK = (
    "Une question\u00a0? Contactez le Service Enfance\u00a0: "
    "04 74 00 00 00 ou enfance@val-arbelle.example."
)
WEDNESDAY = date(2026, 11, 25)


def line(child="Lou", day=WEDNESDAY, slot="Mercredi journée", accepted=True):
    return Line(child, slot, day, accepted)


def decided(*lines, accepted=True, reason=None, kind="booking.request"):
    return Decision("D-2026-01342", kind, accepted, reason, lines)


CASES = {
    "one day accepted": (
        decided(line()),
        "Demande de réservation acceptée : Lou, mercredi 25 novembre 2026",
        "Votre demande de réservation (n° D-2026-01342) est acceptée.",
        "Place réservée : Lou, Mercredi journée, mercredi 25 novembre 2026.",
        "Ce jour porte maintenant la mention « Réservé » dans l’agenda.",
    ),
    "one day refused": (
        decided(line(accepted=False), accepted=False, reason="Le centre est complet."),
        "Demande de réservation refusée : Lou, mercredi 25 novembre 2026",
        "Votre demande de réservation (n° D-2026-01342) est refusée.",
        "Refusé : Lou, Mercredi journée, mercredi 25 novembre 2026.",
        "Motif : Le centre est complet.",
        "Vous pouvez demander un autre jour depuis l’agenda.",
    ),
    "the first of a month": (
        decided(line(day=date(2026, 12, 1), slot="Repas")),
        "Demande de réservation acceptée : Lou, mardi 1er décembre 2026",
        "Votre demande de réservation (n° D-2026-01342) est acceptée.",
        "Place réservée : Lou, Repas, mardi 1er décembre 2026.",
        "Ce jour porte maintenant la mention « Réservé » dans l’agenda.",
    ),
    "several children and days": (
        decided(
            line("Noé", date(2026, 12, 2)),
            line("Lou"),
            line("Lou", date(2026, 12, 2)),
            line("Lou", date(2026, 12, 9)),
        ),
        "Demande de réservation acceptée : Noé et Lou, 3 jours",
        "Votre demande de réservation (n° D-2026-01342) est acceptée.",
        "Places réservées :\n"
        "– Lou, Mercredi journée, mercredi 25 novembre 2026, mercredi 2 décembre 2026"
        " et mercredi 9 décembre 2026\n"
        "– Noé, Mercredi journée, mercredi 2 décembre 2026",
        "Ces jours portent maintenant la mention « Réservé » dans l’agenda.",
    ),
    "two children on one day": (
        decided(line("Lou"), line("Noé")),
        "Demande de réservation acceptée : Lou et Noé, mercredi 25 novembre 2026",
        "Votre demande de réservation (n° D-2026-01342) est acceptée.",
        "Places réservées :\n"
        "– Lou, Mercredi journée, mercredi 25 novembre 2026\n"
        "– Noé, Mercredi journée, mercredi 25 novembre 2026",
        "Ce jour porte maintenant la mention « Réservé » dans l’agenda.",
    ),
    "accepted in part": (
        decided(line(), line(day=date(2026, 12, 2), accepted=False), reason="Plus de place le 2."),
        "Demande de réservation acceptée en partie : Lou, 2 jours",
        "Votre demande de réservation (n° D-2026-01342) est acceptée en partie.",
        "Place réservée : Lou, Mercredi journée, mercredi 25 novembre 2026.",
        "Refusé : Lou, Mercredi journée, mercredi 2 décembre 2026.",
        "Motif : Plus de place le 2.",
        "Ce jour porte maintenant la mention « Réservé » dans l’agenda.",
        "Vous pouvez demander un autre jour depuis l’agenda.",
    ),
    "about nobody in particular, refused": (
        decided(accepted=False, reason="Justificatif illisible.", kind="document.submit"),
        "Demande de dépôt d’un document refusée",
        "Votre demande de dépôt d’un document (n° D-2026-01342) est refusée.",
        "Motif : Justificatif illisible.",
        "Vous pouvez faire une nouvelle demande depuis le portail.",
    ),
    "an absence": (
        decided(line(), kind="absence.declare"),
        "Déclaration d’absence acceptée : Lou, mercredi 25 novembre 2026",
        "Votre déclaration d’absence (n° D-2026-01342) est acceptée.",
        "Absence acceptée : Lou, Mercredi journée, mercredi 25 novembre 2026.",
    ),
}


def typeset(words):
    """The cases are typed with plain spaces; French has none that break in these places."""
    return re.sub(r"(?<=[«°]) | (?=[:»?])|(?<=\d) (?=jours)", "\u00a0", words)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_decision_is_told_in_these_words(case):
    decision, subject, *paragraphs = case
    notice = notice_of(decision, CONTACT)
    assert notice.subject == typeset(subject)
    assert notice.paragraphs == ("Bonjour,", *map(typeset, paragraphs), ASK)


def test_the_reason_is_told_word_for_word():
    reason = "<script>alert('x')</script> 🙂\nDeuxième ligne : « ici » & là"
    refused = decided(line(accepted=False), accepted=False, reason=reason)
    assert f"Motif\u00a0: {reason}" in notice_of(refused, CONTACT).paragraphs


def test_a_reason_beside_an_acceptance_is_not_told_as_one_of_refusal():
    notice = notice_of(decided(line(), reason="Note interne"), CONTACT)
    assert not any("Note interne" in paragraph for paragraph in notice.paragraphs)


@pytest.mark.parametrize("kind", list(RequestKind))
def test_every_kind_of_request_has_its_words(kind):
    notice = notice_of(decided(kind=kind), CONTACT)
    assert notice.subject != "Demande acceptée"
    assert notice.subject.endswith(" acceptée")


def test_dates_are_those_of_the_pages():
    for number in range(400):
        day = WEDNESDAY + timedelta(days=number)
        assert french.day_long(day) == pages.day_long(day)


@given(st.lists(st.text(max_size=5), max_size=5))
def test_enumerations_are_those_of_the_pages(words):
    assert french.join(words) == pages.join(words)


def test_an_excerpt_skips_the_greeting_and_ends_between_words():
    body = "\n\n".join(notice_of(decided(line()), CONTACT).paragraphs)
    short = excerpt(body)
    assert short.startswith("Votre demande de réservation (n°\u00a0D-2026-01342) est acceptée.")
    assert len(short) <= EXCERPT + 1
    assert short.endswith("…")
    assert excerpt("Court") == "Court"
    assert excerpt("x" * 500) == "x" * EXCERPT + "…"
