"""Doors for enrolments: what a family may ask for, what it has; staff end one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from chassis.auth import Audience, Principal, allow
from chassis.clock import local_date
from chassis.database import Transaction
from chassis.runtime import RuntimeOf
from enrolment.domain.enrolled import DOCUMENTS, LEVELS, school_year_of
from enrolment.store.catalogue import Catalogue, whole_catalogue
from enrolment.store.enrolments import (
    ListedEnrolment,
    SchoolEnrolment,
    all_schools,
    enrolments_of_family,
    school_enrolments_of_family,
)
from enrolment.use_cases.end_enrolment import end_enrolment
from enrolment.use_cases.keep_request import Submitted
from enrolment.use_cases.request_enrolment import WantedEnrolment, request_enrolment
from enrolment.use_cases.request_school import WantedSchool, request_school

from .catalogue import harmless
from .catalogue_answers import slot_out
from .parents import actor_of
from .parents_schemas import (
    ActivitiesForFamilyOut,
    ActivityForFamilyOut,
    Choice,
    EndEnrolmentIn,
    EnrolmentIn,
    EnrolmentOut,
    EnrolmentsOut,
    SchoolChoice,
    SchoolChoicesOut,
    SchoolEnrolmentIn,
    SchoolEnrolmentOut,
)
from .schemas import RequestOut
from .sending import sent

router = APIRouter(prefix="/v1", tags=["enrolments"])

OwnFamily = Annotated[Principal, allow(Audience.FAMILY)]


@router.get("/me/activities")
async def activities(runtime: RuntimeOf, _: OwnFamily) -> ActivitiesForFamilyOut:
    """What is offered, in the authority's order; a few dozen at most."""
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
    return ActivitiesForFamilyOut(
        items=[_offered(catalogue, activity_id) for activity_id in catalogue.activities]
    )


@router.get("/me/schools")
async def schools(runtime: RuntimeOf, _: OwnFamily) -> SchoolChoicesOut:
    async with runtime.database.reading() as connection:
        found = await all_schools(connection)
    year = school_year_of(local_date(runtime.clock.now()))
    return SchoolChoicesOut(
        schools=[
            SchoolChoice(school_id=one.school_id, name=one.name) for one in found if one.active
        ],
        levels=[Choice(code=code, label=label) for code, label in LEVELS.items()],
        documents=[Choice(code=code, label=label) for code, label in DOCUMENTS.items()],
        years=[year, year + 1],
    )


@router.get("/me/enrolments")
async def enrolments(runtime: RuntimeOf, principal: OwnFamily) -> EnrolmentsOut:
    async with runtime.database.reading() as connection:
        activities = await enrolments_of_family(connection, principal.own_family)
        at_school = await school_enrolments_of_family(connection, principal.own_family)
    return EnrolmentsOut(
        activities=[_enrolment(one) for one in activities],
        schools=[_school_enrolment(one) for one in at_school],
    )


@router.post("/me/enrolments", status_code=201)
async def ask(
    runtime: RuntimeOf, principal: OwnFamily, body: EnrolmentIn, response: Response
) -> RequestOut:
    wanted = WantedEnrolment(
        body.request_id,
        principal.own_family,
        body.child_id,
        body.activity_id,
        body.first_day,
        body.last_day,
        actor_of(principal),
    )

    async def send(transaction: Transaction) -> Submitted:
        return await request_enrolment(transaction, wanted, now=runtime.clock.now())

    return await sent(runtime, principal, response, send)


@router.post("/me/school-enrolments", status_code=201)
async def ask_school(
    runtime: RuntimeOf, principal: OwnFamily, body: SchoolEnrolmentIn, response: Response
) -> RequestOut:
    wanted = WantedSchool(
        body.request_id,
        principal.own_family,
        body.child_id,
        body.school_id,
        body.level,
        body.school_year,
        tuple(dict.fromkeys(body.documents)),
        actor_of(principal),
    )

    async def send(transaction: Transaction) -> Submitted:
        return await request_school(transaction, wanted, now=runtime.clock.now())

    return await sent(runtime, principal, response, send)


@router.post(
    "/staff/enrolments/{enrolment_id}/end",
    status_code=204,
    dependencies=[allow(Audience.SECRETARIAT, Audience.ADMIN)],
)
async def end(runtime: RuntimeOf, enrolment_id: UUID, body: EndEnrolmentIn) -> None:
    """What was booked after the last day is cancelled, once it was seen and confirmed."""
    with harmless():
        async with runtime.database.transaction() as transaction:
            await end_enrolment(
                transaction,
                enrolment_id,
                body.last_day,
                confirmed=body.confirmed,
                now=runtime.clock.now(),
            )


def _offered(catalogue: Catalogue, activity_id: UUID) -> ActivityForFamilyOut:
    activity = catalogue.activities[activity_id]
    return ActivityForFamilyOut(
        activity_id=activity_id,
        label=activity.label,
        centre_name=catalogue.centres[activity.centre_id].name,
        season=activity.season,
        kind=activity.kind,
        weekdays=sorted(activity.weekdays),
        needs_enrolment=activity.needs_enrolment,
        slots=[slot_out(slot) for slot in activity.slots if slot.active],
    )


def _enrolment(listed: ListedEnrolment) -> EnrolmentOut:
    enrolment = listed.enrolment
    return EnrolmentOut(
        enrolment_id=enrolment.enrolment_id,
        request_id=listed.request_id,
        request_number=listed.request_number,
        child_id=enrolment.child_id,
        activity_id=enrolment.activity_id,
        activity_label=listed.activity_label,
        centre_name=listed.centre_name,
        first_day=enrolment.first,
        last_day=enrolment.last,
        state=enrolment.state,
    )


def _school_enrolment(one: SchoolEnrolment) -> SchoolEnrolmentOut:
    return SchoolEnrolmentOut(
        enrolment_id=one.enrolment_id,
        request_id=one.request_id,
        request_number=one.request_number,
        child_id=one.child_id,
        school_name=one.school_name,
        level=one.level,
        level_label=LEVELS.get(one.level, one.level),
        school_year=one.school_year,
        documents=list(one.documents),
        state=one.state,
    )
