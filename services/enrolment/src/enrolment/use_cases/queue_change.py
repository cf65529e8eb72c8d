"""A change to a family's file was proposed: it joins the one queue, without its content."""

from datetime import datetime

from chassis.clock import local_date
from chassis.database import Transaction
from enrolment.domain.request import Actor, Channel, RequestState, Step, due_on
from enrolment.store.families import lock_family
from enrolment.store.request_items import RequestItem, add_items
from enrolment.store.request_records import RequestRecord, find_request
from enrolment.store.requests import add_request, note_step
from portail_contracts.accounts import ChangeProposed

from .decisions import Decision
from .keep_request import submitted
from .withdraw_request import WITHDRAWABLE, withdraw_request

OWNER = Actor("accounts", "Portail familles", Channel.RULE)
"""Who takes a step that follows from another service's fact."""


async def queue_change(transaction: Transaction, event: ChangeProposed) -> None:
    """Told twice, it is queued once; what it corrects is withdrawn."""
    connection = transaction.connection
    await lock_family(connection, event.family_id)
    record = _record(event)
    if not await add_request(connection, record):
        return
    await add_items(connection, record.request_id, record.items)
    actor = Actor(event.submitted_by, event.submitted_by, Channel(event.channel))
    await note_step(
        connection, record.request_id, Step.SUBMIT, record.state, 1, actor, event.submitted_at
    )
    transaction.record(submitted(record))
    await _withdraw_replaced(transaction, event, actor, event.submitted_at)


def _record(event: ChangeProposed) -> RequestRecord:
    return RequestRecord(
        request_id=event.request_id,
        number=event.number,
        family_id=event.family_id,
        family_name="",
        family_reference="",
        kind=str(event.kind),
        state=RequestState.PENDING,
        version=1,
        submitted_at=event.submitted_at,
        submitted_by=event.submitted_by,
        channel=Channel(event.channel),
        due_on=due_on(local_date(event.submitted_at)),
        decided_at=None,
        reason=None,
        subject=event.subject,
        child_ids=event.child_ids,
        items=tuple(RequestItem(item.item_id, item.label) for item in event.items),
    )


async def _withdraw_replaced(
    transaction: Transaction, event: ChangeProposed, actor: Actor, now: datetime
) -> None:
    """What was decided meanwhile stays decided: its owner will say that it cannot be applied."""
    if event.replaces is None:
        return
    replaced = await find_request(transaction.connection, event.replaces)
    if replaced is not None and replaced.state in WITHDRAWABLE:
        decision = Decision(event.replaces, None, actor)
        await withdraw_request(transaction, event.family_id, decision, now=now)
