"""« Planning et places » and « Listes d’attente »: a week at a glance, one day in full."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.problems import Problem
from chassis.runtime import Runtime, RuntimeOf
from chassis.spreadsheets import CSV_TYPE, ODS_TYPE, Value, csv_table, ods_table
from chassis.web import french
from chassis.web.shapes import FieldError
from enrolment.domain.activity import Activity
from enrolment.domain.booking import BookingState
from enrolment.domain.diary import PlaceKey
from enrolment.domain.places import AgeGroup, Places
from enrolment.domain.submission import ChangeHurts, NotFound
from enrolment.store.catalogue import Catalogue, Centre, all_centres, whole_catalogue
from enrolment.store.places import places_of
from enrolment.store.planning import Seat, places_of_week, seats_of, waiting_seats
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.edit_day import edit_day
from enrolment.use_cases.sight import sight_of

from .attendance import ATTENDANCE, NO_CENTRE
from .attendance_papers import kept
from .choice import QUEUE, Empty
from .forms import form_fields, one
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator, DayReader
from .wording import GROUPS

router = APIRouter(route_class=PageRoute)

PLACES: Final = "/console/places"
WAITING: Final = "/console/attente"
WEEK: Final = timedelta(days=7)
HEAD: Final = (
    "Centre",
    "Activité",
    "Âge",
    "Jour",
    "Places",
    "Libres",
    "Retenues",
    "Réservées",
    "En attente",
)

SEAT_STATES: Final = {
    BookingState.BOOKED: ("booked", "Réservé"),
    BookingState.REQUESTED: ("requested", "Demande en attente"),
    BookingState.OFFERED: ("waitlisted", "Place proposée"),
    BookingState.WAITLISTED: ("waitlisted", "Liste d’attente"),
}


@dataclass(frozen=True)
class Cell:
    """A day of an activity for an age group; None in the row where it is not open."""

    places: Places
    url: str
    label: str


@dataclass(frozen=True)
class Row:
    """An activity's week for one age group."""

    activity: str
    group: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Ground:
    """What the reader sees: centres, the one on show, its activities."""

    centres: list[Centre]
    centre: Centre | None
    catalogue: Catalogue
    pending: int

    @property
    def activities(self) -> dict[UUID, Activity]:
        if self.centre is None:
            return {}
        return {
            key: one
            for key, one in self.catalogue.activities.items()
            if one.centre_id == self.centre.centre_id
        }


def _unknown() -> Problem:
    return Problem(404, "enrolment.day-unknown", "Jour introuvable", "Il n’est pas ouvert.")


async def _ground(runtime: Runtime, principal: Principal, centre_id: UUID | None) -> Ground:
    """Raises Problem 404 for a centre that does not exist, or is not seen."""
    async with runtime.database.reading() as connection:
        sight = await sight_of(connection, principal)
        centres = [one for one in await all_centres(connection) if sight.sees(one.centre_id)]
        catalogue = await whole_catalogue(connection)
        pending = await count_pending(connection)
    chosen = centres[0] if centres and centre_id is None else None
    if centre_id is not None:
        chosen = next((one for one in centres if one.centre_id == centre_id), None)
        if chosen is None:
            raise Problem(404, "enrolment.centre-unknown", "Centre introuvable", NO_CENTRE)
    return Ground(centres, chosen, catalogue, pending)


CentreChoice = Annotated[UUID | Empty | None, Query(alias="centre")]
WeekChoice = Annotated[date | Empty | None, Query(alias="semaine")]


@router.get("/places")
async def week_of_places(
    principal: DayReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    centre: CentreChoice = None,
    week: WeekChoice = None,
) -> Response:
    ground = await _ground(runtime, principal, centre or None)
    today = local_date(runtime.clock.now())
    first = _monday(week or today)
    found = await _places(runtime, ground, first)
    shown = _open_days(found, first)
    centre_id = ground.centre.centre_id if ground.centre else ""
    here = f"{PLACES}?centre={centre_id}"
    return pages.html(
        "places.html",
        principal,
        title="Planning et places",
        section="places",
        pending=ground.pending,
        centres=ground.centres,
        centre=ground.centre,
        no_centre=NO_CENTRE,
        week=first,
        week_title=f"Semaine du {french.day_long(first).partition(' ')[2]}",
        days=[
            (french.sentence(french.day_short(day)), day == today, _roster_url(ground, day))
            for day in shown
        ],
        rows=list(_rows(ground.activities, found, shown)),
        alerts=list(_alerts(ground.activities, found)),
        previous_url=f"{here}&semaine={first - WEEK}",
        next_url=f"{here}&semaine={first + WEEK}",
        today_url=here,
        csv_url=f"{PLACES}/export.csv?centre={centre_id}&semaine={first}",
        ods_url=f"{PLACES}/export.ods?centre={centre_id}&semaine={first}",
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


async def _places(runtime: Runtime, ground: Ground, first: date) -> dict[PlaceKey, Places]:
    async with runtime.database.reading() as connection:
        return await places_of_week(connection, ground.activities, first, first + timedelta(days=6))


def _open_days(found: Mapping[PlaceKey, Places], first: date) -> list[date]:
    """Monday to Friday always; a week-end when something is open."""
    days = [first + timedelta(days=ahead) for ahead in range(7)]
    return [day for day in days if day.weekday() < 5 or any(key.day == day for key in found)]


def _roster_url(ground: Ground, day: date) -> str:
    centre = ground.centre.centre_id if ground.centre else ""
    return f"{ATTENDANCE}?centre={centre}&jour={day}"


def _rows(
    activities: Mapping[UUID, Activity], found: Mapping[PlaceKey, Places], shown: Sequence[date]
) -> Iterator[Row]:
    for activity in activities.values():
        for group in AgeGroup:
            keys = [PlaceKey(activity.activity_id, day, group) for day in shown]
            if any(key in found for key in keys):
                cells = tuple(_cell(activity, key, found.get(key)) for key in keys)
                yield Row(activity.label, GROUPS[group], cells)


def _cell(activity: Activity, key: PlaceKey, places: Places | None) -> Cell | None:
    if places is None:
        return None
    label = f"{activity.label}, {GROUPS[key.age_group]}, {french.day_name(key.day)}"
    return Cell(places, f"{PLACES}/{key.activity_id}/{key.day}/{key.age_group}", label)


def _alerts(activities: Mapping[UUID, Activity], found: Mapping[PlaceKey, Places]) -> Iterator[str]:
    """Days with more children than places, said in words above the table."""
    for key, places in sorted(found.items(), key=lambda item: (item[0].day, item[0])):
        if places.over:
            activity = activities[key.activity_id]
            children = french.plural(places.over, "enfant")
            yield (
                f"{activity.label}, {french.day_name(key.day)}, {GROUPS[key.age_group]}"
                f"\u00a0: {children} de plus que de places."
            )


@router.get("/places/export.csv")
async def week_as_csv(
    principal: DayReader, runtime: RuntimeOf, centre: CentreChoice = None, week: WeekChoice = None
) -> Response:
    first, rows = await _week_table(principal, runtime, centre or None, week or None)
    return kept(csv_table(HEAD, rows), CSV_TYPE, f"places-{first}.csv")


@router.get("/places/export.ods")
async def week_as_ods(
    principal: DayReader, runtime: RuntimeOf, centre: CentreChoice = None, week: WeekChoice = None
) -> Response:
    first, rows = await _week_table(principal, runtime, centre or None, week or None)
    return kept(ods_table(f"Semaine {first}", HEAD, rows), ODS_TYPE, f"places-{first}.ods")


async def _week_table(
    principal: Principal, runtime: Runtime, centre_id: UUID | None, week: date | None
) -> tuple[date, list[list[Value]]]:
    ground = await _ground(runtime, principal, centre_id)
    first = _monday(week or local_date(runtime.clock.now()))
    found = await _places(runtime, ground, first)
    name = ground.centre.name if ground.centre else ""
    rows: list[list[Value]] = [
        [
            name,
            ground.activities[key.activity_id].label,
            GROUPS[key.age_group],
            key.day,
            places.capacity,
            places.left,
            places.held,
            places.booked,
            places.waiting,
        ]
        for key, places in sorted(found.items(), key=lambda item: (item[0].day, item[0]))
    ]
    return first, rows


@dataclass(frozen=True)
class Sitting:
    """One child of a day, or of its line."""

    rank: str
    child: str
    reference: str
    slot: str
    state: str
    state_label: str
    note: str
    number: str
    url: str


@router.get("/places/{activity_id}/{day}/{group}")
async def day_of_places(
    activity_id: UUID,
    day: date,
    group: AgeGroup,
    principal: DayReader,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    return await _day_page(principal, runtime, pages, PlaceKey(activity_id, day, group))


@router.post("/places/{activity_id}/{day}/{group}")
async def change_capacity(
    activity_id: UUID,
    day: date,
    group: AgeGroup,
    request: Request,
    principal: Administrator,
    runtime: RuntimeOf,
    pages: PagesOf,
) -> Response:
    """Another capacity for that day alone; what it would do is shown before it is done."""
    key = PlaceKey(activity_id, day, group)
    fields = await form_fields(request)
    typed = one(fields, "capacity")
    if not (typed.isascii() and typed.isdigit()) or int(typed) > 10_000:
        wrong = FieldError("capacity", "Indiquez un nombre de places, de 0 à 10 000.")
        return await _day_page(principal, runtime, pages, key, wrong=wrong, typed=typed)
    try:
        async with runtime.database.transaction() as transaction:
            await edit_day(
                transaction,
                key,
                int(typed),
                confirmed=one(fields, "confirmed") == "yes",
                now=runtime.clock.now(),
            )
    except NotFound:
        raise _unknown() from None
    except ChangeHurts as hurts:
        (over,) = hurts.impact.overfull
        said = (
            f"{french.plural(over.children, 'enfant a', 'enfants ont')} déjà une place ou une"
            f" demande\u00a0: avec {french.plural(over.capacity, 'place')}, le jour serait en"
            " surnombre. Personne n’est retiré\u00a0; confirmez pour appliquer."
        )
        return await _day_page(principal, runtime, pages, key, hurts=said, typed=typed)
    return RedirectResponse(f"{PLACES}/{activity_id}/{day}/{group}", 303)


async def _day_page(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    key: PlaceKey,
    *,
    wrong: FieldError | None = None,
    hurts: str | None = None,
    typed: str = "",
) -> Response:
    now = runtime.clock.now()
    async with runtime.database.reading() as connection:
        sight = await sight_of(connection, principal)
        catalogue = await whole_catalogue(connection)
        activity = catalogue.activities.get(key.activity_id)
        places = (await places_of(connection, [key])).get(key)
        if activity is None or places is None or not sight.sees(activity.centre_id):
            raise _unknown()
        seats = await seats_of(connection, key)
        pending = await count_pending(connection)
    return pages.html(
        "places_jour.html",
        principal,
        title=f"{activity.label}, {GROUPS[key.age_group]}",
        section="places",
        pending=pending,
        status=422 if wrong else 409 if hurts else 200,
        day_title=french.sentence(french.day_long(key.day)),
        centre=catalogue.centres[activity.centre_id],
        places=places,
        seats=list(_sittings(seats, now)),
        back=f"{PLACES}?centre={activity.centre_id}&semaine={_monday(key.day)}",
        here=f"{PLACES}/{key.activity_id}/{key.day}/{key.age_group}",
        may_edit=Audience.ADMIN in principal.audiences and key.day >= local_date(now),
        wrong=wrong,
        errors=[wrong] if wrong else [],
        hurts=hurts,
        typed=typed or str(places.capacity),
    )


def _sittings(seats: Sequence[Seat], now: datetime) -> Iterator[Sitting]:
    """Ranks count within each line: its first is the next who will be offered a place."""
    for _, line in groupby(seats, key=lambda seat: (seat.places, seat.state)):
        for rank, seat in enumerate(line, 1):
            state, label = SEAT_STATES[seat.state]
            note = french.moment(seat.asked_at, now)
            if seat.offer_expires_at is not None and seat.state is BookingState.OFFERED:
                note = f"jusqu’au {french.full_moment(seat.offer_expires_at)}"
            waits = seat.state is BookingState.WAITLISTED
            yield Sitting(
                str(rank) if waits else "",
                seat.child_name,
                seat.family_reference,
                seat.slot_label,
                state,
                f"{label}, rang {rank}" if waits else label,
                note,
                seat.request_number,
                f"{QUEUE}/{seat.request_id}",
            )


@dataclass(frozen=True)
class Line:
    """A waiting list: one day, activity and age group."""

    title: str
    centre: str
    url: str
    seats: tuple[Sitting, ...]


@router.get("/attente")
async def waiting_lists(
    principal: DayReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    centre: CentreChoice = None,
    page: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Response:
    """All centres that are seen, unless one is chosen."""
    ground = await _ground(runtime, principal, centre or None)
    seen = {one.centre_id for one in ground.centres}
    wanted = {ground.centre.centre_id} if centre and ground.centre else seen
    now = runtime.clock.now()
    activities = {
        key: one for key, one in ground.catalogue.activities.items() if one.centre_id in wanted
    }
    async with runtime.database.reading() as connection:
        seats, more = await waiting_seats(connection, activities, local_date(now), page)
    here = f"{WAITING}?centre={centre or ''}"
    return pages.html(
        "attente.html",
        principal,
        title="Listes d’attente",
        section="waiting",
        pending=ground.pending,
        centres=ground.centres,
        centre_id=centre or None,
        no_centre=NO_CENTRE,
        lines=list(_lines(seats, ground.catalogue, now)),
        previous_url=f"{here}&page={page - 1}" if page > 1 else None,
        next_url=f"{here}&page={page + 1}" if more else None,
    )


def _lines(seats: Sequence[Seat], catalogue: Catalogue, now: datetime) -> Iterator[Line]:
    for key, line in groupby(seats, key=lambda seat: seat.places):
        activity = catalogue.activities[key.activity_id]
        yield Line(
            f"{french.sentence(french.day_name(key.day))}, {activity.label},"
            f" {GROUPS[key.age_group]}",
            catalogue.centres[activity.centre_id].name,
            f"{PLACES}/{key.activity_id}/{key.day}/{key.age_group}",
            tuple(_sittings(list(line), now)),
        )
