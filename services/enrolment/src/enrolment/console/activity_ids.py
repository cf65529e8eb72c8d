"""The names of what events name by identifiers only, for partners: centres, activities, slots."""

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from chassis.runtime import RuntimeOf
from chassis.spreadsheets import CSV_TYPE, Value, csv_table
from enrolment.store.catalogue import Catalogue, all_centres, whole_catalogue

from .attendance_papers import kept
from .pages import PageRoute
from .readers import DayReader

router = APIRouter(route_class=PageRoute)

HEAD: Final = (
    "Centre",
    "Activité",
    "Créneau",
    "Repas",
    "Identifiant du centre",
    "Identifiant de l’activité",
    "Identifiant du créneau",
)


@router.get("/activites/identifiants.csv")
async def identifiers(_: DayReader, runtime: RuntimeOf) -> Response:
    """Slots that are no longer offered too: events of the log still name them."""
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
        names = {one.centre_id: one.name for one in await all_centres(connection)}
    return kept(csv_table(HEAD, _rows(catalogue, names)), CSV_TYPE, "identifiants.csv")


def _rows(catalogue: Catalogue, names: Mapping[UUID, str]) -> Iterator[list[Value]]:
    for activity in catalogue.activities.values():
        for slot in activity.slots:
            yield [
                names.get(activity.centre_id, ""),
                activity.label,
                slot.label,
                "oui" if slot.meal else "non",
                str(activity.centre_id),
                str(activity.activity_id),
                str(slot.slot_id),
            ]
