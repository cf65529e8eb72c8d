"""Doors for closures: closing days, giving a closure other days, lifting it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, model_validator

from chassis.auth import STAFF, Audience, allow
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from enrolment.domain.reopening import Cancelled, Stays
from enrolment.domain.school_calendar import Span
from enrolment.store.closures import Closure, KnownClosure, all_closures
from enrolment.use_cases.close_days import close_days, preview_closure
from enrolment.use_cases.edit_closure import (
    ClosureChange,
    ClosureEdit,
    ClosureTouches,
    edit_closure,
    preview_closure_edit,
)

from .catalogue import harmless
from .catalogue_answers import MOST_NAMED, impact_out
from .catalogue_schemas import days_in_order
from .impact_schemas import ImpactOut
from .schemas import Day, Input, Label, Listing, Version

router = APIRouter(prefix="/v1/staff/closures", tags=["catalogue"])

ForAdmin = allow(Audience.ADMIN)
PER_PAGE = 50


class _Days(Input):
    first_day: Day
    last_day: Day
    label: Label
    confirmed: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days_in_order(self.first_day, self.last_day)
        return self

    @property
    def span(self) -> Span:
        return Span(self.first_day, self.last_day, self.label)


class ClosureIn(_Days):
    """Without centre and activity the closure is for the whole service."""

    centre_id: UUID | None = None
    activity_id: UUID | None = None

    @property
    def closure(self) -> Closure:
        return Closure(self.span, self.centre_id, self.activity_id)


class ClosureEditIn(_Days):
    """`version` is the version that was seen."""

    version: Version


class ClosureLiftIn(Input):
    version: Version
    confirmed: bool = False


class ClosureOut(BaseModel):
    closure_id: UUID
    cancelled: int = Field(default=0, description="Bookings that the closure cancelled.")


class KnownClosureOut(BaseModel):
    closure_id: UUID
    centre_id: UUID | None
    activity_id: UUID | None
    first_day: date
    last_day: date
    label: str
    version: int


class ClosureList(Listing):
    items: list[KnownClosureOut]


class ReopenedOut(BaseModel):
    """A booking that the closure had cancelled: what it becomes, or why it stays cancelled."""

    booking_id: UUID
    family_id: UUID
    child_name: str
    slot_label: str
    day: date
    becomes: str | None = None
    stays: Stays | None = None


class ClosureChangeOut(BaseModel):
    """At most a hundred bookings of each sort are named; the totals count them all."""

    families: int
    impact: ImpactOut
    back_total: int
    back: list[ReopenedOut]
    kept_total: int
    kept: list[ReopenedOut]


@router.get("", dependencies=[allow(*STAFF)])
async def closures(
    runtime: RuntimeOf, page: Annotated[int, Query(ge=1, le=100)] = 1
) -> ClosureList:
    """Those that are not over, the nearest first."""
    async with runtime.database.reading() as connection:
        found = await all_closures(connection, local_date(runtime.clock.now()))
    return ClosureList(
        items=[_known_out(one) for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]],
        page=page,
        pages=max(-(-len(found) // PER_PAGE), 1),
        total=len(found),
    )


@router.post("/impact", dependencies=[ForAdmin])
async def preview(runtime: RuntimeOf, body: ClosureIn) -> ImpactOut:
    async with runtime.database.reading() as connection:
        impact = await preview_closure(connection, body.closure, now=runtime.clock.now())
    return impact_out(impact)


@router.post("", status_code=201, dependencies=[ForAdmin])
async def add_closure(runtime: RuntimeOf, body: ClosureIn) -> ClosureOut:
    with harmless():
        async with runtime.database.transaction() as transaction:
            closed = await close_days(
                transaction, body.closure, confirmed=body.confirmed, now=runtime.clock.now()
            )
    return ClosureOut(closure_id=closed.closure_id, cancelled=closed.cancelled)


@router.post("/{closure_id}", dependencies=[ForAdmin])
async def change_closure(
    runtime: RuntimeOf, closure_id: UUID, body: ClosureEditIn
) -> ClosureChangeOut:
    """Days it no longer holds open again; those it holds from now on are cancelled."""
    edit = ClosureEdit(closure_id, body.span, body.version)
    return await _edit(runtime, edit, confirmed=body.confirmed)


@router.post("/{closure_id}/impact", dependencies=[ForAdmin])
async def preview_change(
    runtime: RuntimeOf, closure_id: UUID, body: ClosureEditIn
) -> ClosureChangeOut:
    async with runtime.database.reading() as connection:
        edit = ClosureEdit(closure_id, body.span, body.version)
        found = await preview_closure_edit(connection, edit, now=runtime.clock.now())
    return _change_out(found)


@router.post("/{closure_id}/lift", dependencies=[ForAdmin])
async def lift_closure(
    runtime: RuntimeOf, closure_id: UUID, body: ClosureLiftIn
) -> ClosureChangeOut:
    """All its days open again; unconfirmed, the refusal says for whom."""
    edit = ClosureEdit(closure_id, None, body.version)
    return await _edit(runtime, edit, confirmed=body.confirmed)


async def _edit(runtime: Runtime, edit: ClosureEdit, *, confirmed: bool) -> ClosureChangeOut:
    with _touching():
        async with runtime.database.transaction() as transaction:
            done = await edit_closure(
                transaction,
                edit,
                confirmed=confirmed,
                calendar=runtime.own.calendar,
                now=runtime.clock.now(),
            )
    return _change_out(done)


@contextmanager
def _touching() -> Iterator[None]:
    try:
        yield
    except ClosureTouches as touches:
        raise Problem(
            409,
            "enrolment.change-hurts",
            "Des familles seraient touchées",
            str(touches),
            change=_change_out(touches.change).model_dump(mode="json"),
        ) from None


def _known_out(one: KnownClosure) -> KnownClosureOut:
    return KnownClosureOut(
        closure_id=one.closure_id,
        centre_id=one.centre_id,
        activity_id=one.activity_id,
        first_day=one.span.first,
        last_day=one.span.last,
        label=one.span.label,
        version=one.version,
    )


def _change_out(change: ClosureChange) -> ClosureChangeOut:
    again = change.reopening
    return ClosureChangeOut(
        families=len(change.family_ids),
        impact=impact_out(change.impact),
        back_total=len(again.back),
        back=[_reopened(one, becomes=one.target) for one in again.back[:MOST_NAMED]],
        kept_total=len(again.kept),
        kept=[_reopened(one.cancelled, stays=one.why) for one in again.kept[:MOST_NAMED]],
    )


def _reopened(
    one: Cancelled, *, becomes: str | None = None, stays: Stays | None = None
) -> ReopenedOut:
    standing = one.standing
    return ReopenedOut(
        booking_id=standing.booking_id,
        family_id=standing.family_id,
        child_name=standing.child_name,
        slot_label=standing.slot_label,
        day=standing.day,
        becomes=becomes,
        stays=stays,
    )
