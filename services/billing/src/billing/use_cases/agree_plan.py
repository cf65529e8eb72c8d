"""What is owed is paid in monthly parts: by one payer for the own debts, or by all together."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from billing.domain.payments import instalments
from billing.store import ledger, plans
from billing.store.plans import Instalment
from chassis.database import Transaction


class NothingOwed(ValueError):
    """A plan is made of what is owed."""


class PlanKnown(ValueError):
    """The plan's id is another plan's: the form was sent for somebody else before."""


@dataclass(frozen=True)
class Agreement:
    """So many monthly parts from a day on; no payer: of what the payers owe together."""

    plan_id: UUID
    family_id: UUID
    payer_id: UUID | None
    parts: int
    first_on: date
    by: str


async def agree_plan(
    transaction: Transaction, agreed: Agreement, now: datetime
) -> list[Instalment]:
    """The parts of what is owed now; asked twice, the same. Raises NothingOwed, PlanKnown."""
    connection = transaction.connection
    await ledger.lock_account(connection, agreed.family_id)
    known = await plans.find_plan(connection, agreed.plan_id)
    if known:
        if (known[0].family_id, known[0].payer_id) != (agreed.family_id, agreed.payer_id):
            raise PlanKnown("Rechargez la page : ce formulaire a déjà servi.")
        return known
    owed = await ledger.owed_by(connection, agreed.family_id, agreed.payer_id)
    if owed < agreed.parts:
        raise NothingOwed("Il n’y a rien de dû qui puisse être étalé pour ce payeur.")
    parts = [
        Instalment(
            plan_id=agreed.plan_id,
            rank=rank,
            family_id=agreed.family_id,
            due_on=_months_later(agreed.first_on, rank),
            amount_cents=cents,
            agreed_at=now,
            agreed_by=agreed.by,
            payer_id=agreed.payer_id,
        )
        for rank, cents in enumerate(instalments(owed, agreed.parts))
    ]
    await plans.add_plan(connection, parts)
    return parts


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
