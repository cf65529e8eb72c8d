"""An absence was decided: a day that is not billed is taken off, or credited when invoiced.

One that was accepted by mistake is taken back: the day is owed again, as if it had been refused.
"""

from datetime import datetime

from billing.accounts import AskFamily
from billing.domain.booking import AbsenceFacts, Subject
from billing.store.facts import note_absence
from chassis.database import Transaction
from portail_contracts.enrolment import AbsenceAccepted, AbsenceRefused, AbsenceReversed

from .settle_day import Heard, settle_day


async def settle_absence(
    transaction: Transaction,
    decided: AbsenceAccepted | AbsenceRefused | AbsenceReversed,
    ask: AskFamily,
    now: datetime,
) -> None:
    """Its reason stays in enrolment: all that is heard is what it does to the bill."""
    accepted = isinstance(decided, AbsenceAccepted)
    decided_at = decided.reversed_at if isinstance(decided, AbsenceReversed) else decided.decided_at
    heard = AbsenceFacts(
        absence_id=decided.absence_id,
        version=decided.version,
        booking_id=decided.booking_id,
        accepted=accepted,
        billable=decided.billable if isinstance(decided, AbsenceAccepted) else True,
        justified=decided.justified if isinstance(decided, AbsenceAccepted) else False,
        waiting_day=decided.waiting_day if isinstance(decided, AbsenceAccepted) else False,
        decided_at=decided_at,
    )
    subject = Subject(decided.child_id, decided.slot_id, decided.day)
    await note_absence(transaction.connection, decided.family_id, subject, heard)
    day = Heard(decided.family_id, decided.activity_id, subject, decided_at)
    await settle_day(transaction, day, ask, now)
