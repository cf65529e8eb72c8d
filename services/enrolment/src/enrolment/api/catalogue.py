"""Doors for the catalogue: centres, activities, open days, closures."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from chassis.auth import STAFF, Audience, allow
from chassis.identifiers import new_id
from chassis.runtime import RuntimeOf
from enrolment.domain.activity import Activity, Slot
from enrolment.domain.notice import NoticeRule
from enrolment.domain.places import Capacity
from enrolment.domain.school_calendar import Span
from enrolment.store.catalogue import Centre, all_centres, whole_catalogue
from enrolment.use_cases.close_days import close_days
from enrolment.use_cases.create_activity import create_activity
from enrolment.use_cases.create_centre import create_centre
from enrolment.use_cases.open_days import open_days

from .catalogue_schemas import (
    ActivityIn,
    ActivityList,
    ActivityOut,
    CapacityOut,
    CentreIn,
    CentreOut,
    ClosureIn,
    ClosureOut,
    NoticeRuleIn,
    NoticeRuleOut,
    OpenDaysIn,
    OpenedOut,
    SlotIn,
    SlotOut,
)

router = APIRouter(prefix="/v1/staff", tags=["catalogue"])

ForAdmin = allow(Audience.ADMIN)
PER_PAGE = 20


@router.post("/centres", status_code=201, dependencies=[ForAdmin])
async def add_centre(runtime: RuntimeOf, body: CentreIn) -> CentreOut:
    async with runtime.database.transaction() as transaction:
        centre = await create_centre(transaction, Centre(body.centre_id or new_id(), body.name))
    return CentreOut(centre_id=centre.centre_id, name=centre.name)


@router.post("/activities", status_code=201, dependencies=[ForAdmin])
async def add_activity(runtime: RuntimeOf, body: ActivityIn) -> ActivityOut:
    async with runtime.database.transaction() as transaction:
        activity = await create_activity(transaction, _activity(body), body.position)
    return _activity_out(activity)


@router.get("/activities", dependencies=[allow(*STAFF)])
async def activities(
    runtime: RuntimeOf, page: Annotated[int, Query(ge=1, le=100_000)] = 1
) -> ActivityList:
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
        centres = await all_centres(connection)
    found = list(catalogue.activities.values())
    return ActivityList(
        items=[_activity_out(one) for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]],
        page=page,
        pages=max(-(-len(found) // PER_PAGE), 1),
        total=len(found),
        centres=[CentreOut(centre_id=one.centre_id, name=one.name) for one in centres],
    )


@router.post("/activities/{activity_id}/open-days", status_code=201, dependencies=[ForAdmin])
async def open_activity(runtime: RuntimeOf, activity_id: UUID, body: OpenDaysIn) -> OpenedOut:
    async with runtime.database.transaction() as transaction:
        opened = await open_days(
            transaction, activity_id, body.first, body.last, calendar=runtime.own.calendar
        )
    return OpenedOut(opened=opened)


@router.post("/closures", status_code=201, dependencies=[ForAdmin])
async def add_closure(runtime: RuntimeOf, body: ClosureIn) -> ClosureOut:
    span = Span(body.first_day, body.last_day, body.label)
    async with runtime.database.transaction() as transaction:
        closure_id = await close_days(transaction, span, body.centre_id, body.activity_id)
    return ClosureOut(closure_id=closure_id)


def _activity(body: ActivityIn) -> Activity:
    """Raises InvalidNoticeRule."""
    activity_id = body.activity_id or new_id()
    return Activity(
        activity_id=activity_id,
        centre_id=body.centre_id,
        label=body.label,
        season=body.season,
        weekdays=frozenset(body.weekdays),
        capacity=Capacity(body.capacity.under_six, body.capacity.six_and_over),
        slots=tuple(_slot(activity_id, slot) for slot in body.slots),
        notice_rules=tuple(_rule(rule) for rule in body.notice_rules),
    )


def _slot(activity_id: UUID, body: SlotIn) -> Slot:
    return Slot(
        slot_id=body.slot_id or new_id(),
        activity_id=activity_id,
        label=body.label,
        starts=body.starts,
        ends=body.ends,
        meal=body.meal,
        rate_code=body.rate_code,
        min_age=body.min_age,
        max_age=body.max_age,
    )


def _rule(body: NoticeRuleIn) -> NoticeRule:
    return NoticeRule(body.action, body.anchor, body.count, body.at, body.weekday)


def _activity_out(activity: Activity) -> ActivityOut:
    return ActivityOut(
        activity_id=activity.activity_id,
        centre_id=activity.centre_id,
        label=activity.label,
        season=activity.season,
        weekdays=sorted(activity.weekdays),
        capacity=CapacityOut(
            under_six=activity.capacity.under_six, six_and_over=activity.capacity.six_and_over
        ),
        slots=[_slot_out(slot) for slot in activity.slots],
        notice_rules=[
            NoticeRuleOut(
                action=rule.action,
                anchor=rule.anchor,
                count=rule.count,
                at=f"{rule.at:%H:%M}",
                weekday=rule.weekday,
            )
            for rule in activity.notice_rules
        ],
    )


def _slot_out(slot: Slot) -> SlotOut:
    return SlotOut(
        slot_id=slot.slot_id,
        label=slot.label,
        starts=f"{slot.starts:%H:%M}",
        ends=f"{slot.ends:%H:%M}",
        meal=slot.meal,
        rate_code=slot.rate_code,
        min_age=slot.min_age,
        max_age=slot.max_age,
    )
