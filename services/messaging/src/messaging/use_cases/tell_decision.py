"""A request was decided: word of it goes to the inbox and to open pages."""

from datetime import datetime

from chassis.database import Transaction
from chassis.identifiers import new_id
from messaging.domain.notices import Contact, Decision, Line, notice_of
from messaging.store import inbox
from portail_contracts.enrolment import DecisionAnnounced, Outcome
from portail_contracts.messaging import MessagePosted

from .note_request_change import RequestChange, note_request_change
from .tell_unread import tell_unread


async def tell_decision(
    transaction: Transaction, announced: DecisionAnnounced, contact: Contact, now: datetime
) -> None:
    """Exactly one message per request and outcome, however often it is announced."""
    await inbox.lock_family(transaction.connection, announced.family_id)
    await note_request_change(transaction, _change(announced), now)
    about = inbox.About(announced.kind, announced.request_id, announced.number)
    thread_id = await inbox.thread_about(transaction.connection, announced.family_id, about, now)
    message = _message(announced, contact, now)
    if await inbox.add_decision(transaction.connection, thread_id, message):
        await tell_unread(transaction, announced.family_id, now)
        transaction.record(
            MessagePosted(
                version=1,
                family_id=message.family_id,
                message_id=message.message_id,
                posted_at=now,
            )
        )


def _change(announced: DecisionAnnounced) -> RequestChange:
    return RequestChange(
        request_id=announced.request_id,
        family_id=announced.family_id,
        version=announced.version,
        state=announced.outcome,
        child_ids=list(dict.fromkeys(line.child_id for line in announced.lines)),
        days=sorted({line.day for line in announced.lines}),
    )


def _message(announced: DecisionAnnounced, contact: Contact, now: datetime) -> inbox.NewMessage:
    lines = tuple(
        Line(line.child_name, line.slot_label, line.day, line.outcome is Outcome.ACCEPTED)
        for line in announced.lines
    )
    accepted = announced.outcome is Outcome.ACCEPTED
    decision = Decision(announced.number, announced.kind, accepted, announced.reason, lines)
    notice = notice_of(decision, contact)
    return inbox.NewMessage(
        message_id=new_id(),
        family_id=announced.family_id,
        subject=notice.subject,
        body="\n\n".join(notice.paragraphs),
        request_id=announced.request_id,
        outcome=announced.outcome,
        posted_at=now,
    )
