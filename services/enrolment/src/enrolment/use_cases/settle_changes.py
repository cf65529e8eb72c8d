"""The end of a change to a family's file that is not applied: its items say so too."""

from datetime import datetime

from chassis.database import Transaction
from enrolment.domain.request import LineOutcome
from enrolment.store.request_items import settle_items
from enrolment.store.request_records import RequestRecord
from portail_contracts.event import Event

from .decisions import Decision


async def accept(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    """A request without items has nothing to hand over: it is applied as it stands."""
    return []


async def refuse(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    """One reason for the whole: the items need none of their own."""
    await settle_items(transaction.connection, record.request_id, LineOutcome.REFUSED)
    return []


async def withdraw(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> list[Event]:
    await settle_items(transaction.connection, record.request_id, LineOutcome.WITHDRAWN)
    return []
