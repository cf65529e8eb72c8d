"""A family takes its request back before it is decided."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.request import RULES, RequestState, Step
from enrolment.domain.submission import NotFound
from enrolment.store.request_records import RequestRecord, find_request, get_request
from portail_contracts.enrolment import RequestWithdrawn

from .decisions import Decision, fact, open_request, take_step
from .kinds import KINDS

WITHDRAWABLE = RULES[Step.WITHDRAW].sources


async def withdraw_request(
    transaction: Transaction, family_id: UUID, decision: Decision, *, now: datetime
) -> RequestRecord:
    """Free what it held; a request withdrawn before stays as it is.

    Raises NotFound, also for another family's request; RequestChanged once it is decided.
    """
    standing = await find_request(transaction.connection, decision.request_id)
    if standing is None or standing.family_id != family_id:
        raise NotFound
    if standing.state is RequestState.WITHDRAWN:
        return standing
    record = await open_request(transaction, decision, Step.WITHDRAW)
    version = record.version + 1
    done = await KINDS[record.kind].withdraw(transaction, record, decision, now)
    await take_step(transaction, record, Step.WITHDRAW, decision.actor, now, version=version)
    transaction.record(RequestWithdrawn(**fact(record, version), withdrawn_at=now))
    for event in done:
        transaction.record(event)
    return await get_request(transaction.connection, record.request_id)
