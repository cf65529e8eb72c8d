"""Staff say that what is now known of a family holds for days already billed too."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from billing.accounts import AskFamily
from billing.domain.booking import Subject
from billing.domain.pricing import price
from billing.store import charges
from billing.store.rates import grids_on
from chassis.database import Transaction
from chassis.identifiers import new_id

from .know_family import know_family
from .settle_day import add_line, reverse_line


async def reprice_family(
    transaction: Transaction, family_id: UUID, first: date, ask: AskFamily, now: datetime
) -> tuple[int, int]:
    """How many days changed, and by how many cents in all.

    What was billed is reversed and billed anew: an invoice already issued is corrected on the next.
    Raises UnknownFamily, NoRate.
    """
    family = await know_family(transaction, family_id, ask, now)
    changed = difference = 0
    for line in await charges.open_lines_from(transaction.connection, family_id, first):
        grids = await grids_on(transaction.connection, line.day, line.price.rate_code)
        applied = price(grids, family, line.price.rate_code, line.day)
        if applied.unit_cents == line.amount_cents:
            continue
        subject = Subject(line.child_id, line.slot_id, line.day)
        still_open, revision = await charges.lock_subject(transaction.connection, subject)
        if still_open is None or still_open.charge_line_id != line.charge_line_id:
            continue
        await reverse_line(transaction, line.charge_line_id, revision + 1, now)
        again = replace(
            line,
            charge_line_id=new_id(),
            price=applied,
            amount_cents=applied.unit_cents,
            revision=revision + 2,
            recorded_at=now,
        )
        await add_line(transaction, again)
        changed, difference = changed + 1, difference + applied.unit_cents - line.amount_cents
    return changed, difference
