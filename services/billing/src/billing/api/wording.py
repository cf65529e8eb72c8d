"""Why a price is what it is, in the words a family reads."""

from billing.domain.pricing import Price
from billing.store.charges import ChargeLine
from chassis.web import french


def explain(price: Price) -> str:
    """`Tranche T3, quotient familial 640 (depuis le 01/09/2026).`, and the supplement."""
    if price.quotient is None or price.quotient_since is None:
        band = f"Tranche {price.band_label}, la plus haute"
        why = f"{band}{french.NBSP}: quotient familial non connu."
    else:
        quotient, since = french.number(price.quotient), french.day_numeric(price.quotient_since)
        why = f"Tranche {price.band_label}, quotient familial {quotient} (depuis le {since})."
    if price.supplement_cents:
        supplement = french.euros(price.supplement_cents)
        why += f" Dont supplément hors territoire{french.NBSP}: {supplement}."
    return why


def explain_line(line: ChargeLine) -> str:
    why = explain(line.price)
    return why if line.reverses is None else f"Annulation du montant de cette journée. {why}"
