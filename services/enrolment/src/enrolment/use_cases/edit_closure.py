"""A closure is given other days, or lifted (decision 26).

Days that it no longer holds open again (`reopen_days.py`); days that it holds from now on are
cancelled as by any closure. Whom that touches is shown before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import local_date
from chassis.database import Transaction
from enrolment.domain.diary import PlaceKey
from enrolment.domain.impact import Impact, impact_of_closure
from enrolment.domain.places import Places
from enrolment.domain.reopening import Cancelled, Reopening, reopening
from enrolment.domain.school_calendar import SchoolCalendar, Span
from enrolment.domain.submission import NotFound, OutOfDate
from enrolment.store.catalogue import whole_catalogue
from enrolment.store.closures import (
    KnownClosure,
    cancelled_by,
    closures_beside,
    find_closure,
    remove_closure,
    write_span,
)
from enrolment.store.families import lock_family
from enrolment.store.places import lock_places, open_places, opened_days, places_of

from .close_days import cancel_for, standing_on
from .reopen_days import Shut, give_back


@dataclass(frozen=True)
class ClosureEdit:
    """The days it is to have; without any it is lifted. `seen_version` is what staff saw."""

    closure_id: UUID
    span: Span | None
    seen_version: int


@dataclass(frozen=True)
class ClosureChange:
    """Whom its new days hurt, and who comes back on days that it no longer holds."""

    closure: KnownClosure
    impact: Impact
    reopening: Reopening

    @property
    def is_harmless(self) -> bool:
        return self.impact.is_harmless and self.reopening.is_harmless

    @property
    def family_ids(self) -> set[UUID]:
        """Those who will be told."""
        again = [*self.reopening.back, *(one.cancelled for one in self.reopening.told)]
        return {one.booking.family_id for one in self.impact.hurt} | {
            one.standing.family_id for one in again
        }


class ClosureTouches(Exception):
    """The change touches families; says whom, and waits to be confirmed."""

    def __init__(self, change: ClosureChange) -> None:
        super().__init__("Cette modification touche des familles : vérifiez lesquelles.")
        self.change = change


@dataclass(frozen=True)
class _Plan:
    change: ClosureChange
    shut: Shut


async def preview_closure_edit(
    connection: AsyncConnection, edit: ClosureEdit, *, now: datetime
) -> ClosureChange:
    """Nothing is written. Raises NotFound, OutOfDate."""
    return (await _plan(connection, edit, await _seen(connection, edit), now)).change


async def edit_closure(
    transaction: Transaction,
    edit: ClosureEdit,
    *,
    confirmed: bool,
    calendar: SchoolCalendar,
    now: datetime,
) -> ClosureChange:
    """Raises NotFound, OutOfDate, ClosureTouches."""
    connection = transaction.connection
    closure = await _seen(connection, edit, lock=True)
    seen = (await _plan(connection, edit, closure, now)).change
    if not seen.is_harmless and not confirmed:
        raise ClosureTouches(seen)
    concerned = {one.cancelled.standing.family_id for one in seen.reopening.kept}
    for family_id in sorted(seen.family_ids | concerned):
        await lock_family(connection, family_id)
    plan = await _plan(connection, edit, closure, now, lock=True)
    await _open_missing(connection, plan, edit, calendar, local_date(now))
    await give_back(transaction, closure, plan.change.reopening, plan.shut, now)
    if edit.span is None:
        await remove_closure(connection, closure.closure_id)
        return plan.change
    version = await write_span(connection, closure.closure_id, edit.span)
    await cancel_for(transaction, closure.with_days(edit.span, version), now)
    return plan.change


async def _seen(
    connection: AsyncConnection, edit: ClosureEdit, *, lock: bool = False
) -> KnownClosure:
    closure = await find_closure(connection, edit.closure_id, lock=lock)
    if closure is None:
        raise NotFound
    if closure.version != edit.seen_version:
        raise OutOfDate
    return closure


async def _plan(
    connection: AsyncConnection,
    edit: ClosureEdit,
    closure: KnownClosure,
    now: datetime,
    *,
    lock: bool = False,
) -> _Plan:
    catalogue = await whole_catalogue(connection)
    wanted = closure.with_days(edit.span, closure.version) if edit.span else None
    beside = await closures_beside(connection, closure)
    shut = Shut(catalogue.activities, (*beside, *([wanted] if wanted else [])))
    cancelled = [
        one
        for one in await cancelled_by(connection, closure.closure_id)
        if wanted is None or one.standing.day not in wanted.span
    ]
    places = await _places(connection, cancelled, lock=lock)
    impact = Impact()
    if wanted is not None:
        impact = impact_of_closure(await standing_on(connection, wanted, now), wanted.span)
    again = reopening(cancelled, catalogue.activities, places, shut.is_closed, now)
    return _Plan(ClosureChange(closure, impact, again), shut)


async def _places(
    connection: AsyncConnection, cancelled: Iterable[Cancelled], *, lock: bool
) -> dict[PlaceKey, Places]:
    read = lock_places if lock else places_of
    return await read(connection, {one.places for one in cancelled})


async def _open_missing(
    connection: AsyncConnection,
    plan: _Plan,
    edit: ClosureEdit,
    calendar: SchoolCalendar,
    today: date,
) -> None:
    """A day that was closed when its season was opened has no places yet: it gets them now."""
    closure = plan.change.closure
    for activity in plan.shut.activities.values():
        opened = (
            await opened_days(connection, activity.activity_id) if closure.holds(activity) else []
        )
        if not opened:
            continue
        first = max(closure.span.first, opened[0], today)
        last = min(closure.span.last, opened[-1])
        others = plan.shut.of(activity)
        days = activity.with_closures(others).days_to_open(first, last, calendar)
        await open_places(connection, activity, list(days))
