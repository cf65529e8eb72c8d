"""What « Envois » of a partner says in French."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from chassis.web import french
from chassis.web.shapes import Fact

from .partners_seen import Sending, Webhook

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "waiting": ("requested", "En attente"),
    "sent": ("booked", "Reçu"),
    "given-up": ("refused", "Abandonné"),
}
FILTERS: Final = {
    "tous": "Tous",
    "en-attente": "En attente",
    "recus": "Reçus",
    "abandonnes": "Abandonnés",
}
PAUSES: Final[Mapping[str, str]] = {
    "asked": "Les envois sont en pause, à la demande de l’administration.",
    "dead": "Les envois sont en pause : rien n’est reçu à cette adresse depuis plusieurs jours. "
    "Prévenez le partenaire avant de reprendre.",
    "gone": "Les envois sont en pause : l’adresse a répondu qu’elle ne veut plus rien (410).",
}
REASONS: Final[Mapping[str, str]] = {
    "timeout": "pas de réponse en 15 secondes",
    "no-connection": "connexion impossible",
    "unknown-name": "nom de machine inconnu",
    "tls": "certificat refusé",
    "forbidden-address": "adresse interdite, à l’intérieur d’un réseau",
    "broken-off": "réponse interrompue",
}
DONE: Final[Mapping[str, str]] = {
    "pause": "Les envois sont en pause.",
    "reprise": "Les envois reprennent.",
    "renvoi": "Ce qui était demandé part de nouveau.",
}


def standing(webhook: Webhook) -> tuple[str, str]:
    """A shape that agents know, and words."""
    if webhook.pause:
        return "absent_unjustified", "En pause"
    if webhook.failures:
        return "requested", "Ne répond pas bien"
    return ("requested", "En retard") if webhook.waiting else ("booked", "À jour")


def facts(webhook: Webhook, now: datetime) -> list[Fact]:
    return [Fact(label, value) for label, value in _facts(webhook, now)]


def _facts(webhook: Webhook, now: datetime) -> Iterator[tuple[str, str]]:
    yield "Adresse", webhook.url
    yield "Ordre", "Un par un, dans l’ordre" if webhook.is_ordered else "Plusieurs à la fois"
    yield "En attente", french.number(webhook.waiting)
    if webhook.oldest_waiting:
        yield "Le plus ancien attend depuis", french.moment(webhook.oldest_waiting, now)
    yield "Abandonnés", french.number(webhook.given_up)
    if webhook.failing_since:
        since = french.moment(webhook.failing_since, now)
        yield "Échecs de suite", f"{french.number(webhook.failures)}, depuis {since}"
    if webhook.next_try_at and not webhook.pause:
        yield "Prochain essai", french.moment(webhook.next_try_at, now)
    if webhook.paused_at:
        yield "En pause depuis", french.moment(webhook.paused_at, now)


def outcome(sending: Sending, now: datetime) -> str:
    """What came of it so far."""
    if sending.last_tried_at is None:
        return "pas encore envoyé"
    last = sending.last_outcome or ""
    said = REASONS.get(last, f"réponse {last}")
    tries = french.plural(sending.attempts, "essai", "essais")
    return f"{tries}, {said}, {french.moment(sending.last_tried_at, now)}"
