"""Staff refuse a request with a reason: its places are free again at once."""

from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.booking import BookingState
from enrolment.domain.request import LineOutcome, ReasonMissing, Step
from enrolment.store.places import Change
from enrolment.store.request_records import RequestRecord, get_request
from portail_contracts.enrolment import Outcome, RequestRefused

from .decisions import Decision, announcement, fact, open_request, settle, take_step


async def refuse_request(
    transaction: Transaction, decision: Decision, reason: str, *, now: datetime
) -> RequestRecord:
    """The family reads the reason in its list and in its inbox; the public fact does not hold it.

    Raises ReasonMissing, NotFound, RequestChanged.
    """
    if not reason.strip():
        raise ReasonMissing
    record = await open_request(transaction, decision, Step.REFUSE)
    version = record.version + 1
    await settle(
        transaction,
        record,
        BookingState.REFUSED,
        LineOutcome.REFUSED,
        Change(held=-1),
        reason,
    )
    await take_step(
        transaction, record, Step.REFUSE, decision.actor, now, version=version, reason=reason
    )
    transaction.record(RequestRefused(**fact(record, version), decided_at=now))
    transaction.record(announcement(record, version, Outcome.REFUSED, now, reason))
    return await get_request(transaction.connection, record.request_id)
