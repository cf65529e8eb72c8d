"""One day of an activity for an age group: who has a place, and another capacity for that day."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import Audience, Principal
from chassis.clock import local_date
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from chassis.web.shapes import FieldError
from enrolment.domain.diary import PlaceKey
from enrolment.domain.impact import Impact
from enrolment.domain.places import AgeGroup
from enrolment.domain.submission import ChangeHurts, NotFound
from enrolment.store.catalogue import whole_catalogue
from enrolment.store.places import places_of
from enrolment.store.planning import seats_of
from enrolment.store.request_lists import count_pending
from enrolment.use_cases.edit_day import edit_day
from enrolment.use_cases.sight import sight_of

from .forms import form_fields, one
from .ground import PLACES, monday, unknown_day
from .impact_words import over_licence
from .pages import PageRoute, Pages, PagesOf
from .readers import Administrator, DayReader
from .seats import sittings
from .wording import GROUPS

router = APIRouter(route_class=PageRoute)


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
        raise unknown_day() from None
    except ChangeHurts as hurts:
        said = _hurts(hurts.impact)
        return await _day_page(principal, runtime, pages, key, hurts=said, typed=typed)
    return RedirectResponse(f"{PLACES}/{activity_id}/{day}/{group}", 303)


def _hurts(impact: Impact) -> str:
    said = [
        f"{french.plural(over.children, 'enfant a', 'enfants ont')} déjà une place ou une"
        f" demande\u00a0: avec {french.plural(over.capacity, 'place')}, le jour serait en"
        " surnombre. Personne n’est retiré."
        for over in impact.overfull
    ]
    said += [f"{words}." for words in over_licence(impact.over_licence)]
    return " ".join([*said, "Confirmez pour appliquer."])


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
            raise unknown_day()
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
        seats=list(sittings(seats, now)),
        back=f"{PLACES}?centre={activity.centre_id}&semaine={monday(key.day)}",
        here=f"{PLACES}/{key.activity_id}/{key.day}/{key.age_group}",
        may_edit=Audience.ADMIN in principal.audiences and key.day >= local_date(now),
        wrong=wrong,
        errors=[wrong] if wrong else [],
        hurts=hurts,
        typed=typed or str(places.capacity),
    )
