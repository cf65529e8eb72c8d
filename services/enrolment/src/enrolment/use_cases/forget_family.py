"""The family asked to be forgotten: names, words and addresses go; what was is only counted."""

from datetime import datetime
from uuid import UUID

from chassis.clock import local_date
from chassis.database import Transaction
from enrolment.store.erasure import erase_family
from enrolment.store.families import lock_family
from enrolment.store.tables import bookings
from portail_contracts.enrolment import EnrolmentErasureCompleted

from .settle_cancelling import call_off_bookings

KEPT = (
    "Réservations et présences sans nom, pour les comptes rendus à la CAF (code de l’action "
    "sociale et des familles, R.227-1)",
)


async def forget_family(
    transaction: Transaction, family_id: UUID, erasure_id: UUID, *, now: datetime
) -> None:
    """Places still to come are free again, and whoever counts them is told.

    Done twice, it changes nothing more.
    """
    await lock_family(transaction.connection, family_id)
    to_come = (bookings.c.family_id == family_id) & (bookings.c.day >= local_date(now))
    await call_off_bookings(transaction, to_come, now)
    await erase_family(transaction.connection, family_id, now)
    transaction.record(
        EnrolmentErasureCompleted(version=1, family_id=family_id, erasure_id=erasure_id, kept=KEPT)
    )
