"""Staff accept a request: what was asked is done, and everyone who must know is told."""

from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.request import Step
from enrolment.store.request_records import RequestRecord, get_request
from portail_contracts.enrolment import Outcome, RequestAccepted, RequestApplied

from .decisions import Decision, announcement, fact, open_request, take_step
from .hand_over import hand_over
from .kinds import KINDS


async def accept_request(
    transaction: Transaction, decision: Decision, *, now: datetime
) -> RequestRecord:
    """Accept, and apply at once: enrolment owns what these kinds change.

    What another service owns is handed over to it: the request is applied when it says so.

    Raises NotFound, RequestChanged, RulingMissing, NothingAccepted.
    """
    record = await open_request(transaction, decision, Step.ACCEPT)
    if record.items:
        await hand_over(transaction, record, decision, now)
        return await get_request(transaction.connection, record.request_id)
    done = await KINDS[record.kind].accept(transaction, record, decision, now)
    accepted, applied = record.version + 1, record.version + 2
    await take_step(transaction, record, Step.ACCEPT, decision.actor, now, version=accepted)
    await take_step(transaction, record, Step.APPLY, decision.actor, now, version=applied)
    transaction.record(RequestAccepted(**fact(record, accepted), decided_at=now))
    for event in done:
        transaction.record(event)
    transaction.record(RequestApplied(**fact(record, applied), applied_at=now))
    transaction.record(announcement(record, applied, Outcome.ACCEPTED, now))
    return await get_request(transaction.connection, record.request_id)
