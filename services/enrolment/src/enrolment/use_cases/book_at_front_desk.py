"""Staff book on behalf of a family: the same request, accepted at once, marked front desk."""

from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.school_calendar import SchoolCalendar

from .accept_request import accept_request
from .decisions import Decision
from .submit_request import Submission, Submitted, submit_request


async def book_at_front_desk(
    transaction: Transaction, submission: Submission, *, now: datetime, calendar: SchoolCalendar
) -> Submitted:
    """Raises what `submit_request` raises; capacity and overlaps hold here too."""
    submitted = await submit_request(transaction, submission, now=now, calendar=calendar)
    if submitted.repeated:
        return submitted
    decision = Decision(submission.request_id, submitted.request.version, submission.actor)
    return Submitted(await accept_request(transaction, decision, now=now), repeated=False)
