"""The authority opens a centre."""

from chassis.database import Transaction
from enrolment.domain.centre_contact import CentreContact
from enrolment.domain.submission import AlreadyExists
from enrolment.store.catalogue import Centre
from enrolment.store.catalogue_writing import add_centre
from enrolment.store.centre_contact import keep_contact


async def create_centre(
    transaction: Transaction, centre: Centre, contact: CentreContact | None = None
) -> Centre:
    """Raises AlreadyExists when the identifier or the name is taken."""
    if not await add_centre(transaction.connection, centre):
        raise AlreadyExists("Un centre porte déjà cet identifiant ou ce nom.")
    if contact is not None:
        await keep_contact(transaction.connection, centre.centre_id, contact)
    return centre
