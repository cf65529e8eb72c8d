"""The administration switches a deciding rule on or off, after a rehearsal on the last month."""

from collections.abc import Mapping
from datetime import datetime, time
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.clock import local_date
from chassis.database import Transaction
from chassis.identifiers import new_id
from enrolment.domain.activity import Activity
from enrolment.domain.deciding import Decidable, DecidingRule, Past, Rehearsal, decide
from enrolment.domain.notice import at_paris
from enrolment.domain.request import RequestState, add_months
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import NotFound
from enrolment.store.catalogue import Catalogue, whole_catalogue
from enrolment.store.deciding_rules import (
    add_rule,
    end_rule,
    label_of,
    rules_in_force,
    submitted_since,
)
from enrolment.store.request_records import RequestRecord

from .decide_by_rule import asked_lines

_OUTCOMES: Mapping[RequestState, bool] = {
    RequestState.ACCEPTED: True,
    RequestState.APPLIED: True,
    RequestState.REFUSED: False,
}


async def switch_on(
    transaction: Transaction, activity_id: UUID, kind: Decidable, by: str, *, now: datetime
) -> None:
    """A rule that is on stays as it is. Raises NotFound."""
    rule = await proposed_rule(transaction.connection, activity_id, kind)
    known = await rules_in_force(transaction.connection)
    if (activity_id, str(kind)) not in known:
        await add_rule(transaction.connection, rule, now, by)


async def switch_off(
    transaction: Transaction, activity_id: UUID, kind: Decidable, by: str, *, now: datetime
) -> None:
    """What it decided stays decided."""
    await end_rule(transaction.connection, activity_id, kind, now, by)


async def proposed_rule(
    connection: AsyncConnection, activity_id: UUID, kind: Decidable
) -> DecidingRule:
    """The rule as it would be. Raises NotFound."""
    catalogue = await whole_catalogue(connection)
    activity = catalogue.activities.get(activity_id)
    if activity is None:
        raise NotFound
    centre = catalogue.centres[activity.centre_id].name
    return DecidingRule(new_id(), activity_id, kind, label_of(kind, activity.label, centre))


async def rehearse(
    connection: AsyncConnection,
    activity_id: UUID,
    kind: Decidable,
    *,
    now: datetime,
    calendar: SchoolCalendar,
) -> Rehearsal:
    """What the rule alone would have decided of the last month's requests. Raises NotFound.

    Whether there was a place is what the request was told when it came, and the notice is that of
    its own day. Whether an absence awaited a ruling is not judged again: its effect is known now.
    """
    rule = await proposed_rule(connection, activity_id, kind)
    since = at_paris(add_months(local_date(now), -1), time(0))
    records = await submitted_since(connection, activity_id, kind, since)
    catalogue = await whole_catalogue(connection)
    return Rehearsal(tuple(_past(one, rule, catalogue, calendar) for one in records))


def _past(
    record: RequestRecord, rule: DecidingRule, catalogue: Catalogue, calendar: SchoolCalendar
) -> Past:
    activities: Mapping[UUID, Activity] = catalogue.activities
    lines = asked_lines(record, activities, calendar)
    # Alone: a request that speaks of other activities as well needs their rules too.
    verdict = decide({(rule.activity_id, str(rule.kind)): rule}, record.kind, lines)
    return Past(record.request_id, record.number, verdict, _OUTCOMES.get(record.state))
