"""The authority opens a centre."""

from chassis.database import Transaction
from enrolment.domain.submission import AlreadyExists
from enrolment.store.catalogue import Centre
from enrolment.store.catalogue_writing import add_centre


async def create_centre(transaction: Transaction, centre: Centre) -> Centre:
    """Raises AlreadyExists when the identifier or the name is taken."""
    if not await add_centre(transaction.connection, centre):
        raise AlreadyExists("Un centre porte déjà cet identifiant ou ce nom.")
    return centre
