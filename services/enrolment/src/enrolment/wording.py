"""The French sentences that families and staff read about requests and calendar cells."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from chassis.web import french

from .domain.absence import Effect
from .domain.agenda import CellFacts, Why
from .domain.enrolled import LEVELS
from .domain.request import RequestState
from .store.request_records import RequestLine

KINDS: Final = {
    "family.update": "Mon compte",
    "child.add": "Nouvel enfant",
    "child.update": "Fiche de l’enfant",
    "child.health": "Données sanitaires",
    "child.authorisations": "Autorisations",
    "child.photo": "Photo",
    "document.submit": "Document",
    "family.preregister": "Pré-inscription",
    "credentials.reset": "Identifiants",
    "enrolment.open": "Inscription",
    "school.enrol": "Inscription scolaire",
    "booking.request": "Réservation",
    "booking.cancel": "Annulation",
    "absence.declare": "Absence",
}

MOST_LABELS = 3
"""Changed fields that a list names one by one."""

STATES: Final = {
    RequestState.PENDING: "en attente",
    RequestState.ACCEPTED: "acceptée",
    RequestState.REFUSED: "refusée",
    RequestState.WITHDRAWN: "retirée",
    RequestState.APPLIED: "acceptée",
    RequestState.FAILED: "à reprendre",
}


def request_object(
    kind: str,
    lines: Sequence[RequestLine],
    subject: str | None = None,
    labels: Sequence[str] = (),
) -> str:
    """« Réservation, Lou, mer. 25 nov., Journée », or counts when there are several.

    `subject` says what a request without lines is about: « Inscription, Lou, Mercredi »;
    `labels` what it would change: « Fiche de l’enfant, Lou, École, Classe ».
    """
    if subject:
        return ", ".join([KINDS.get(kind, "Demande"), subject, *_changed(labels)])
    asked = [line for line in lines if line.was_requested] or list(lines)
    children = list(dict.fromkeys(line.child_given_name for line in asked))
    days = sorted({line.day for line in asked})
    slots = list(dict.fromkeys(line.slot_label for line in asked))
    parts = [KINDS.get(kind, "Demande")]
    if children:
        parts.append(children[0] if len(children) == 1 else french.plural(len(children), "enfant"))
    if days:
        parts.append(french.day_short(days[0]) if len(days) == 1 else f"{len(days)} jours")
    if len(slots) == 1:
        parts.append(slots[0])
    return ", ".join(parts)


def enrolment_subject(child: str, place: str, first: date, last: date) -> str:
    """« Lou, Mercredi (Les Libellules), du 1er septembre 2026 au 2 juillet 2027 »."""
    return f"{child}, {place}, du {french.day_numeric(first)} au {french.day_numeric(last)}"


def school_subject(child: str, school: str, level: str, year: int) -> str:
    """« Lou, école Jean-Moulin, CP, 2026-2027 »."""
    return f"{child}, {school}, {LEVELS[level]}, {year}-{year + 1}"


def _changed(labels: Sequence[str]) -> list[str]:
    return list(labels) if len(labels) <= MOST_LABELS else [f"{len(labels)} informations"]


def why_not_applied(code: str, labels: Sequence[str]) -> str:
    """Why an accepted change is to be decided again, for staff."""
    if code == "version-conflict":
        which = french.join(labels) or "une information"
        return (
            f"Le dossier a changé depuis la demande\u00a0: {which}. Comparez et décidez de nouveau."
        )
    if code == "withdrawn":
        return "La famille a repris ou corrigé sa demande entre-temps."
    return "La modification n’a pas pu être inscrite au dossier."


def since(instant: datetime) -> str:
    """« mardi 24 novembre à 10 h »."""
    return f"{french.day_name(instant)} à {french.hour(instant)}"


def sentence_for(why: Why | None, facts: CellFacts, now: datetime | None = None) -> str | None:
    """The sentence for a reason, with the facts that it speaks of.

    `now` tells which booking window comes next.
    """
    if why is None:
        return None
    if why is Why.NOT_YET:
        return _not_yet(facts, now)
    speaking = _SPEAKING.get(why)
    return speaking(facts) if speaking else _PLAIN[why]


def waiting_sentence(rank: int) -> str:
    return f"Il n’y a plus de place\u00a0: votre demande est en liste d’attente, rang\u00a0{rank}."


def cancelling_sentence(*, in_notice: bool) -> str:
    if in_notice:
        return "Annulation dans les délais\u00a0: ce jour ne sera pas facturé."
    return "Annulation hors délai\u00a0: ce jour reste facturé."


def effect_sentence(effect: Effect, *, in_notice: bool) -> str:
    """What an absence will change on the bill, said before it is confirmed."""
    late = "" if in_notice else "Déclaration tardive. "
    return late + _EFFECTS[effect]


_EFFECTS: Final = {
    Effect.FREE: "Ce jour ne sera pas facturé.",
    Effect.WAITING_DAY: "Ce jour reste facturé\u00a0: c’est un jour de carence.",
    Effect.BILLED: "Ce jour reste facturé.",
    Effect.UNDECIDED: "Le service dira si ce jour est facturé.",
}


def _not_yet(facts: CellFacts, now: datetime | None) -> str:
    opens_at = facts.opens_at(now) if now else None
    if opens_at is None:
        return "Les réservations ne sont pas encore ouvertes pour ce jour."
    return f"Les réservations de ce jour ouvrent le {french.full_moment(opens_at)}."


def _waiting(facts: CellFacts) -> str:
    rank = facts.booking.rank if facts.booking else None
    if rank is None:
        return "Votre enfant est en liste d’attente pour ce jour."
    return f"Votre enfant est en liste d’attente, rang\u00a0{rank}."


def _offered(facts: CellFacts) -> str:
    until = facts.booking.offer_expires_at if facts.booking else None
    kept = f" jusqu’au {since(until)}" if until else ""
    return f"Une place s’est libérée\u00a0: elle est gardée pour vous{kept}."


def _absence_pending(facts: CellFacts) -> str:
    absence = facts.booking.absence if facts.booking else None
    words = "Votre déclaration d’absence attend la réponse du service"
    if absence is None:
        return f"{words}."
    awaited = (
        f" Justificatif attendu avant le {since(absence.document_due_at)}."
        if absence.document_due_at
        else ""
    )
    return f"{words} ({french.uncapitalise(absence.reason_label)}).{awaited}"


def _absent(facts: CellFacts) -> str:
    absence = facts.booking.absence if facts.booking else None
    if absence is None or absence.billable is None:
        return "L’absence de votre enfant est enregistrée."
    billed = "ce jour reste facturé" if absence.billable else "ce jour n’est pas facturé"
    return f"L’absence de votre enfant est enregistrée\u00a0: {billed}."


def _full(facts: CellFacts) -> str:
    if not facts.can_wait or facts.places is None:
        return "Il n’y a plus de place ce jour-là."
    rank = facts.places.waiting + 1
    return (
        "Il n’y a plus de place ce jour-là\u00a0: votre demande ira en liste d’attente, "
        f"au rang\u00a0{rank}."
    )


def _locked(facts: CellFacts) -> str:
    until = f" depuis le {since(facts.cut_off)}" if facts.cut_off else ""
    return f"Le délai est dépassé{until}."


def _holiday(facts: CellFacts) -> str:
    name = facts.public_holiday or ""
    return f"Jour férié ({name})\u00a0: il n’y a pas d’accueil ce jour-là."


def _closed(facts: CellFacts) -> str:
    return f"L’accueil est fermé ce jour-là ({french.uncapitalise(facts.closure or '')})."


def _pending(facts: CellFacts) -> str:
    return f"Votre demande{_number(facts)} attend la réponse du service."


def _refused(facts: CellFacts) -> str:
    reason = facts.booking.reason if facts.booking else None
    return f"Votre demande{_number(facts)} a été refusée\u00a0: {_reason_given(reason)}"


def _number(facts: CellFacts) -> str:
    """Empty for a line of the submission being answered, which has no number yet."""
    number = facts.booking.request_number if facts.booking else ""
    return f" {number}" if number else ""


def _reason_given(reason: str | None) -> str:
    """The words of staff, ended as a sentence is."""
    words = french.narrow_spaces((reason or "aucun motif n’a été noté").strip())
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _overlap(facts: CellFacts) -> str:
    which = f" ({facts.overlapping.slot_label})" if facts.overlapping else ""
    return f"Votre enfant a déjà une place ou une demande aux mêmes heures{which}."


_SPEAKING: Final = {
    Why.LOCKED: _locked,
    Why.PUBLIC_HOLIDAY: _holiday,
    Why.CLOSED: _closed,
    Why.PENDING: _pending,
    Why.REFUSED: _refused,
    Why.OVERLAP: _overlap,
    Why.FULL: _full,
    Why.WAITING: _waiting,
    Why.OFFERED: _offered,
    Why.ABSENCE_PENDING: _absence_pending,
    Why.ABSENT: _absent,
}

_PLAIN: Final = {
    Why.BOOKED: "La place de votre enfant est réservée.",
    Why.WAS_BOOKED: "La place de votre enfant était réservée.",
    Why.PRESENT: "La présence de votre enfant est enregistrée.",
    Why.WAITED: "Aucune place ne s’est libérée pour ce jour.",
    Why.AGE: "Ce créneau n’accueille pas les enfants de cet âge.",
    Why.NOT_RUNNING: "Cette activité n’a pas lieu ce jour-là.",
    Why.NOT_OPEN: "Les réservations ne sont pas encore ouvertes pour ce jour.",
    Why.WINDOW_OVER: "Les réservations sont closes pour ce jour.",
    Why.NOT_ENROLLED: (
        "Votre enfant n’est pas inscrit à cette activité\u00a0: demandez d’abord son inscription."
    ),
    Why.CANCEL_PENDING: "Votre demande d’annulation attend la réponse du service.",
    Why.NOT_BOOKED: "Votre enfant n’a pas de réservation ce jour-là.",
    Why.TOO_LATE: "Il est trop tard pour ce jour.",
}


def changed(state: RequestState, by: str | None, at: datetime | None, *, for_family: bool) -> str:
    """What to say to somebody whose view of a request is out of date."""
    if at is None:
        return "Cette demande a changé entre-temps\u00a0: relisez-la avant de décider."
    who = "" if for_family or not by else f" par {by}"
    return f"Cette demande a déjà été {STATES[state]}{who} le {since(at)}."
