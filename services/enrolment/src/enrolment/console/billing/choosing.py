"""What staff choose: the cash office, the invoices that a payment pays, the payer."""

from collections.abc import Sequence
from typing import Any

from chassis.web.shapes import Choice

from .asking import Counter
from .money import Mistyped


async def offices(counter: Counter) -> list[Choice]:
    """Cash offices to choose among; none when there is but one."""
    found = await counter.ask_or_none("/v1/staff/cash-offices")
    items = found["items"] if found else []
    return [Choice(one["code"], one["label"]) for one in items] if len(items) > 1 else []


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
