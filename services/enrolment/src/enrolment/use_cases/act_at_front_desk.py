"""Staff act for a family at the front desk: the family's own use cases, accepted at once.

The same rules hold; the actor says on whose behalf, and every step is marked front desk.
"""

from datetime import datetime
from uuid import UUID

from chassis.auth import Principal
from chassis.database import Transaction
from enrolment.domain.request import Actor, Channel
from enrolment.domain.school_calendar import SchoolCalendar

from .accept_request import accept_request
from .cancel_bookings import Cancellation, cancel_bookings
from .decisions import Decision
from .declare_absence import Declaration, declare_absence
from .keep_request import Submitted
from .submit_request import Submission, submit_request


def at_front_desk(principal: Principal, family_id: UUID) -> Actor:
    return Actor(principal.id, principal.name, Channel.FRONT_DESK, on_behalf_of=family_id)


async def book(
    transaction: Transaction, submission: Submission, *, now: datetime, calendar: SchoolCalendar
) -> Submitted:
    """Raises what `submit_request` raises."""
    submitted = await submit_request(transaction, submission, now=now, calendar=calendar)
    return await _accepted(transaction, submitted, submission.actor, now)


async def cancel(
    transaction: Transaction,
    cancellation: Cancellation,
    *,
    now: datetime,
    calendar: SchoolCalendar,
) -> Submitted:
    """Raises what `cancel_bookings` raises."""
    submitted = await cancel_bookings(transaction, cancellation, now=now, calendar=calendar)
    return await _accepted(transaction, submitted, cancellation.actor, now)


async def declare(
    transaction: Transaction,
    declaration: Declaration,
    billable: bool | None,
    *,
    now: datetime,
    calendar: SchoolCalendar,
) -> Submitted:
    """Raises what `declare_absence` raises, and RulingMissing when nobody said if it is billed."""
    submitted = await declare_absence(transaction, declaration, now=now, calendar=calendar)
    return await _accepted(transaction, submitted, declaration.actor, now, billable)


async def _accepted(
    transaction: Transaction,
    submitted: Submitted,
    actor: Actor,
    now: datetime,
    billable: bool | None = None,
) -> Submitted:
    if submitted.repeated:
        return submitted
    record = submitted.request
    decision = Decision(record.request_id, record.version, actor, billable=billable)
    return Submitted(await accept_request(transaction, decision, now=now), repeated=False)
