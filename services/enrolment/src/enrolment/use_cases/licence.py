"""Whether a change would have a centre offer more places than its agrément allows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import Activity
from enrolment.domain.diary import PlaceKey
from enrolment.domain.licence import OverLicence, made_worse, over_licence
from enrolment.domain.places import AgeGroup, Capacity, Places
from enrolment.store.catalogue import Centre, find_centre, whole_catalogue
from enrolment.store.planning import places_of_week


async def over_after_edit(connection: AsyncConnection, new: Activity) -> tuple[OverLicence, ...]:
    """The activity as it would be, beside the others of its centre; new ones too."""
    centre = await find_centre(connection, new.centre_id)
    if centre is None or centre.licensed is None:
        return ()
    own = await activities_of(connection, centre.centre_id)
    changed = [*(one for one in own if one.activity_id != new.activity_id), new]
    return made_worse(over_licence(own, centre.licensed), over_licence(changed, centre.licensed))


async def over_after_licence(
    connection: AsyncConnection, standing: Centre, licensed: Capacity | None
) -> tuple[OverLicence, ...]:
    """The centre's activities under another licence."""
    if licensed is None:
        return ()
    own = await activities_of(connection, standing.centre_id)
    before = over_licence(own, standing.licensed) if standing.licensed else []
    return made_worse(before, over_licence(own, licensed))


async def over_on_day(
    connection: AsyncConnection, key: PlaceKey, capacity: int
) -> tuple[OverLicence, ...]:
    """One day with another capacity: what is open that day counts, at that day's capacities."""
    catalogue = await whole_catalogue(connection)
    activity = catalogue.activities.get(key.activity_id)
    centre = await find_centre(connection, activity.centre_id) if activity else None
    if centre is None or centre.licensed is None:
        return ()
    own = {k: v for k, v in catalogue.activities.items() if v.centre_id == centre.centre_id}
    places = await places_of_week(connection, own, key.day, key.day)
    weekday = [key.day.isoweekday()]
    before = over_licence(_on(own, places, key.day), centre.licensed, weekday)
    changed = {**places, key: Places(capacity)}
    after = over_licence(_on(own, changed, key.day), centre.licensed, weekday)
    return made_worse(before, after)


def _on(
    activities: Mapping[UUID, Activity], places: Mapping[PlaceKey, Places], day: date
) -> list[Activity]:
    def offered(activity: Activity, group: AgeGroup) -> int:
        found = places.get(PlaceKey(activity.activity_id, day, group))
        return found.capacity if found else 0

    return [
        replace(one, capacity=Capacity(*(offered(one, group) for group in AgeGroup)))
        for one in activities.values()
        if day.isoweekday() in one.weekdays
    ]


async def activities_of(connection: AsyncConnection, centre_id: UUID) -> list[Activity]:
    catalogue = await whole_catalogue(connection)
    return [one for one in catalogue.activities.values() if one.centre_id == centre_id]
