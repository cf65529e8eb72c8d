"""What messaging listens to: everything about requests that a family should see."""

from chassis.broker.consumer import Handlers
from chassis.database import Transaction
from chassis.runtime import Runtime
from messaging.domain.notices import Contact
from messaging.use_cases.know_family import know_family
from messaging.use_cases.note_request_change import RequestChange, note_request_change
from messaging.use_cases.tell_decision import tell_decision
from portail_contracts.accounts import FamilyRecorded
from portail_contracts.enrolment import (
    DecisionAnnounced,
    RequestFact,
    RequestSubmitted,
    RequestWithdrawn,
)


def handlers(runtime: Runtime) -> Handlers:
    authority = runtime.shared.authority
    contact = Contact(authority.service_name, authority.phone, authority.email)

    async def submitted(transaction: Transaction, event: RequestSubmitted) -> None:
        await note_request_change(transaction, _change(event, "pending"), runtime.clock.now())

    async def withdrawn(transaction: Transaction, event: RequestWithdrawn) -> None:
        await note_request_change(transaction, _change(event, "withdrawn"), runtime.clock.now())

    async def announced(transaction: Transaction, event: DecisionAnnounced) -> None:
        await tell_decision(transaction, event, contact, runtime.clock.now())

    async def family_recorded(transaction: Transaction, event: FamilyRecorded) -> None:
        await know_family(transaction, event)

    return {
        FamilyRecorded: family_recorded,
        RequestSubmitted: submitted,
        RequestWithdrawn: withdrawn,
        DecisionAnnounced: announced,
    }


def _change(event: RequestFact, state: str) -> RequestChange:
    return RequestChange(
        request_id=event.request_id,
        family_id=event.family_id,
        version=event.version,
        state=state,
        child_ids=event.child_ids,
        days=event.days,
    )
