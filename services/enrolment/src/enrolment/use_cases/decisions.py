"""What every decision about a request shares: who may decide, and what happens to its places."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.request import (
    RULES,
    Actor,
    Channel,
    LineOutcome,
    RequestChanged,
    RequestState,
    Step,
    may_move,
)
from enrolment.domain.submission import NotFound
from enrolment.store.families import lock_family
from enrolment.store.request_records import RequestRecord, get_request, transitions_of
from enrolment.store.requests import (
    OPEN_LINES,
    family_of_request,
    move_request,
    note_step,
)
from enrolment.wording import changed
from portail_contracts.enrolment import (
    AnnouncedItem,
    AnnouncedLine,
    DecisionAnnounced,
    Outcome,
    RequestKind,
)


@dataclass(frozen=True)
class Decision:
    """Somebody decides about the version of a request that they saw (None: whatever it is).

    `billable` is how staff rule about a declared absence; None leaves it to its reason.
    """

    request_id: UUID
    seen_version: int | None
    actor: Actor
    reason: str | None = None
    billable: bool | None = None
    refused_items: Mapping[UUID, str] = field(default_factory=dict)
    """Of a change set that is accepted in part: what is refused, and why."""


async def open_request(transaction: Transaction, decision: Decision, step: Step) -> RequestRecord:
    """The request, locked, when the step is possible now.

    Raises NotFound, or RequestChanged naming who was faster.
    """
    connection = transaction.connection
    family_id = await family_of_request(connection, decision.request_id)
    if family_id is None:
        raise NotFound
    await lock_family(connection, family_id)
    record = await get_request(connection, decision.request_id, lock=True)
    if not may_move(record.state, record.version, step, decision.seen_version):
        raise await _already_changed(transaction, record, decision.actor)
    return record


async def take_step(
    transaction: Transaction,
    record: RequestRecord,
    step: Step,
    actor: Actor,
    now: datetime,
    *,
    version: int,
    reason: str | None = None,
) -> None:
    """Move the request to where the step leads and write down who did it."""
    state = RULES[step].target
    await move_request(transaction.connection, record.request_id, state, version, now, reason)
    await note_step(
        transaction.connection, record.request_id, step, state, version, actor, now, reason
    )


def fact(record: RequestRecord, version: int) -> dict[str, Any]:
    """What all facts about a request say, as the arguments of their events."""
    asked = [line for line in record.lines if line.was_requested]
    return {
        "version": version,
        "family_id": record.family_id,
        "request_id": record.request_id,
        "number": record.number,
        "kind": RequestKind(record.kind),
        "child_ids": tuple(sorted({line.child_id for line in asked} | set(record.child_ids))),
        "days": tuple(sorted({line.day for line in asked})),
    }


def announcement(
    record: RequestRecord, version: int, outcome: Outcome, now: datetime, reason: str | None = None
) -> DecisionAnnounced:
    """The decision in the words owed to the family."""
    return DecisionAnnounced(
        version=version,
        family_id=record.family_id,
        request_id=record.request_id,
        number=record.number,
        kind=RequestKind(record.kind),
        outcome=outcome,
        reason=reason,
        decided_at=now,
        subject=record.subject,
        items=tuple(
            AnnouncedItem(
                label=item.label,
                outcome=(Outcome.REFUSED if item.outcome is LineOutcome.REFUSED else outcome),
                reason=item.reason,
            )
            for item in record.items
        ),
        lines=tuple(
            AnnouncedLine(
                child_id=line.child_id,
                child_name=line.child_given_name,
                slot_label=line.slot_label,
                day=line.day,
                outcome=outcome,
            )
            for line in record.lines
            if line.outcome in _DECIDED[outcome]
        ),
    )


_DECIDED = {
    # What waits in a line goes on waiting when the rest is accepted.
    Outcome.ACCEPTED: frozenset({LineOutcome.REQUESTED}),
    Outcome.REFUSED: OPEN_LINES,
}


async def _already_changed(
    transaction: Transaction, record: RequestRecord, actor: Actor
) -> RequestChanged:
    steps = await transitions_of(transaction.connection, record.request_id)
    last = steps[-1] if steps and record.state is not RequestState.PENDING else None
    by, at = (last.actor_name, last.at) if last else (None, None)
    for_family = actor.channel is Channel.PORTAL
    words = changed(record.state, by, at, for_family=for_family)
    return RequestChanged(words, record.state, record.version, None if for_family else by, at)
