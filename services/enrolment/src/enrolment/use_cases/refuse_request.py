"""Staff refuse a request with a reason: what it held is free again at once."""

from dataclasses import replace
from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.request import ReasonMissing, Step
from enrolment.store.request_records import RequestRecord, get_request
from portail_contracts.enrolment import Outcome, RequestRefused

from .decisions import Decision, announcement, fact, open_request, take_step
from .kinds import KINDS


async def refuse_request(
    transaction: Transaction, decision: Decision, reason: str, *, now: datetime
) -> RequestRecord:
    """The family reads the reason in its list and in its inbox; the public fact does not hold it.

    Raises ReasonMissing, NotFound, RequestChanged.
    """
    if not reason.strip():
        raise ReasonMissing
    decision = replace(decision, reason=reason)
    record = await open_request(transaction, decision, Step.REFUSE)
    version = record.version + 1
    done = await KINDS[record.kind].refuse(transaction, record, decision, now)
    await take_step(
        transaction, record, Step.REFUSE, decision.actor, now, version=version, reason=reason
    )
    transaction.record(RequestRefused(**fact(record, version), decided_at=now))
    for event in done:
        transaction.record(event)
    transaction.record(announcement(record, version, Outcome.REFUSED, now, reason))
    return await get_request(transaction.connection, record.request_id)
