"""Many requests accepted at once: what was ticked, and what is said of each line afterwards."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.problems import Problem
from chassis.web import french
from enrolment.domain.request import Actor
from enrolment.store.request_records import RequestRecord, selected_requests, with_lines
from enrolment.store.tables import requests
from enrolment.use_cases.accept_many import Outcome
from enrolment.use_cases.decisions import Decision
from enrolment.wording import request_object

from .reading import PER_PAGE

_TICKED: Final = re.compile(r"([0-9a-f-]{36}):([0-9]{1,15})")


@dataclass(frozen=True)
class Line:
    """One request and what became of it, in words."""

    number: str
    family: str
    object: str
    url: str
    accepted: bool
    words: str


def ticked(values: Sequence[str], actor: Actor) -> list[Decision]:
    """From `<request>:<version>` as the boxes say; raises Problem 422 for anything else."""
    found = [_TICKED.fullmatch(value) for value in values]
    if len(values) > PER_PAGE or not all(found):
        raise _not_ours()
    try:
        chosen = {UUID(one[1]): int(one[2]) for one in found if one}
    except ValueError:
        raise _not_ours() from None
    return [Decision(request_id, version, actor) for request_id, version in chosen.items()]


def _not_ours() -> Problem:
    return Problem(
        422,
        "enrolment.broken-form",
        "Ce formulaire n’est pas complet",
        f"Revenez à la liste et cochez {PER_PAGE} demandes au plus.",
    )


async def records_of(
    connection: AsyncConnection, outcomes: Sequence[Outcome]
) -> dict[UUID, RequestRecord]:
    wanted = [one.decision.request_id for one in outcomes]
    rows = await connection.execute(selected_requests().where(requests.c.request_id.in_(wanted)))
    return {one.request_id: one for one in await with_lines(connection, rows)}


def lead(outcomes: Sequence[Outcome]) -> str:
    """« 3 demandes acceptées, 1 ne l’a pas été. »"""
    failed = sum(one.why_not is not None for one in outcomes)
    done = len(outcomes) - failed
    words = f"{french.plural(done, 'demande acceptée', 'demandes acceptées')}"
    if not failed:
        return f"{words}. Les familles en sont prévenues."
    rest = "ne l’a pas été" if failed == 1 else "ne l’ont pas été"
    return f"{words}, {french.number(failed)}{french.NBSP}{rest}."


def lines(outcomes: Sequence[Outcome], records: Mapping[UUID, RequestRecord]) -> list[Line]:
    """What failed comes first: it is what is left to do."""
    told = [_line(one, records.get(one.decision.request_id)) for one in outcomes]
    return sorted(told, key=lambda line: line.accepted)


def _line(outcome: Outcome, record: RequestRecord | None) -> Line:
    return Line(
        number=record.number if record else "Demande",
        family=record.family_name if record else "",
        object=request_object(record.kind, record.lines, record.subject) if record else "",
        url=f"/console/demandes/{outcome.decision.request_id}",
        accepted=outcome.why_not is None,
        words=outcome.why_not or "acceptée",
    )
