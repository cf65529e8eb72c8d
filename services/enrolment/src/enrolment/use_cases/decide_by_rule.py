"""A request that has just been kept is accepted by a rule, when one is in force and agrees."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from chassis.database import Transaction
from enrolment.domain.absence import Effect
from enrolment.domain.activity import Activity
from enrolment.domain.deciding import AskedLine, Decidable, DecidingRule, Rules, Verdict, decide
from enrolment.domain.notice import NoticeAction
from enrolment.domain.request import Actor, Channel, LineOutcome
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.store.absences import absences_of_request
from enrolment.store.catalogue import catalogue_of_slots
from enrolment.store.request_records import RequestLine, RequestRecord

from .accept_request import accept_request
from .decisions import Decision
from .keep_request import Submitted

KINDS: Final = frozenset(str(kind) for kind in Decidable)


async def decide_by_rule(
    transaction: Transaction,
    submitted: Submitted,
    rules: Rules,
    *,
    now: datetime,
    calendar: SchoolCalendar,
) -> Submitted:
    """In the transaction that keeps the request: its family's row is locked already.

    `rules` in force were asked for before: while places are locked each question makes others wait.
    """
    record = submitted.request
    if submitted.repeated or record.kind not in KINDS:
        return submitted
    if not any(kind == record.kind for _, kind in rules):
        return submitted
    verdict = await _verdict(transaction, record, rules, calendar)
    if verdict.rule is None:
        return submitted
    decision = Decision(record.request_id, record.version, _acting(verdict.rule, record))
    return Submitted(await accept_request(transaction, decision, now=now), repeated=False)


async def _verdict(
    transaction: Transaction, record: RequestRecord, rules: Rules, calendar: SchoolCalendar
) -> Verdict:
    connection = transaction.connection
    catalogue = await catalogue_of_slots(connection, (line.slot_id for line in record.lines))
    declared = await absences_of_request(connection, record.request_id)
    return decide(
        rules,
        record.kind,
        asked_lines(record, catalogue.activities, calendar),
        needs_ruling=any(one.effect is Effect.UNDECIDED or one.awaits_document for one in declared),
    )


def asked_lines(
    record: RequestRecord, activities: Mapping[UUID, Activity], calendar: SchoolCalendar
) -> list[AskedLine]:
    """What a rule looks at; lines that could not even be requested are answered already."""
    return [
        AskedLine(
            line.activity_id,
            has_place=line.outcome is not LineOutcome.WAITLISTED,
            in_notice=_in_notice(line, record, activities[line.activity_id], calendar),
        )
        for line in record.lines
        if line.was_requested
    ]


def _in_notice(
    line: RequestLine, record: RequestRecord, activity: Activity, calendar: SchoolCalendar
) -> bool:
    if line.in_notice is not None:
        return line.in_notice
    limit = activity.cut_off(NoticeAction.BOOK, line.day, calendar)
    return limit is None or record.submitted_at < limit


def _acting(rule: DecidingRule, record: RequestRecord) -> Actor:
    return Actor(
        str(rule.rule_id), "Règle automatique", Channel.RULE, record.family_id, rule=rule.label
    )
