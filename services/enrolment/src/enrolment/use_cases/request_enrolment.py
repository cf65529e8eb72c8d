"""« Nouvelle inscription »: a child in an activity for a period, once staff accept it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from enrolment.domain.activity import Activity
from enrolment.domain.diary import Child
from enrolment.domain.enrolled import (
    LONGEST_DAYS,
    Enrolment,
    EnrolmentRefused,
    EnrolmentState,
)
from enrolment.domain.places import age_on
from enrolment.domain.request import Actor
from enrolment.domain.submission import NotFound, UnknownFamily
from enrolment.store.catalogue import find_activity, find_centre
from enrolment.store.enrolments import add_enrolment
from enrolment.wording import enrolment_subject
from portail_contracts.enrolment import RequestKind

from .keep_request import Sending, Submitted, keep, known_family, sent_before, submitted


@dataclass(frozen=True)
class WantedEnrolment:
    """What was sent; both days are included."""

    request_id: UUID
    family_id: UUID
    child_id: UUID
    activity_id: UUID
    first: date
    last: date
    actor: Actor


async def request_enrolment(
    transaction: Transaction, wanted: WantedEnrolment, *, now: datetime
) -> Submitted:
    """Raises UnknownFamily, NotFound, RequestIdReused, EnrolmentRefused."""
    sending = Sending(wanted.request_id, wanted.family_id, RequestKind.ENROLMENT_OPEN, wanted.actor)
    family = await known_family(transaction, wanted.family_id)
    earlier = await sent_before(transaction, sending)
    if earlier is not None:
        return earlier
    child = family.child(wanted.child_id)
    if child is None:
        raise UnknownFamily
    activity = await find_activity(transaction.connection, wanted.activity_id)
    if activity is None:
        raise NotFound
    _check(wanted, activity, child, local_date(now))
    centre = await find_centre(transaction.connection, activity.centre_id)
    place = f"{activity.label} ({centre.name})" if centre else activity.label
    record = await keep(
        transaction,
        sending,
        family,
        now,
        subject=enrolment_subject(child.given_name, place, wanted.first, wanted.last),
        child_ids=[child.child_id],
    )
    await _add(transaction, wanted)
    transaction.record(submitted(record))
    return Submitted(record, repeated=False)


def _check(wanted: WantedEnrolment, activity: Activity, child: Child, today: date) -> None:
    if wanted.first > wanted.last:
        raise EnrolmentRefused("Le dernier jour est avant le premier.")
    if wanted.last < today:
        raise EnrolmentRefused("Cette période est passée.")
    if (wanted.last - wanted.first).days > LONGEST_DAYS:
        raise EnrolmentRefused("Une inscription dure une année scolaire au plus.")
    ages = range(age_on(child.born_on, wanted.first), age_on(child.born_on, wanted.last) + 1)
    if not any(activity.receives(slot, age) for slot in activity.slots for age in ages):
        raise EnrolmentRefused("Cette activité n’accueille pas les enfants de cet âge.")


async def _add(transaction: Transaction, wanted: WantedEnrolment) -> None:
    enrolment = Enrolment(
        enrolment_id=new_id(),
        child_id=wanted.child_id,
        activity_id=wanted.activity_id,
        first=wanted.first,
        last=wanted.last,
        state=EnrolmentState.REQUESTED,
    )
    if not await add_enrolment(
        transaction.connection, enrolment, wanted.family_id, wanted.request_id
    ):
        raise EnrolmentRefused(
            "Votre enfant est déjà inscrit à cette activité pour cette période, ou l’a demandé."
        )
