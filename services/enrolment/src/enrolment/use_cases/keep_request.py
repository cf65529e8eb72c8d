"""What every submission shares: the same identifier twice is one request, with one receipt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import local_date
from chassis.database import Transaction
from enrolment.domain.request import Actor, RequestState, Step, due_on, number_for
from enrolment.domain.submission import Line, RequestIdReused, UnknownFamily
from enrolment.store.families import Family, find_and_lock_family
from enrolment.store.request_records import (
    RequestLine,
    RequestRecord,
    content_of,
    find_request,
)
from enrolment.store.requests import add_request, next_number, note_step
from portail_contracts.enrolment import RequestKind, RequestSubmitted


@dataclass(frozen=True)
class Submitted:
    """The request as it stands; `repeated` when it was here before."""

    request: RequestRecord
    repeated: bool


@dataclass(frozen=True)
class Sending:
    """Who sends what under which identifier."""

    request_id: UUID
    family_id: UUID
    kind: RequestKind
    actor: Actor


async def known_family(transaction: Transaction, family_id: UUID) -> Family:
    """The family, locked until the end of the transaction. Raises UnknownFamily."""
    family = await find_and_lock_family(transaction.connection, family_id)
    if family is None:
        raise UnknownFamily
    return family


async def sent_before(
    transaction: Transaction, sending: Sending, lines: Collection[Line] = ()
) -> Submitted | None:
    """The same request, when it is here already. Raises RequestIdReused when it is another."""
    earlier = await find_request(transaction.connection, sending.request_id)
    if earlier is None:
        return None
    same_family = earlier.family_id == sending.family_id
    same_kind = earlier.kind == sending.kind
    if not (same_family and same_kind and content_of(earlier) == frozenset(lines)):
        raise RequestIdReused
    return Submitted(earlier, repeated=True)


async def keep(
    transaction: Transaction,
    sending: Sending,
    family: Family,
    now: datetime,
    lines: Sequence[RequestLine] = (),
    *,
    subject: str | None = None,
    child_ids: Sequence[UUID] = (),
) -> RequestRecord:
    """Give it its number and its deadline, and write its first step; its lines come after what
    they speak of. Raises RequestIdReused."""
    record = await numbered(
        transaction, sending, family, now, lines, subject=subject, child_ids=child_ids
    )
    if not await add_request(transaction.connection, record):
        # Another family's request got this identifier in the meantime.
        raise RequestIdReused
    await note_step(
        transaction.connection,
        record.request_id,
        Step.SUBMIT,
        record.state,
        record.version,
        sending.actor,
        now,
    )
    return record


async def numbered(
    transaction: Transaction,
    sending: Sending,
    family: Family,
    now: datetime,
    lines: Sequence[RequestLine] = (),
    *,
    subject: str | None = None,
    child_ids: Sequence[UUID] = (),
) -> RequestRecord:
    """The request as it will be kept, with its number and its deadline; nothing is written."""
    today = local_date(now)
    return RequestRecord(
        request_id=sending.request_id,
        number=number_for(today.year, await next_number(transaction.connection)),
        family_id=family.family_id,
        family_name=family.name,
        family_reference=family.reference,
        kind=str(sending.kind),
        state=RequestState.PENDING,
        version=1,
        submitted_at=now,
        submitted_by=sending.actor.name,
        channel=sending.actor.channel,
        due_on=due_on(today),
        decided_at=None,
        reason=None,
        lines=tuple(lines),
        subject=subject,
        child_ids=tuple(child_ids),
    )


def submitted(record: RequestRecord) -> RequestSubmitted:
    """The fact that opens a request's life."""
    requested = [line for line in record.lines if line.was_requested]
    return RequestSubmitted(
        version=record.version,
        family_id=record.family_id,
        request_id=record.request_id,
        number=record.number,
        kind=RequestKind(record.kind),
        child_ids=tuple(sorted({*record.child_ids, *(line.child_id for line in requested)})),
        days=tuple(sorted({line.day for line in requested})),
        submitted_at=record.submitted_at,
        due_on=record.due_on,
    )
