"""Why a price is what it is, in the words a family reads."""

from datetime import date

from billing.domain.booking import Basis
from billing.domain.payments import Method
from billing.domain.pricing import Price, Rule
from billing.store.charges import ChargeLine
from billing.store.statement import Movement
from chassis.web import french


def explain(price: Price) -> str:
    """`Tranche T3, quotient familial 640 (depuis le 01/09/2026).`, and the supplement."""
    why = _rule(price)
    if price.children_from > 1:
        why += f" Tarif des familles de {price.children_from} enfants et plus."
    if price.supplement_cents:
        supplement = french.euros(price.supplement_cents)
        why += f" Dont supplément hors territoire{french.NBSP}: {supplement}."
    return why


def _rule(price: Price) -> str:
    if price.rule is Rule.FLAT:
        return "Tarif unique."
    if price.quotient is None or price.quotient_since is None:
        effort = price.rule is Rule.EFFORT
        highest = "Plafond" if effort else f"Tranche {price.band_label}, la plus haute"
        return f"{highest}{french.NBSP}: quotient familial non connu."
    quotient, since = french.number(price.quotient), french.day_numeric(price.quotient_since)
    known = f"quotient familial {quotient} (depuis le {since})."
    if price.rule is Rule.EFFORT:
        return f"Taux d’effort de {_percent(price.effort_per_10000 or 0)}, {known}"
    return f"Tranche {price.band_label}, {known}"


def _percent(per_10000: int) -> str:
    return f"{per_10000 // 100},{per_10000 % 100:02d}{french.NBSP}%"


BASES = {
    Basis.BOOKED: "",
    Basis.LATE_CANCELLATION: "Annulation hors délai\u00a0: la journée reste due.",
    Basis.UNJUSTIFIED_ABSENCE: "Absence facturée.",
    Basis.WAITING_DAY: "Absence\u00a0: jour de carence.",
    Basis.UNBOOKED_ATTENDANCE: "Présence sans réservation.",
}


def explain_line(line: ChargeLine) -> str:
    why = " ".join(part for part in (BASES[line.basis], explain(line.price)) if part)
    return why if line.reverses is None else f"Annulation du montant de cette journée. {why}"


METHODS = {
    Method.CHEQUE: "chèque",
    Method.CASH: "espèces",
    Method.TRANSFER: "virement",
    Method.CESU: "CESU",
    Method.HOLIDAY_VOUCHERS: "chèques-vacances",
    Method.DIRECT_DEBIT: "prélèvement",
    Method.CARD: "carte bancaire",
    Method.OTHER: "autre moyen",
}


def method_words(method: str) -> str:
    return METHODS[Method(method)]


def movement_words(movement: Movement) -> str:
    """`Facture RE-2026-000123, novembre 2026`, `Règlement par chèque, quittance …`."""
    number = f" {movement.number}" if movement.number else ""
    match movement.kind:
        case "invoice" | "invoice_imported":
            return f"Facture{number}, {period_words(movement.detail)}"
        case "credit_note":
            return f"Avoir{number}"
        case "payment":
            return f"Règlement par {method_words(movement.detail)}, quittance{number}"
        case "refund":
            return f"Remboursement par {method_words(movement.detail)}{number}"
        case "bounce":
            return f"Rejet du règlement{number}"
        case "merge":
            return "Réunion de deux dossiers"
        case _:
            return "Règlement repris de l’ancien logiciel"


def period_words(period: str) -> str:
    """`novembre 2026`; what the former software called its period is left as it is."""
    try:
        first = date.fromisoformat(f"{period}-01")
    except ValueError:
        return period
    return french.uncapitalise(french.month_title(first))
