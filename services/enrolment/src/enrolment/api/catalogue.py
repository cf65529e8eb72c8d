"""Doors for the catalogue: centres, activities, open days, closures, reasons, schools."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.auth import STAFF, Audience, allow
from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.runtime import Runtime, RuntimeOf
from enrolment.domain.absence import AbsenceReason
from enrolment.domain.centre_contact import CentreContact
from enrolment.domain.diary import PlaceKey
from enrolment.domain.submission import ChangeHurts
from enrolment.store.absences import all_reasons, write_reason
from enrolment.store.catalogue import Centre, all_centres, whole_catalogue
from enrolment.store.enrolments import School, all_schools
from enrolment.use_cases.create_activity import create_activity
from enrolment.use_cases.create_centre import create_centre
from enrolment.use_cases.edit_activity import edit_activity, preview_edit
from enrolment.use_cases.edit_centre import edit_centre
from enrolment.use_cases.edit_day import edit_day
from enrolment.use_cases.open_days import open_days
from enrolment.use_cases.record_school import record_school

from .catalogue_answers import (
    activity_from,
    activity_out,
    centre_out,
    hurting,
    impact_out,
    licensed_from,
    reason_out,
)
from .catalogue_schemas import (
    ActivityEditIn,
    ActivityIn,
    ActivityList,
    ActivityOut,
    CapacityEditIn,
    CentreEditIn,
    CentreIn,
    CentreOut,
    OpenDaysIn,
    OpenedOut,
    ReasonIn,
    ReasonOut,
    SchoolIn,
    SchoolOut,
)
from .impact_schemas import ImpactOut
from .schemas import RateCode

router = APIRouter(prefix="/v1/staff", tags=["catalogue"])

ForAdmin = allow(Audience.ADMIN)
PER_PAGE = 20


@router.post("/centres", status_code=201, dependencies=[ForAdmin])
async def add_centre(runtime: RuntimeOf, body: CentreIn) -> CentreOut:
    wanted = Centre(body.centre_id or new_id(), body.name, licensed_from(body.licensed))
    async with runtime.database.transaction() as transaction:
        centre = await create_centre(transaction, wanted, _contact(body))
    return centre_out(centre)


@router.post("/centres/{centre_id}", dependencies=[ForAdmin])
async def change_centre(runtime: RuntimeOf, centre_id: UUID, body: CentreEditIn) -> CentreOut:
    wanted = Centre(centre_id, body.name, licensed_from(body.licensed), body.version)
    with harmless():
        async with runtime.database.transaction() as transaction:
            changed = await edit_centre(
                transaction, wanted, _contact(body), confirmed=body.confirmed
            )
    return centre_out(changed)


def _contact(body: CentreIn | CentreEditIn) -> CentreContact | None:
    return body.contact.as_contact() if body.contact else None


@router.post("/activities", status_code=201, dependencies=[ForAdmin])
async def add_activity(runtime: RuntimeOf, body: ActivityIn) -> ActivityOut:
    wanted = activity_from(body, body.activity_id or new_id(), body.centre_id)
    with harmless():
        async with runtime.database.transaction() as transaction:
            activity = await create_activity(
                transaction, wanted, body.position, confirmed=body.confirmed
            )
    return activity_out(activity)


@router.get("/activities", dependencies=[allow(*STAFF)])
async def activities(
    runtime: RuntimeOf, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> ActivityList:
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
        centres = await all_centres(connection)
    found = list(catalogue.activities.values())
    return ActivityList(
        items=[activity_out(one) for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]],
        page=page,
        pages=max(-(-len(found) // PER_PAGE), 1),
        total=len(found),
        centres=[centre_out(one) for one in centres],
    )


@router.post("/activities/{activity_id}/impact", dependencies=[ForAdmin])
async def preview_activity(
    runtime: RuntimeOf, activity_id: UUID, body: ActivityEditIn
) -> ImpactOut:
    """Whom the change would hurt; nothing is written."""
    async with runtime.database.reading() as connection:
        wanted = activity_from(body, activity_id, activity_id, body.version)
        impact = await preview_edit(connection, wanted, today=_today(runtime))
    return impact_out(impact)


@router.post("/activities/{activity_id}", dependencies=[ForAdmin])
async def change_activity(
    runtime: RuntimeOf, activity_id: UUID, body: ActivityEditIn
) -> ActivityOut:
    # Its centre is not among what may be changed.
    wanted = activity_from(body, activity_id, activity_id, body.version)
    with harmless():
        async with runtime.database.transaction() as transaction:
            changed = await edit_activity(
                transaction, wanted, confirmed=body.confirmed, today=_today(runtime)
            )
    return activity_out(changed)


@router.post("/activities/{activity_id}/open-days", status_code=201, dependencies=[ForAdmin])
async def open_activity(runtime: RuntimeOf, activity_id: UUID, body: OpenDaysIn) -> OpenedOut:
    async with runtime.database.transaction() as transaction:
        opened = await open_days(
            transaction, activity_id, body.first, body.last, calendar=runtime.own.calendar
        )
    return OpenedOut(opened=opened)


@router.post("/activities/{activity_id}/capacity", status_code=204, dependencies=[ForAdmin])
async def change_day(runtime: RuntimeOf, activity_id: UUID, body: CapacityEditIn) -> None:
    """One day's places for one age group; places added go to those who wait."""
    key = PlaceKey(activity_id, body.day, body.age_group)
    with harmless():
        async with runtime.database.transaction() as transaction:
            await edit_day(
                transaction,
                key,
                body.capacity,
                confirmed=body.confirmed,
                now=runtime.clock.now(),
            )


@router.get("/absence-reasons", dependencies=[allow(*STAFF)])
async def reasons(runtime: RuntimeOf) -> list[ReasonOut]:
    """The whole list, those no more offered too; a few dozen at most."""
    async with runtime.database.reading() as connection:
        return [reason_out(reason) for reason in await all_reasons(connection)]


@router.post("/absence-reasons/{code}", dependencies=[ForAdmin])
async def change_reason(runtime: RuntimeOf, code: RateCode, body: ReasonIn) -> ReasonOut:
    reason = AbsenceReason(code=code, **body.model_dump())
    async with runtime.database.transaction() as transaction:
        await write_reason(transaction.connection, reason)
    return reason_out(reason)


@router.get("/schools", dependencies=[allow(*STAFF)])
async def schools(runtime: RuntimeOf) -> list[SchoolOut]:
    """The whole list: an authority has a few dozen schools at most."""
    async with runtime.database.reading() as connection:
        return [SchoolOut(**vars(school)) for school in await all_schools(connection)]


@router.post("/schools", status_code=201, dependencies=[ForAdmin])
async def add_school(runtime: RuntimeOf, body: SchoolIn) -> SchoolOut:
    school = School(body.school_id or new_id(), body.name, body.active)
    async with runtime.database.transaction() as transaction:
        await record_school(transaction, school)
    return SchoolOut(**vars(school))


def _today(runtime: Runtime) -> date:
    return local_date(runtime.clock.now())


@contextmanager
def harmless() -> Iterator[None]:
    """A change that hurts and was not confirmed is answered with whom it would hurt."""
    try:
        yield
    except ChangeHurts as refusal:
        raise hurting(refusal.impact, str(refusal)) from None
