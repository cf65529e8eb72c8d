"""French for what the services say in codes."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Final

from chassis.clock import PARIS
from chassis.web import french
from gateway.answers import Cell, Family, Payer, Request

from . import months

STATES: Final[Mapping[str, str]] = {
    "free": "Disponible",
    "few_left": "Dernières places",
    "requested": "Demande en attente",
    "booked": "Réservé",
    "waitlisted": "Liste d’attente",
    "offered": "Place proposée",
    "refused": "Refusé",
    "cancel_requested": "Annulation demandée",
    "absence_declared": "Absence déclarée",
    "absent_justified": "Absence justifiée",
    "absent_unjustified": "Absence non justifiée",
    "present": "Présence",
    "full": "Complet",
    "closed": "Fermé",
    "holiday": "Férié",
    "locked": "Délai dépassé",
}
"""Labels of domain.md, section 1.2."""

REQUEST_STATES: Final[Mapping[str, str]] = {
    "pending": "En attente",
    "accepted": "Acceptée",
    "applied": "Acceptée",
    "refused": "Refusée",
    "withdrawn": "Retirée",
    # The authority said yes and could not yet apply it: for the family it is not over.
    "failed": "Acceptée, en cours d’enregistrement",
}

LINE_OUTCOMES: Final[Mapping[str, str]] = {
    "requested": "En attente",
    "waitlisted": "Liste d’attente",
    "accepted": "Accepté",
    "refused": "Refusé",
    "withdrawn": "Retiré",
    "expired": "Proposition expirée",
    "reversed": "Annulée par le service",
}

KINDS: Final[Mapping[str, str]] = {
    "booking.request": "Demande de réservation",
    "booking.cancel": "Demande d’annulation",
    "absence.declare": "Déclaration d’absence",
}

_WITHOUT_REASON: Final[Mapping[str, str]] = {
    "free": "Réservation possible.",
    "few_left": "Réservation possible, il reste peu de places.",
    "requested": "Le service étudie votre demande.",
    "booked": "La réservation est confirmée.",
    "waitlisted": "Une place vous sera proposée si elle se libère.",
    "offered": "Une place s’est libérée : acceptez-la ou refusez-la.",
    "refused": "Le service n’a pas accepté cette demande.",
    "cancel_requested": "Le service étudie votre demande d’annulation.",
    "absence_declared": "Le service a bien reçu votre déclaration.",
    "absent_justified": "L’absence a été justifiée.",
    "absent_unjustified": "L’absence n’a pas été justifiée.",
    "present": "La présence a été notée.",
    "full": "Il n’y a plus de place.",
    "closed": "Le service est fermé ce jour-là.",
    "holiday": "Jour férié : le service est fermé.",
    "locked": "Le délai de réservation est dépassé.",
}
_SMALL_NUMBERS: Final = (
    "",
    "une",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
)


def state_label(cell: Cell) -> str:
    return STATES[cell.shown_state]


def note(cell: Cell) -> str | None:
    """The few words beside the state: a rank, a count of places, or until when one is kept."""
    if cell.offered_until is None:
        return cell.note
    return f"jusqu’au {french.day_short(cell.offered_until)}, {french.hour(cell.offered_until)}"


def explanation(cell: Cell, now: datetime) -> str:
    """Why the cell is as it is, and the exact instant until which something can be done."""
    said = _ended(cell.reason) if cell.reason else _WITHOUT_REASON[cell.shown_state]
    if cell.state == "refused" and cell.reason:
        said = f"Motif : {said}"
    limit = _limit(cell, now)
    return french.narrow_spaces(f"{said} {limit}".strip())


def _limit(cell: Cell, now: datetime) -> str:
    if cell.cut_off is None:
        return ""
    when = french.full_moment(cell.cut_off)
    if cell.cut_off <= now:
        # A reason already says it in the service's own words.
        return "" if cell.reason else f"Délai dépassé depuis le {when}."
    # Taking a request back has no such limit: only the decision ends it.
    if "booking.request" in cell.actions:
        return f"Modifiable jusqu’au {when}."
    return ""


def hours(cell: Cell) -> str:
    return _hours(cell.day, cell.starts, cell.ends)


@lru_cache(maxsize=2048)
def _hours(day: date, starts: time, ends: time) -> str:
    return french.hour_range(_at(day, starts), _at(day, ends))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=PARIS)


def under_study(count: int) -> str:
    """`Trois demandes sont à l’étude au secrétariat.`; empty for none."""
    if not count:
        return ""
    words = _SMALL_NUMBERS[count] if count < len(_SMALL_NUMBERS) else french.number(count)
    verb = "demande est" if count == 1 else "demandes sont"
    return f"{french.sentence(words)} {verb} à l’étude au secrétariat."


def period(text: str) -> str:
    """`octobre 2026` from `2026-10`; words are left as they are."""
    if months.MONTH.fullmatch(text):
        return french.uncapitalise(french.month_title(text))
    return french.uncapitalise(text)


_WEEKS: Final = {"even": "les semaines paires", "odd": "les semaines impaires"}


def payers_of(family: Family) -> list[str]:
    """`Camille Noisetier`, `Maud Genêt, les semaines paires`, `Youssef Genêt, la moitié`."""
    names = {one.guardian_id: f"{one.given_name} {one.family_name}" for one in family.guardians}
    if not family.payers:
        return [names[one.guardian_id] for one in family.guardians if one.is_payer]
    return [
        ", ".join(filter(None, [names.get(one.guardian_id, ""), *_part(one)]))
        for one in family.payers
    ]


def _part(payer: Payer) -> list[str]:
    share = {1000: "", 500: "la moitié"}.get(
        payer.share_per_mille, f"{french.number(Decimal(payer.share_per_mille) / 10)}\u00a0%"
    )
    return [share, _WEEKS.get(payer.weeks, "")]


def object_of(request: Request) -> str:
    return french.narrow_spaces(request.object or KINDS.get(request.kind, "Demande"))


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."
