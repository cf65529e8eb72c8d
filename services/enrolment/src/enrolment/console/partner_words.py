"""What « Partenaires » says in French: what a partner is given, and how far behind it is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.web import french
from chassis.web.shapes import Fact

from .partners_seen import Channel, Partner

FACTS: Final[Mapping[str, str]] = {
    "accounts.family": "Familles effacées ou réunies",
    "enrolment.request": "Demandes",
    "enrolment.booking": "Réservations",
    "enrolment.enrolment": "Inscriptions",
    "enrolment.place": "Listes d’attente",
    "enrolment.absence": "Absences",
    "enrolment.attendance": "Pointage",
    "billing.charge-line": "Lignes de facturation",
    "billing.balance": "Soldes",
    "billing.invoice": "Factures",
    "billing.credit-note": "Avoirs",
    "billing.payment": "Règlements",
    "billing.reminder": "Relances",
    "messaging.message": "Messages, sans leur texte",
    "messaging.email": "E-mails remis ou non",
}
"""By the first two words of a public type: what it is about."""

STANDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "current": ("booked", "À jour"),
    "behind": ("requested", "En retard"),
    "nearly_losing": ("absent_unjustified", "Près de la limite"),
    "losing": ("refused", "Limite atteinte"),
    "missing": ("refused", "File absente"),
    "unseen": ("requested", "Pas encore vu"),
    "paused": ("absent_unjustified", "En pause"),
}
"""By what messaging says: a shape that agents know, and words."""

ADVICE: Final[Mapping[str, str]] = {
    "nearly_losing": "Bientôt ses plus anciens événements quitteront la file. Prévenez le "
    "partenaire ; « portail partners replay » renverra ce qu’il a manqué.",
    "losing": "À chaque nouvel événement, le plus ancien quitte la file. Quand le partenaire lira "
    "de nouveau, « portail partners replay » renverra ce qu’il a manqué.",
    "paused": "Rien ne lui est plus envoyé ; ce qui arrive attend que les envois reprennent.",
    "missing": "Le courtier de messages ne connaît pas sa file. « portail partners restore » la "
    "refait, puis « portail partners replay » renvoie ce qu’elle n’a pas reçu.",
}
WAYS: Final[Mapping[str, str]] = {
    "amqp": "File de messages (AMQP)",
    "pull": "Vient chercher ses événements (HTTP)",
    "webhook": "Envois à son adresse (HTTP)",
}


def given(types: Sequence[str]) -> str:
    """`Réservations, Absences`, each once."""
    facts = dict.fromkeys(about(type_) for type_ in types)
    if FACTS.keys() <= {_key(type_) for type_ in types}:
        return "Tous les événements publics"
    return ", ".join(facts) or "Rien aujourd’hui"


def about(type_: str) -> str:
    return FACTS.get(_key(type_), type_)


def _key(type_: str) -> str:
    return ".".join(type_.split(".")[:2])


def where(centres: Sequence[UUID], names: Mapping[UUID, str]) -> str:
    if not centres:
        return "Tous les centres"
    return ", ".join(names.get(centre, str(centre)) for centre in centres)


def facts(partner: Partner, names: Mapping[UUID, str]) -> list[Fact]:
    """Who is given what, and since when."""
    told = [
        Fact("Reçoit", given(partner.types)),
        Fact("Choix de l’exploitant", ", ".join(map(written, partner.patterns))),
        Fact("Centres", where(partner.centres, names)),
        Fact("Depuis le", french.day_numeric(partner.added_at)),
    ]
    if any(channel.kind == "amqp" for channel in partner.channels):
        rotated = partner.rotated_at
        changed = french.day_numeric(rotated) if rotated else "Jamais"
        told.append(Fact("Mot de passe changé le", changed))
    return told


def written(pattern: str) -> str:
    """A binding key as the operator wrote it."""
    return "*" if pattern == "#" else pattern.replace(".#", ".*")


def channel_facts(channel: Channel, now: datetime) -> list[Fact]:
    if channel.kind != "amqp":
        return [Fact(label, value) for label, value in _by_http(channel, now)]
    if channel.waiting is None:
        return []
    return [Fact(label, value) for label, value in _lag(channel, now)]


def _by_http(channel: Channel, now: datetime) -> Iterator[tuple[str, str]]:
    if channel.waiting is not None:
        yield "En attente", french.number(channel.waiting)
    if channel.behind_since:
        yield "Le plus ancien attend depuis", french.moment(channel.behind_since, now)
    if channel.failures:
        yield "Échecs de suite", french.number(channel.failures)
    yield "Gardés", french.plural(channel.oldest_days, "jour", "jours")
    if channel.kind == "pull":
        seen = channel.seen_at
        yield "Dernière demande", french.moment(seen, now) if seen else "Aucune encore"


def _lag(channel: Channel, now: datetime) -> Iterator[tuple[str, str]]:
    limit = french.number(channel.limit or 0)
    yield "En attente", f"{french.number(channel.waiting or 0)} sur {limit}"
    if channel.behind_since:
        yield "Attendent au moins depuis", french.moment(channel.behind_since, now)
    yield "Gardés", french.plural(channel.oldest_days, "jour", "jours")
    readers = channel.readers or 0
    yield "Lecteurs connectés", french.number(readers) if readers else "Aucun"
    if channel.seen_at:
        yield "Vu", french.moment(channel.seen_at, now)


def summary(channel: Channel, now: datetime) -> str:
    """One line for the list."""
    if channel.kind != "amqp":
        way = WAYS.get(channel.kind, channel.kind)
        since = channel.behind_since
        return f"{way}, en attente depuis {french.moment(since, now)}" if since else way
    if channel.waiting is None:
        return WAYS.get(channel.kind, channel.kind)
    said = "aucun événement n’attend"
    if channel.waiting:
        waits = french.plural_word(channel.waiting, "événement attend", "événements attendent")
        said = f"{french.number(channel.waiting)}{french.NBSP}{waits}"
    if channel.behind_since:
        said += f", au moins depuis {french.moment(channel.behind_since, now)}"
    readers = channel.readers or 0
    connected = french.plural(readers, "lecteur connecté", "lecteurs connectés")
    return f"{said}, {connected if readers else 'aucun lecteur connecté'}"
