"""The cash office closes a day: nothing more is received on it, for ever."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from billing.domain.payments import Method
from billing.store import cash, issuing
from billing.store.payments import last_closing
from chassis.clock import local_date
from chassis.database import Transaction


class CannotClose(Exception):
    """The day is not over, or a later one is closed already."""


class NothingToDeposit(ValueError):
    """No payment of that method waits."""


async def close_day(
    transaction: Transaction, cash_office: str, day: date, by: str, now: datetime
) -> dict[str, Any]:
    """The closing; closing again answers the same. Raises CannotClose."""
    connection = transaction.connection
    # Receipts of the day are numbered behind this lock: none slips in while we count.
    await issuing.lock_counter(connection, f"Q-{cash_office}", day.year)
    known = await cash.find_closing(connection, cash_office, day)
    if known is not None:
        return known
    if day > local_date(now):
        raise CannotClose("Cette journée n’a pas encore commencé.")
    last = await last_closing(connection, cash_office)
    if last is not None and day < last:
        raise CannotClose(f"La régie a déjà clôturé la journée du {last:%d/%m/%Y}.")
    totals = await cash.day_totals(connection, cash_office, day)
    await cash.add_closing(connection, cash_office, day, totals, by, now)
    return {
        "cash_office": cash_office,
        "day": day,
        "totals": totals,
        "closed_at": now,
        "closed_by": by,
    }


async def make_deposit(
    transaction: Transaction,
    deposit_id: UUID,
    cash_office: str,
    method: Method,
    by: str,
    now: datetime,
) -> None:
    """A slip of everything of that method that waits; the same id twice is one slip."""
    connection = transaction.connection
    day = local_date(now)
    await issuing.lock_counter(connection, f"B-{cash_office}", day.year)
    if await cash.find_deposit(connection, deposit_id) is not None:
        return
    waiting = await cash.to_deposit(connection, cash_office, method)
    if not waiting:
        raise NothingToDeposit("Aucun règlement de ce mode n’attend d’être déposé.")
    deposit = {
        "deposit_id": deposit_id,
        "cash_office": cash_office,
        "method": method,
        "deposited_on": day,
        "recorded_at": now,
        "recorded_by": by,
    }
    await cash.add_deposit(connection, deposit, waiting)
