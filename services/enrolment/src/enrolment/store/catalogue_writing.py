"""The catalogue as staff write it: added, edited, closed."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import Activity, Slot
from enrolment.domain.notice import NoticeRule
from enrolment.domain.places import AgeGroup

from .catalogue import Centre
from .tables import activities, booking_windows, centres, notice_rules, places, slots


async def add_centre(connection: AsyncConnection, centre: Centre) -> bool:
    """False when the identifier or the name is taken."""
    statement = insert_or(centres).values(
        centre_id=centre.centre_id,
        name=centre.name,
        licensed_under_six=centre.licensed.under_six if centre.licensed else None,
        licensed_six_and_over=centre.licensed.six_and_over if centre.licensed else None,
    )
    added = await connection.execute(
        statement.on_conflict_do_nothing().returning(centres.c.centre_id)
    )
    return added.first() is not None


async def add_activity(connection: AsyncConnection, activity: Activity, position: int) -> bool:
    """False when the identifier, or the label within the centre, is taken."""
    statement = insert_or(activities).values(
        activity_id=activity.activity_id,
        centre_id=activity.centre_id,
        **activity_values(activity),
        position=position,
    )
    added = await connection.execute(
        statement.on_conflict_do_nothing().returning(activities.c.activity_id)
    )
    if added.first() is None:
        return False
    if not await _add_slots(connection, activity.slots):
        return False
    await add_rules(connection, activity)
    await add_windows(connection, activity)
    return True


def activity_values(activity: Activity) -> dict[str, Any]:
    """The columns of an activity that staff may edit."""
    return {
        "label": activity.label,
        "season": activity.season,
        "weekdays": sorted(activity.weekdays),
        "capacity_under_six": activity.capacity.under_six,
        "capacity_six_and_over": activity.capacity.six_and_over,
        "kind": str(activity.kind),
        "needs_enrolment": activity.needs_enrolment,
        "waiting_list": activity.waiting.is_open,
        "offer_hours": activity.waiting.offer_hours,
        "overbooking": activity.waiting.overbooking,
        "per_adult_under_six": activity.staffing.under_six,
        "per_adult_six_and_over": activity.staffing.six_and_over,
    }


async def add_rules(connection: AsyncConnection, activity: Activity) -> None:
    rows = [_rule_row(activity, number, r) for number, r in enumerate(activity.notice_rules)]
    if rows:
        await connection.execute(insert(notice_rules), rows)


async def add_windows(connection: AsyncConnection, activity: Activity) -> None:
    rows = [
        {
            "window_id": one.window_id,
            "activity_id": activity.activity_id,
            "first_day": one.days.first,
            "last_day": one.days.last,
            "opens_at": one.opens_at,
            "closes_at": one.closes_at,
        }
        for one in activity.windows
    ]
    if rows:
        await connection.execute(insert(booking_windows), rows)


async def _add_slots(connection: AsyncConnection, new: tuple[Slot, ...]) -> bool:
    rows = [vars(slot) for slot in new]
    statement = insert_or(slots).values(rows).on_conflict_do_nothing().returning(slots.c.slot_id)
    return len((await connection.execute(statement)).all()) == len(rows)


def _rule_row(activity: Activity, number: int, rule: NoticeRule) -> dict[str, Any]:
    return {"activity_id": activity.activity_id, "position": number, **vars(rule)}


async def edit_centre(connection: AsyncConnection, centre: Centre) -> bool:
    """False when another centre has this name, or somebody changed this one since."""
    taken = select(centres.c.centre_id).where(
        centres.c.name == centre.name, centres.c.centre_id != centre.centre_id
    )
    if (await connection.execute(taken)).first() is not None:
        return False
    changed = await connection.execute(
        update(centres)
        .where(centres.c.centre_id == centre.centre_id, centres.c.version == centre.version)
        .values(
            name=centre.name,
            licensed_under_six=centre.licensed.under_six if centre.licensed else None,
            licensed_six_and_over=centre.licensed.six_and_over if centre.licensed else None,
            version=centre.version + 1,
        )
        .returning(centres.c.centre_id)
    )
    return changed.first() is not None


async def edit_activity(connection: AsyncConnection, activity: Activity) -> bool:
    """Write the whole activity over the version it was made from; False when that has changed.

    A slot that is no longer there is kept, inactive, for the bookings that speak of it.
    """
    changed = await connection.execute(
        update(activities)
        .where(
            activities.c.activity_id == activity.activity_id,
            activities.c.version == activity.version,
        )
        .values(**activity_values(activity), version=activity.version + 1)
        .returning(activities.c.activity_id)
    )
    if changed.first() is None:
        return False
    await _write_slots(connection, activity)
    for table in (notice_rules, booking_windows):
        await connection.execute(delete(table).where(table.c.activity_id == activity.activity_id))
    await add_rules(connection, activity)
    await add_windows(connection, activity)
    return True


async def _write_slots(connection: AsyncConnection, activity: Activity) -> None:
    await connection.execute(
        update(slots)
        .where(
            slots.c.activity_id == activity.activity_id,
            slots.c.slot_id.not_in([slot.slot_id for slot in activity.slots]),
        )
        .values(active=False)
    )
    statement = insert_or(slots).values([vars(slot) for slot in activity.slots])
    written = {name: statement.excluded[name] for name in _SLOT_FIELDS}
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[slots.c.slot_id],
            set_=written,
            # Never another activity's.
            where=slots.c.activity_id == activity.activity_id,
        )
    )


_SLOT_FIELDS = (
    "label",
    "starts",
    "ends",
    "meal",
    "rate_code",
    "min_age",
    "max_age",
    "active",
)


async def write_capacity(
    connection: AsyncConnection,
    activity_id: UUID,
    days: Iterable[date],
    group: AgeGroup,
    capacity: int,
    overbooking: int,
) -> None:
    """These days have that capacity now; children already there keep their places.

    What goes beyond is written down as excess, which shrinks when somebody leaves.
    """
    taken = places.c.booked + places.c.held
    await connection.execute(
        update(places)
        .where(
            places.c.activity_id == activity_id,
            places.c.day.in_(list(days)),
            places.c.age_group == str(group),
        )
        .values(
            capacity=capacity,
            overbooking=overbooking,
            excess=func.greatest(taken - capacity - overbooking, 0),
        )
    )
