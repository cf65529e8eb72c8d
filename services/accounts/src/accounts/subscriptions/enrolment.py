"""Decisions about requests: those about a family's file are applied here."""

from accounts.use_cases.settle_change import apply_change, refuse_change, withdraw_change
from chassis.broker.consumer import Handlers
from chassis.database import Transaction
from portail_contracts.enrolment import RequestAccepted, RequestRefused, RequestWithdrawn


async def on_accepted(transaction: Transaction, event: RequestAccepted) -> None:
    await apply_change(transaction, event.request_id, event.item_ids, event.decided_at)


async def on_refused(transaction: Transaction, event: RequestRefused) -> None:
    await refuse_change(transaction, event.request_id, event.decided_at)


async def on_withdrawn(transaction: Transaction, event: RequestWithdrawn) -> None:
    await withdraw_change(transaction, event.request_id, event.withdrawn_at)


HANDLERS: Handlers = {
    RequestAccepted: on_accepted,
    RequestRefused: on_refused,
    RequestWithdrawn: on_withdrawn,
}
