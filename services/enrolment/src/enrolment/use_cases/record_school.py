"""Staff keep the list of schools in which the authority enrols children."""

from chassis.database import Transaction
from enrolment.domain.submission import AlreadyExists
from enrolment.store.enrolments import School, write_school


async def record_school(transaction: Transaction, school: School) -> None:
    """Added, or written over the one of that identifier. Raises AlreadyExists for a taken name."""
    if not await write_school(transaction.connection, school):
        raise AlreadyExists("Une autre école porte déjà ce nom.")
