"""Someone needs a family's facts now: ours when they will do, else accounts' own."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from billing.accounts import AskFamily
from billing.domain.family import FamilyFacts
from billing.store import families
from chassis.database import Transaction

from .record_family import record_answer


class UnknownFamily(LookupError):
    """Accounts has no such family."""


@dataclass(frozen=True)
class Need:
    """To price `day`, for something that happened at `since`."""

    day: date
    since: datetime


async def know_family(
    transaction: Transaction,
    family_id: UUID,
    ask: AskFamily,
    now: datetime,
    need: Need | None = None,
) -> FamilyFacts:
    """Raises UnknownFamily, or PeerUnavailable when accounts had to be asked and is away.

    Events of accounts and of enrolment travel apart: a booking can arrive before the quotient
    that was given first. A day without quotient is therefore asked about, once per `since`.
    """
    known = await families.find_family(transaction.connection, family_id)
    if known is not None and not (need is not None and _may_be_late(known, need)):
        return known.facts
    answer = await ask(family_id)
    if answer is None:
        raise UnknownFamily("Cette famille n’existe pas.")
    facts = await record_answer(transaction, answer)
    await families.note_asked(transaction.connection, family_id, now)
    return facts


def _may_be_late(known: families.KnownFamily, need: Need) -> bool:
    if known.facts.quotient_on(need.day) is not None:
        return False
    return known.asked_at is None or known.asked_at < need.since
