"""« Nouvelle inscription scolaire »: a child at a school for a year, once staff accept it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from enrolment.domain.enrolled import (
    DOCUMENTS,
    LEVELS,
    EnrolmentRefused,
    EnrolmentState,
    school_year_of,
)
from enrolment.domain.request import Actor
from enrolment.domain.submission import NotFound, UnknownFamily
from enrolment.store.enrolments import (
    School,
    SchoolEnrolment,
    add_school_enrolment,
    all_schools,
)
from enrolment.wording import school_subject
from portail_contracts.enrolment import RequestKind

from .keep_request import Sending, Submitted, keep, known_family, sent_before, submitted


@dataclass(frozen=True)
class WantedSchool:
    """What was sent: `documents` are those that the family says it has (codes of DOCUMENTS)."""

    request_id: UUID
    family_id: UUID
    child_id: UUID
    school_id: UUID
    level: str
    school_year: int
    documents: tuple[str, ...]
    actor: Actor


async def request_school(
    transaction: Transaction, wanted: WantedSchool, *, now: datetime
) -> Submitted:
    """Raises UnknownFamily, NotFound, RequestIdReused, EnrolmentRefused."""
    sending = Sending(wanted.request_id, wanted.family_id, RequestKind.SCHOOL_ENROL, wanted.actor)
    family = await known_family(transaction, wanted.family_id)
    earlier = await sent_before(transaction, sending)
    if earlier is not None:
        return earlier
    child = family.child(wanted.child_id)
    if child is None:
        raise UnknownFamily
    schools = {one.school_id: one for one in await all_schools(transaction.connection)}
    school = schools.get(wanted.school_id)
    if school is None or not school.active:
        raise NotFound
    _check(wanted, now)
    record = await keep(
        transaction,
        sending,
        family,
        now,
        subject=school_subject(child.given_name, school.name, wanted.level, wanted.school_year),
        child_ids=[child.child_id],
    )
    if not await add_school_enrolment(transaction.connection, _enrolment(wanted, school)):
        raise EnrolmentRefused("Votre enfant a déjà une école pour cette année, ou l’a demandée.")
    transaction.record(submitted(record))
    return Submitted(record, repeated=False)


def _check(wanted: WantedSchool, now: datetime) -> None:
    this_year = school_year_of(local_date(now))
    if wanted.level not in LEVELS:
        raise EnrolmentRefused("Choisissez un niveau de la liste.")
    if wanted.school_year not in (this_year, this_year + 1):
        raise EnrolmentRefused("Choisissez cette année scolaire ou la suivante.")
    if not set(wanted.documents) <= set(DOCUMENTS):
        raise EnrolmentRefused("Choisissez les pièces dans la liste.")


def _enrolment(wanted: WantedSchool, school: School) -> SchoolEnrolment:
    return SchoolEnrolment(
        enrolment_id=new_id(),
        request_id=wanted.request_id,
        family_id=wanted.family_id,
        child_id=wanted.child_id,
        school_id=school.school_id,
        school_name=school.name,
        level=wanted.level,
        school_year=wanted.school_year,
        documents=wanted.documents,
        state=EnrolmentState.REQUESTED,
    )
