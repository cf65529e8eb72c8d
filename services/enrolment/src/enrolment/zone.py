"""The school calendar of the zone that the administration chose, in every process of enrolment."""

import asyncio
from dataclasses import replace
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from chassis.runtime import Runtime

from .own import own_of
from .school_dates import school_calendar
from .store.authority import find_authority

EVERY_S: Final = 30.0


async def follow_zone(runtime: Runtime) -> None:
    """For ever: another process may have been told of another zone."""
    while True:
        try:
            async with runtime.database.reading() as connection:
                found = await find_authority(connection)
            if found is not None:
                use_zone(runtime, found.school_zone)
        except (SQLAlchemyError, OSError):
            pass  # the database is away: the calendar stays as it is
        await asyncio.sleep(EVERY_S)


def use_zone(runtime: Runtime, zone: str) -> None:
    """Days that are open already stay as they are."""
    calendar = school_calendar(zone)
    if own_of(runtime).calendar is not calendar:
        runtime.own = replace(own_of(runtime), calendar=calendar)
