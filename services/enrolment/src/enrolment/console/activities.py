"""« Activités »: what each centre offers."""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query
from fastapi.responses import Response

from chassis.auth import Audience, Principal
from chassis.runtime import Runtime, RuntimeOf
from chassis.web import french
from chassis.web.shapes import FieldError
from enrolment.domain import licence
from enrolment.domain.activity import Activity, Season
from enrolment.domain.notice import Anchor, NoticeAction, NoticeRule
from enrolment.store.catalogue import all_centres, whole_catalogue
from enrolment.store.request_lists import count_pending

from .impact_words import over_licence
from .pages import PageRoute, Pages, PagesOf
from .readers import DayReader
from .wording import GROUPS

router = APIRouter(route_class=PageRoute)

ACTIVITIES: Final = "/console/activites"
WEEKDAYS: Final = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
SEASONS: Final = {Season.TERM: "période scolaire", Season.HOLIDAY: "vacances scolaires"}
ACTIONS: Final = {
    NoticeAction.BOOK: "Réserver",
    NoticeAction.CANCEL: "Annuler",
    NoticeAction.ABSENCE: "Déclarer une absence",
}


@dataclass(frozen=True)
class Offered:
    """One activity in the list."""

    activity: Activity
    when: str
    places: str
    notices: tuple[str, ...]
    url: str


@router.get("/activites")
async def activities(
    principal: DayReader,
    runtime: RuntimeOf,
    pages: PagesOf,
    done: Annotated[int | None, Query(alias="ouverts", ge=0, le=10_000)] = None,
) -> Response:
    return await activities_page(principal, runtime, pages, done=done)


async def activities_page(
    principal: Principal,
    runtime: Runtime,
    pages: Pages,
    *,
    done: int | None = None,
    errors: tuple[FieldError, ...] = (),
    typed: str = "",
) -> Response:
    async with runtime.database.reading() as connection:
        catalogue = await whole_catalogue(connection)
        centres = await all_centres(connection)
        pending = await count_pending(connection)
    known = catalogue.activities.values()
    return pages.html(
        "activites.html",
        principal,
        title="Activités",
        section="activities",
        pending=pending,
        status=422 if errors else 200,
        centres=[
            (centre, [_offered(one) for one in known if one.centre_id == centre.centre_id])
            for centre in centres
        ],
        alerts=[
            f"{centre.name}. {words}."
            for centre in centres
            if centre.licensed
            for words in over_licence(
                licence.over_licence(
                    [one for one in known if one.centre_id == centre.centre_id], centre.licensed
                )
            )
        ],
        may_edit=Audience.ADMIN in principal.audiences,
        done=None if done is None else french.plural(done, "jour ouvert", "jours ouverts"),
        errors=errors,
        wrong={error.field: error.message for error in errors},
        typed=typed,
    )


def _offered(activity: Activity) -> Offered:
    days = ", ".join(WEEKDAYS[day - 1] for day in sorted(activity.weekdays))
    places = [
        f"{count} de {GROUPS[group]}" for group in GROUPS if (count := activity.capacity.of(group))
    ]
    return Offered(
        activity,
        f"{days}, {SEASONS[activity.season]}",
        french.join(places) if places else "aucune place",
        tuple(notice(rule) for rule in activity.notice_rules),
        f"{ACTIVITIES}/{activity.activity_id}",
    )


def notice(rule: NoticeRule) -> str:
    """« Réserver : 1 jour ouvré avant, 10 h »."""
    hour = f"{rule.at.hour}\u00a0h" + (f"\u00a0{rule.at.minute:02d}" if rule.at.minute else "")
    match rule.anchor:
        case Anchor.CALENDAR_DAYS:
            when = f"{french.plural(rule.count, 'jour')} avant"
        case Anchor.WORKING_DAYS:
            when = f"{french.plural(rule.count, 'jour ouvré', 'jours ouvrés')} avant"
        case Anchor.WEEKDAY_OF_PREVIOUS_WEEK:
            weeks = french.plural(rule.count, "semaine")
            when = f"le {WEEKDAYS[(rule.weekday or 1) - 1]} {weeks} avant"
        case Anchor.DAYS_BEFORE_PERIOD:
            when = f"{french.plural(rule.count, 'jour')} avant la période"
    return f"{ACTIONS[rule.action]}\u00a0: {when}, {hour}"
