"""Rules in force, and what they would have decided of the requests of the past."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.deciding import Decidable, DecidingRule, Rules

from .request_records import RequestRecord, selected_requests, with_lines
from .tables import activities, centres, deciding_rules, request_lines, requests, slots

LABELS = {
    Decidable.BOOKING: "réservations avec place et dans les délais",
    Decidable.CANCELLING: "annulations dans les délais",
    Decidable.ABSENCE: "absences dans les délais dont l’effet est connu",
}
MOST_REHEARSED = 2000


@dataclass(frozen=True)
class RuleInForce:
    """A rule, since when and by whom."""

    rule: DecidingRule
    since: datetime
    switched_on_by: str


# Built once: asked with every submission.
_IN_FORCE = (
    select(deciding_rules, activities.c.label, centres.c.name)
    .join(activities, activities.c.activity_id == deciding_rules.c.activity_id)
    .join(centres, centres.c.centre_id == activities.c.centre_id)
    .where(deciding_rules.c.until.is_(None))
)


async def rules_in_force(connection: AsyncConnection) -> dict[tuple[UUID, str], RuleInForce]:
    rows = await connection.execute(_IN_FORCE)
    return {
        (row.activity_id, row.kind): RuleInForce(_rule(row), row.since, row.switched_on_by)
        for row in rows
    }


async def rules_of(connection: AsyncConnection) -> Rules:
    return {key: one.rule for key, one in (await rules_in_force(connection)).items()}


async def add_rule(connection: AsyncConnection, rule: DecidingRule, at: datetime, by: str) -> None:
    """The database refuses a second one for the same activity and kind."""
    await connection.execute(
        insert(deciding_rules).values(
            rule_id=rule.rule_id,
            activity_id=rule.activity_id,
            kind=str(rule.kind),
            since=at,
            switched_on_by=by,
        )
    )


async def end_rule(
    connection: AsyncConnection, activity_id: UUID, kind: Decidable, at: datetime, by: str
) -> None:
    table = deciding_rules
    await connection.execute(
        update(table)
        .where(
            table.c.activity_id == activity_id, table.c.kind == str(kind), table.c.until.is_(None)
        )
        .values(until=at, switched_off_by=by)
    )


async def submitted_since(
    connection: AsyncConnection, activity_id: UUID, kind: Decidable, since: datetime
) -> Sequence[RequestRecord]:
    """Requests of that kind about that activity, the newest first; the front desk's are not
    among them: staff had decided already."""
    speaks_of = (
        select(request_lines.c.request_id)
        .join(slots, slots.c.slot_id == request_lines.c.slot_id)
        .where(slots.c.activity_id == activity_id)
    )
    rows = await connection.execute(
        selected_requests()
        .where(
            requests.c.kind == str(kind),
            requests.c.submitted_at >= since,
            requests.c.channel == "portal",
            requests.c.request_id.in_(speaks_of),
        )
        .order_by(requests.c.submitted_at.desc())
        .limit(MOST_REHEARSED)
    )
    return await with_lines(connection, rows)


def label_of(kind: Decidable, activity: str, centre: str) -> str:
    """« Mercredi, Les Libellules : réservations avec place et dans les délais »."""
    return f"{activity}, {centre}\u00a0: {LABELS[kind]}"


def _rule(row: Any) -> DecidingRule:
    kind = Decidable(row.kind)
    return DecidingRule(row.rule_id, row.activity_id, kind, label_of(kind, row.label, row.name))
