"""The words in which what happened beside decisions is told. Pure; plain text, never markup."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from .french import NBSP, day_long, euros, join, moment, of_month
from .notices import GREETING, Contact, Notice


@dataclass(frozen=True)
class Offer:
    """A freed place, kept for one child until it expires."""

    child_name: str
    slot_label: str
    centre_name: str
    day: date
    expires_at: datetime


@dataclass(frozen=True)
class Invoice:
    """Cents, without the previous balance; `period` is YYYY-MM."""

    number: str
    period: str
    total_cents: int
    due_on: date


@dataclass(frozen=True)
class CreditNote:
    """Cents given back, positive."""

    number: str
    total_cents: int


@dataclass(frozen=True)
class Payment:
    """Cents, negative when it bounced."""

    method: str
    amount_cents: int
    received_on: date


@dataclass(frozen=True)
class Reminder:
    """The n-th time that an overdue invoice is spoken of."""

    number: str
    step: int
    remaining_cents: int


@dataclass(frozen=True)
class Document:
    """A supporting document and the last day it is good for."""

    label: str
    child_name: str | None
    expires_on: date


@dataclass(frozen=True)
class ClosedDay:
    child_name: str
    slot_label: str
    day: date


@dataclass(frozen=True)
class ReopenedDay:
    """`became` is what the booking is now: booked, requested, waitlisted or cancelled."""

    child_name: str
    slot_label: str
    day: date
    became: str


@dataclass(frozen=True)
class TakenBack:
    """An accepted absence that staff took back, and why."""

    number: str
    child_name: str
    slot_label: str
    day: date
    reason: str


_BECAME = {
    "booked": "la réservation est rétablie",
    "requested": "votre demande est de nouveau en attente de réponse",
    "waitlisted": "l’enfant retrouve son rang sur la liste d’attente",
    "cancelled": "la réservation reste annulée, faites une nouvelle demande si besoin",
}

_METHODS = {
    "cheque": "par chèque",
    "cash": "en espèces",
    "transfer": "par virement",
    "card": "par carte",
    "direct_debit": "par prélèvement",
    "cesu": "en CESU",
    "ancv": "en chèques-vacances",
}


def offer_notice(offer: Offer, contact: Contact) -> Notice:
    day = day_long(offer.day)
    return _notice(
        f"Une place se libère{NBSP}: {offer.child_name}, {day}",
        [
            f"Une place s’est libérée pour {offer.child_name}{NBSP}: {offer.slot_label}, {day}, "
            f"à {offer.centre_name}.",
            f"Elle vous est gardée jusqu’au {moment(offer.expires_at)}. Acceptez-la ou laissez-la "
            "depuis l’agenda de l’enfant. Sans réponse, elle sera proposée à la famille suivante.",
        ],
        contact,
    )


def invoice_notice(invoice: Invoice, contact: Contact) -> Notice:
    number = f"n°{NBSP}{invoice.number}"
    return _notice(
        f"Facture {of_month(invoice.period)} disponible",
        [
            f"Votre facture {of_month(invoice.period)} ({number}) est disponible dans "
            f"«{NBSP}Relevé de compte{NBSP}».",
            f"Total de la période{NBSP}: {euros(invoice.total_cents)}, à régler avant le "
            f"{day_long(invoice.due_on)}. Ce montant ne compte pas un éventuel solde antérieur"
            f"{NBSP}: le total à régler est écrit sur la facture.",
            f"Vous n’êtes pas d’accord avec une ligne{NBSP}? «{NBSP}Contester{NBSP}» la facture "
            "depuis le portail.",
        ],
        contact,
    )


def credit_note_notice(note: CreditNote, contact: Contact) -> Notice:
    amount = euros(note.total_cents)
    return _notice(
        f"Avoir de {amount}",
        [
            f"Une facture a été corrigée{NBSP}: l’avoir n°{NBSP}{note.number} de {amount} est "
            f"disponible dans «{NBSP}Relevé de compte{NBSP}», avec son motif.",
            "Ce montant est déduit de ce que vous devez, ou reste en votre faveur.",
        ],
        contact,
    )


def payment_notice(payment: Payment, contact: Contact) -> Notice:
    amount = euros(abs(payment.amount_cents))
    how = _METHODS.get(payment.method)
    by = f" {how}" if how else ""
    day = day_long(payment.received_on)
    if payment.amount_cents < 0:
        return _notice(
            f"Règlement rejeté{NBSP}: {amount}",
            [
                f"Votre règlement{by} de {amount} a été rejeté le {day}. Ce montant est de "
                "nouveau à régler.",
            ],
            contact,
        )
    return _notice(
        f"Règlement reçu{NBSP}: {amount}",
        [f"Nous avons reçu votre règlement{by} de {amount} le {day}. Merci."],
        contact,
    )


def reminder_notice(reminder: Reminder, contact: Contact) -> Notice:
    number = f"n°{NBSP}{reminder.number}"
    rest = euros(reminder.remaining_cents)
    nth = "Rappel" if reminder.step == 1 else f"{_ordinal(reminder.step)} rappel"
    return _notice(
        f"{nth}{NBSP}: facture {reminder.number} à régler",
        [
            f"Il reste {rest} à régler sur votre facture {number}.",
            "Si vous venez de la régler, ne tenez pas compte de ce message. Si vous rencontrez "
            "une difficulté, écrivez-nous depuis le portail avant qu’elle ne grandisse.",
        ],
        contact,
    )


def document_notice(document: Document, today: date, contact: Contact) -> Notice:
    whose = f" ({document.child_name})" if document.child_name else ""
    day = day_long(document.expires_on)
    is_over = document.expires_on < today
    title = "Document expiré" if is_over else "Document à renouveler"
    when = f"n’est plus valable depuis le {day}" if is_over else f"est valable jusqu’au {day}"
    return _notice(
        f"{title}{NBSP}: {document.label}{whose}",
        [
            f"Votre document «{NBSP}{document.label}{NBSP}»{whose} {when}.",
            "Déposez le nouveau depuis le portail.",
        ],
        contact,
    )


def closure_notice(label: str, days: Sequence[ClosedDay], contact: Contact) -> Notice:
    children = join(list(dict.fromkeys(one.child_name for one in days)))
    told = [f"– {one.child_name}, {one.slot_label}, {day_long(one.day)}" for one in days]
    paragraphs = [f"Fermeture{NBSP}: {label}."]
    if told:
        one = "Cette réservation est annulée et ne sera pas facturée"
        many = "Ces réservations sont annulées et ne seront pas facturées"
        paragraphs.append("\n".join([f"{one if len(told) == 1 else many}{NBSP}:", *told]))
    subject = f"Fermeture{NBSP}: {label}"
    return _notice(f"{subject} ({children})" if children else subject, paragraphs, contact)


def reopening_notice(label: str, days: Sequence[ReopenedDay], contact: Contact) -> Notice:
    children = join(list(dict.fromkeys(one.child_name for one in days)))
    told = [
        f"– {one.child_name}, {one.slot_label}, {day_long(one.day)}{NBSP}: {_BECAME[one.became]}"
        for one in days
    ]
    return _notice(
        f"Fermeture levée{NBSP}: {label} ({children})",
        [
            f"La fermeture «{NBSP}{label}{NBSP}» est levée pour ces jours{NBSP}:",
            "\n".join(told),
            "Une réservation rétablie est facturée comme si la fermeture n’avait pas eu lieu. Si "
            "votre enfant ne vient plus, annulez-la ou déclarez son absence depuis l’agenda.",
        ],
        contact,
    )


def reversal_notice(taken_back: TakenBack, contact: Contact) -> Notice:
    day = day_long(taken_back.day)
    return _notice(
        f"Absence annulée par le service{NBSP}: {taken_back.child_name}, {day}",
        [
            f"L’absence de {taken_back.child_name} ({taken_back.slot_label}, {day}), acceptée dans "
            f"la demande {taken_back.number}, n’est plus retenue{NBSP}: {taken_back.reason}",
            "La réservation est rétablie et sera facturée comme les autres jours.",
        ],
        contact,
    )


def password_notice(changed_at: datetime, contact: Contact) -> Notice:
    return _notice(
        "Mot de passe changé",
        [
            f"Le mot de passe de votre accès au portail a été changé le {moment(changed_at)}.",
            "Si ce n’est pas vous, prévenez-nous sans attendre.",
        ],
        contact,
    )


def _notice(subject: str, paragraphs: Iterable[str], contact: Contact) -> Notice:
    asking = (
        f"Une question{NBSP}? Contactez le {contact.service_name}{NBSP}: "
        f"{contact.phone} ou {contact.email}."
    )
    return Notice(subject, (GREETING, *paragraphs, asking))


def _ordinal(number: int) -> str:
    return {2: "Deuxième", 3: "Troisième", 4: "Quatrième"}.get(number, f"{number}e")
