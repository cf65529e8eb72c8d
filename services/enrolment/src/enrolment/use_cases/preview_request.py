"""What each line of a submission would be answered now, before anything is sent."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import UnknownFamily
from enrolment.store.families import find_family
from enrolment.store.request_records import RequestLine

from .answer_lines import Submission, answer_lines


async def preview_request(
    connection: AsyncConnection, submission: Submission, *, now: datetime, calendar: SchoolCalendar
) -> tuple[RequestLine, ...]:
    """The lines in the order sent, with their answers. Raises UnknownFamily, NotFound."""
    family = await find_family(connection, submission.family_id)
    if family is None:
        raise UnknownFamily
    answers = await answer_lines(
        connection, submission, family, now=now, calendar=calendar, lock=False
    )
    return answers.as_stored()
