"""Which invoices a payment pays, and for which payer, when staff say so."""

from collections.abc import Sequence
from typing import Any

from chassis.web.shapes import Choice

from .money import Mistyped


def payers(invoices: Sequence[dict[str, Any]]) -> list[Choice]:
    """Payers who are billed apart; none when the family's payers are billed together."""
    found = {
        one["payer_id"]: one.get("debtor_name") or "Payeur" for one in invoices if one["payer_id"]
    }
    return [Choice(payer_id, name) for payer_id, name in found.items()]


def choose(
    invoices: Sequence[dict[str, Any]], ticked: Sequence[str], amount_cents: int
) -> dict[str, Any]:
    """`parts` and `payer_id`: the ticked ones, oldest first, as far as the amount goes.

    What is left is a credit. Raises Mistyped.
    """
    chosen = [one for one in invoices if one["invoice_id"] in ticked]
    if len({one["payer_id"] for one in chosen}) > 1:
        raise Mistyped("Cochez des factures du même payeur\u00a0: un règlement est d’un seul.")
    parts, left = [], amount_cents
    for one in sorted(chosen, key=lambda found: (str(found["due_on"]), found["number"])):
        taken = min(left, max(0, one["remaining_cents"]))
        if taken:
            parts.append({"invoice_id": one["invoice_id"], "cents": taken})
            left -= taken
    if not parts:
        raise Mistyped("Ces factures sont déjà réglées\u00a0: décochez-les.")
    return {"parts": parts, "payer_id": chosen[0]["payer_id"]}
