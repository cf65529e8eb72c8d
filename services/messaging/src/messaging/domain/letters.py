"""What goes out by e-mail: little, and nothing personal but the greeting. Pure.

An e-mail says that something waits behind the sign-in, never what: it may be read by others on
its way, and stays for years where we cannot take it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from .french import NBSP, day_long, moment


class Category(StrEnum):
    """What an e-mail is about, as the family's preferences list it."""

    RECEIPT = "receipt"
    DECISION = "decision"
    MESSAGE = "message"
    OFFER = "offer"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REMINDER = "reminder"
    DOCUMENT = "document"
    CLOSURE = "closure"
    NEWS = "news"
    CUT_OFF = "cut_off"
    PASSWORD = "password"  # noqa: S105 - a category
    ACTIVATION = "activation"
    RESET = "reset"


ALWAYS = frozenset({Category.PASSWORD, Category.ACTIVATION, Category.RESET})
"""About the safety of the access: no preference stops them."""

LABELS: Mapping[Category, str] = {
    Category.RECEIPT: "Accusés de réception de vos demandes",
    Category.DECISION: "Réponses à vos demandes",
    Category.MESSAGE: "Messages du service",
    Category.OFFER: "Places qui se libèrent",
    Category.INVOICE: "Factures",
    Category.PAYMENT: "Règlements reçus",
    Category.REMINDER: "Rappels de paiement",
    Category.DOCUMENT: "Documents à renouveler",
    Category.CLOSURE: "Fermetures",
    Category.NEWS: "Informations générales",
    Category.CUT_OFF: "Rappels avant la date limite de réservation",
}

ONLY_WHEN_CHOSEN = frozenset({Category.CUT_OFF})
"""Nothing that happened: only who asks for them gets them."""


def may_be_stopped(category: Category) -> bool:
    return category not in ALWAYS


def is_sent_unasked(category: Category) -> bool:
    """Whether an access that said nothing gets it."""
    return category not in ONLY_WHEN_CHOSEN


@dataclass(frozen=True)
class Letter:
    """An e-mail before it has an addressee: subject, paragraphs, the one thing to do."""

    subject: str
    paragraphs: tuple[str, ...]
    verb: str
    path: str


_WAITING: Mapping[Category, tuple[str, str]] = {
    Category.DECISION: (
        "Réponse à votre demande",
        "La réponse à l’une de vos demandes vous attend dans votre boîte de réception.",
    ),
    Category.MESSAGE: (
        "Un message vous attend",
        "Le service vous a écrit. Son message vous attend dans votre boîte de réception.",
    ),
    Category.OFFER: (
        "Une place se libère",
        "Une place que vous attendiez s’est libérée. Elle vous est gardée peu de temps"
        f"{NBSP}: répondez depuis le portail.",
    ),
    Category.INVOICE: (
        "Une facture est disponible",
        "Une nouvelle facture est disponible dans votre espace.",
    ),
    Category.PAYMENT: (
        "Votre règlement",
        "Un règlement a été enregistré sur votre compte.",
    ),
    Category.REMINDER: (
        "Une facture reste à régler",
        "Une facture reste à régler. Le détail est dans votre espace.",
    ),
    Category.DOCUMENT: (
        "Un document est à renouveler",
        "Un document de votre dossier arrive à échéance ou n’est plus valable.",
    ),
    Category.CLOSURE: (
        "Fermeture annoncée",
        "Une fermeture touche un ou plusieurs jours que vous aviez réservés.",
    ),
    Category.NEWS: (
        "Une information du service",
        "Le service adresse une information aux familles. Elle vous attend dans votre boîte de "
        "réception.",
    ),
}


def waiting_letter(category: Category, thread_id: str) -> Letter:
    """Something stands in the inbox."""
    subject, words = _WAITING[category]
    return Letter(subject, (words,), "Lire dans le portail", f"/messages/{thread_id}")


def receipt_letter(number: str, submitted_at: datetime, due_on: date, request_id: str) -> Letter:
    """What a receipt owes (CRPA L.112-11): when, and what silence will mean from when."""
    return Letter(
        f"Accusé de réception n°{NBSP}{number}",
        (
            f"Nous avons reçu votre demande n°{NBSP}{number} le {moment(submitted_at)}.",
            f"Sans réponse de notre part avant le {day_long(due_on)}, elle sera considérée comme "
            "acceptée.",
        ),
        "Suivre la demande",
        f"/demandes/{request_id}",
    )


def password_letter(changed_at: datetime) -> Letter:
    return Letter(
        "Votre mot de passe a été changé",
        (
            f"Le mot de passe de votre accès au portail a été changé le {moment(changed_at)}.",
            "Si ce n’est pas vous, prévenez-nous sans attendre.",
        ),
        "Ouvrir le portail",
        "/mon-compte",
    )


def cut_off_letter(monday: date, cut_off: datetime) -> Letter:
    """That days can soon no longer be asked for; not whose, nor where."""
    return Letter(
        "Réservations\u00a0: la date limite approche",
        (
            f"Pour la semaine du {day_long(monday)}, une première date limite de réservation tombe "
            f"le {moment(cut_off)}.",
            "Vous n’avez encore rien demandé pour cette semaine\u00a0: si vous en avez besoin, "
            "faites votre demande avant cette heure.",
            "Si tout est en ordre, ne faites rien. Vous recevez un rappel par semaine au plus.",
        ),
        "Ouvrir l’agenda",
        f"/agenda?mois={monday:%Y-%m}",
    )


def link_letter(category: Category, path: str, expires_at: datetime) -> Letter:
    """A link that works once; whoever holds it may choose the password."""
    first = (
        "Votre accès au portail des familles est prêt. Choisissez votre mot de passe pour l’ouvrir."
        if category is Category.ACTIVATION
        else "Vous avez demandé à changer votre mot de passe."
    )
    subject = "Ouvrez votre accès" if category is Category.ACTIVATION else "Nouveau mot de passe"
    return Letter(
        subject,
        (
            first,
            f"Le lien fonctionne une seule fois, jusqu’au {moment(expires_at)}.",
            "Si vous n’avez rien demandé, ne faites rien.",
        ),
        "Choisir mon mot de passe",
        path,
    )


def hint_of(address: str) -> str:
    """Enough of an address to recognise it, too little to write to it: `l…@example.fr`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"
