"""The end of a request for an enrolment, in an activity or at school."""

from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.enrolled import EnrolmentState
from enrolment.store.enrolments import ListedEnrolment, enrolments_of_request, move_enrolments
from enrolment.store.request_records import RequestRecord
from portail_contracts.enrolment import EnrolmentOpened
from portail_contracts.event import Event

from .decisions import Decision


async def accept(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    """A school enrolment has no fact of its own: that the request was applied says it."""
    await move_enrolments(transaction.connection, record.request_id, EnrolmentState.ACTIVE)
    opened = await enrolments_of_request(transaction.connection, record.request_id)
    return [_opened(one) for one in opened]


async def refuse(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    await move_enrolments(transaction.connection, record.request_id, EnrolmentState.REFUSED)
    return []


async def withdraw(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    await move_enrolments(transaction.connection, record.request_id, EnrolmentState.WITHDRAWN)
    return []


def _opened(listed: ListedEnrolment) -> EnrolmentOpened:
    return EnrolmentOpened(
        version=listed.version,
        family_id=listed.family_id,
        enrolment_id=listed.enrolment.enrolment_id,
        child_id=listed.enrolment.child_id,
        activity_id=listed.enrolment.activity_id,
        first_day=listed.enrolment.first,
        last_day=listed.enrolment.last,
    )
