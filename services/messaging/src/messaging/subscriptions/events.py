"""What messaging listens to: everything that a family should be told, and who families are."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from chassis.broker.consumer import Handler, Handlers
from chassis.database import Transaction
from chassis.runtime import Runtime
from messaging.domain.notices import Contact
from messaging.use_cases import tell_happening
from messaging.use_cases.forget_family import forget_family
from messaging.use_cases.know_family import know_family
from messaging.use_cases.merge_family import merge_family
from messaging.use_cases.note_request_change import RequestChange, note_request_change
from messaging.use_cases.send_link import send_link
from messaging.use_cases.send_receipt import send_receipt
from messaging.use_cases.tell_decision import tell_decision
from portail_contracts.accounts import (
    AccessLinkRequested,
    DocumentReminded,
    FamilyErased,
    FamilyMerged,
    FamilyRecorded,
    PasswordChanged,
)
from portail_contracts.billing import CreditNoteIssued, InvoiceIssued, PaymentRecorded, ReminderSent
from portail_contracts.enrolment import (
    ClosureAnnounced,
    DecisionAnnounced,
    OfferAnnounced,
    ReopeningAnnounced,
    RequestFact,
    RequestSubmitted,
    RequestWithdrawn,
    ReversalAnnounced,
)
from portail_contracts.event import Event

Telling = Callable[[Transaction, Any, Contact, datetime], Awaitable[object]]
Timely = Callable[[Transaction, Any, datetime], Awaitable[object]]

TOLD: dict[type[Event], Telling] = {
    DecisionAnnounced: tell_decision,
    OfferAnnounced: tell_happening.tell_offer,
    ClosureAnnounced: tell_happening.tell_closure,
    ReopeningAnnounced: tell_happening.tell_reopening,
    ReversalAnnounced: tell_happening.tell_reversal,
    InvoiceIssued: tell_happening.tell_invoice,
    CreditNoteIssued: tell_happening.tell_credit_note,
    PaymentRecorded: tell_happening.tell_payment,
    ReminderSent: tell_happening.tell_reminder,
    DocumentReminded: tell_happening.tell_document,
    PasswordChanged: tell_happening.tell_password,
}
"""In the inbox, in words that name whom to ask."""

TIMELY: dict[type[Event], Timely] = {
    AccessLinkRequested: send_link,
    FamilyErased: forget_family,
    FamilyMerged: merge_family,
}


def handlers(runtime: Runtime) -> Handlers:
    authority = runtime.shared.authority
    contact = Contact(authority.service_name, authority.phone, authority.email)

    def telling(tell: Telling) -> Handler:
        async def handle(transaction: Transaction, event: Any) -> None:
            await tell(transaction, event, contact, runtime.clock.now())

        return handle

    def timely(act: Timely) -> Handler:
        async def handle(transaction: Transaction, event: Any) -> None:
            await act(transaction, event, runtime.clock.now())

        return handle

    async def submitted(transaction: Transaction, event: RequestSubmitted) -> None:
        now = runtime.clock.now()
        await note_request_change(transaction, _change(event, "pending"), now)
        await send_receipt(transaction, event, now)

    async def withdrawn(transaction: Transaction, event: RequestWithdrawn) -> None:
        await note_request_change(transaction, _change(event, "withdrawn"), runtime.clock.now())

    return {
        FamilyRecorded: know_family,
        RequestSubmitted: submitted,
        RequestWithdrawn: withdrawn,
        **{kind: telling(tell) for kind, tell in TOLD.items()},
        **{kind: timely(act) for kind, act in TIMELY.items()},
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
