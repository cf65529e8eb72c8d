"""A request was decided: word of it goes to the inbox and to open pages."""

from datetime import datetime

from chassis.database import Transaction
from messaging.domain.letters import Category
from messaging.domain.notices import Contact, Decision, Item, Line, notice_of
from messaging.domain.threads import About
from messaging.store.families import lock_family
from portail_contracts.enrolment import DecisionAnnounced, Outcome

from .note_request_change import RequestChange, note_request_change
from .post_notice import Posting, post_notice


async def tell_decision(
    transaction: Transaction, announced: DecisionAnnounced, contact: Contact, now: datetime
) -> None:
    """Exactly one message per request and outcome, however often it is announced."""
    await lock_family(transaction.connection, announced.family_id)
    await note_request_change(transaction, _change(announced), now)
    await post_notice(transaction, _posting(announced, contact), now)


def _change(announced: DecisionAnnounced) -> RequestChange:
    return RequestChange(
        request_id=announced.request_id,
        family_id=announced.family_id,
        version=announced.version,
        state=announced.outcome,
        child_ids=list(dict.fromkeys(line.child_id for line in announced.lines)),
        days=sorted({line.day for line in announced.lines}),
    )


def _posting(announced: DecisionAnnounced, contact: Contact) -> Posting:
    lines = tuple(
        Line(line.child_name, line.slot_label, line.day, line.outcome is Outcome.ACCEPTED)
        for line in announced.lines
    )
    accepted = announced.outcome is Outcome.ACCEPTED
    items = tuple(
        Item(item.label, item.outcome is Outcome.ACCEPTED, item.reason) for item in announced.items
    )
    decision = Decision(
        announced.number,
        announced.kind,
        accepted,
        announced.reason,
        lines,
        announced.subject,
        items,
    )
    return Posting(
        family_id=announced.family_id,
        category=Category.DECISION,
        key=f"decision:{announced.request_id}:{announced.outcome}",
        about=About(announced.kind, announced.request_id, announced.number),
        notice=notice_of(decision, contact),
    )
