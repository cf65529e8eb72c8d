"""Staff change a centre's name, the capacity of its licence, how families reach it."""

from chassis.database import Transaction
from enrolment.domain.centre_contact import CentreContact
from enrolment.domain.impact import Impact
from enrolment.domain.submission import AlreadyExists, ChangeHurts, NotFound, OutOfDate
from enrolment.store.catalogue import Centre, find_centre
from enrolment.store.catalogue_writing import edit_centre as write_centre
from enrolment.store.centre_contact import keep_contact

from .licence import over_after_licence


async def edit_centre(
    transaction: Transaction, centre: Centre, contact: CentreContact | None, *, confirmed: bool
) -> Centre:
    """`centre.version` is the version that staff saw; without `contact`, what it was stays.

    Raises NotFound, OutOfDate, AlreadyExists; ChangeHurts, unless confirmed, when activities offer
    more places than the new licence allows.
    """
    standing = await find_centre(transaction.connection, centre.centre_id)
    if standing is None:
        raise NotFound
    if standing.version != centre.version:
        raise OutOfDate
    over = await over_after_licence(transaction.connection, standing, centre.licensed)
    if over and not confirmed:
        raise ChangeHurts(Impact(over_licence=over))
    if not await write_centre(transaction.connection, centre):
        raise AlreadyExists("Un autre centre porte déjà ce nom.")
    if contact is not None:
        await keep_contact(transaction.connection, centre.centre_id, contact)
    changed = await find_centre(transaction.connection, centre.centre_id)
    return changed or centre
