"""Staff accept a change to a family's file: its owner applies it, then the request is applied."""

from datetime import datetime
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.request import LineOutcome, NothingAccepted, Step
from enrolment.store.request_items import settle_items
from enrolment.store.request_records import RequestRecord
from portail_contracts.enrolment import RequestAccepted

from .decisions import Decision, fact, take_step


async def hand_over(
    transaction: Transaction, record: RequestRecord, decision: Decision, now: datetime
) -> None:
    """Write down what is refused and why, and tell the owner what is accepted.

    Nothing is announced to the family yet: the owner may find the file changed meanwhile.
    Raises NothingAccepted.
    """
    known = {item.item_id for item in record.items}
    refused = {item: why for item, why in decision.refused_items.items() if item in known}
    if known == refused.keys():
        raise NothingAccepted
    await _write_down(transaction, record, refused)
    version = record.version + 1
    await take_step(transaction, record, Step.ACCEPT, decision.actor, now, version=version)
    # No item named means all of them, as the contract says.
    accepted = tuple(sorted(known - refused.keys())) if refused else ()
    transaction.record(RequestAccepted(**fact(record, version), item_ids=accepted, decided_at=now))


async def _write_down(
    transaction: Transaction, record: RequestRecord, refused: dict[UUID, str]
) -> None:
    connection = transaction.connection
    # A former decision about the same items is decided again as a whole.
    await settle_items(connection, record.request_id, LineOutcome.REQUESTED)
    for item_id, why in refused.items():
        await settle_items(connection, record.request_id, LineOutcome.REFUSED, why, only=[item_id])
