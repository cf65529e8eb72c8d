"""Requests as people look at them: a family's list, one request, the staff's view of it."""

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import local_date
from enrolment.domain.diary import PlaceKey
from enrolment.domain.notice import NoticeAction, at_paris
from enrolment.domain.places import Places, age_group
from enrolment.domain.request import recent_from
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import NotFound
from enrolment.store.catalogue import Catalogue, catalogue_of_slots
from enrolment.store.places import places_of
from enrolment.store.request_lists import Page, Scope, requests_of_family
from enrolment.store.request_records import (
    RequestLine,
    RequestRecord,
    TransitionRecord,
    get_request,
    transitions_of,
)


@dataclass(frozen=True)
class LineDetail:
    """What staff need to decide about a line."""

    line: RequestLine
    places_key: PlaceKey
    places: Places | None
    cut_off: datetime | None
    in_notice: bool
    """Whether the request came before the cut-off."""


@dataclass(frozen=True)
class RequestDetail:
    """A request with everything needed to decide it, and its life so far."""

    request: RequestRecord
    lines: tuple[LineDetail, ...]
    transitions: tuple[TransitionRecord, ...]


async def list_own_requests(
    connection: AsyncConnection,
    family_id: UUID,
    scope: Scope,
    page: int,
    *,
    history: bool,
    now: datetime,
) -> Page:
    """« Liste des demandes »: what is pending or decided in the last month; else history."""
    since = at_paris(recent_from(local_date(now)), time(0))
    return await requests_of_family(connection, family_id, scope, since, page, history=history)


async def show_own_request(
    connection: AsyncConnection, family_id: UUID, request_id: UUID
) -> RequestRecord:
    """Raises NotFound, also for another family's request."""
    record = await get_request(connection, request_id)
    if record.family_id != family_id:
        raise NotFound
    return record


async def show_request_to_staff(
    connection: AsyncConnection, request_id: UUID, *, calendar: SchoolCalendar
) -> RequestDetail:
    """Raises NotFound."""
    record = await get_request(connection, request_id)
    catalogue = await catalogue_of_slots(connection, (line.slot_id for line in record.lines))
    places = await places_of(connection, (_key(line) for line in record.lines))
    lines = tuple(_detail(line, record, catalogue, places, calendar) for line in record.lines)
    return RequestDetail(record, lines, tuple(await transitions_of(connection, request_id)))


def _key(line: RequestLine) -> PlaceKey:
    return PlaceKey(line.activity_id, line.day, age_group(line.child_born_on, line.day))


def _detail(
    line: RequestLine,
    record: RequestRecord,
    catalogue: Catalogue,
    places: dict[PlaceKey, Places],
    calendar: SchoolCalendar,
) -> LineDetail:
    activity = catalogue.activities[line.activity_id]
    cut_off = activity.cut_off(_ACTIONS.get(record.kind, NoticeAction.BOOK), line.day, calendar)
    kept = cut_off is None or record.submitted_at < cut_off
    return LineDetail(
        line=line,
        places_key=_key(line),
        places=places.get(_key(line)),
        cut_off=cut_off,
        in_notice=kept if line.in_notice is None else line.in_notice,
    )


_ACTIONS = {"booking.cancel": NoticeAction.CANCEL, "absence.declare": NoticeAction.ABSENCE}
