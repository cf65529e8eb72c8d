"""One request as the detail pane shows it: what a decision is made of, and who follows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chassis.web import french, shapes
from chassis.web.shapes import Detail, Following
from enrolment.domain.absence import Effect
from enrolment.domain.booking import AbsenceState
from enrolment.store.absences import Absence
from enrolment.store.assignments import Assignment, Colleague
from enrolment.store.refusal_reasons import RefusalReason
from enrolment.use_cases.show_requests import RequestDetail

from . import wording
from .board import OPEN
from .choice import QUEUE, Choice
from .prices import PricedSlot


@dataclass(frozen=True)
class Surroundings:
    """What is known around a request: who followed it, who could, which reasons are at hand."""

    assignments: Sequence[Assignment] = ()
    colleagues: Sequence[Colleague] = ()
    reasons: Sequence[RefusalReason] = ()
    absences: Sequence[Absence] = ()
    absence_reasons: Mapping[str, str] = field(default_factory=dict)
    """Labels of the reasons of absence, by code."""

    @property
    def current(self) -> Assignment | None:
        return next((one for one in self.assignments if one.until is None), None)


@dataclass(frozen=True)
class Looking:
    """Who looks, from where, and when."""

    choice: Choice
    reader: UUID
    now: datetime
    may_decide: bool


def detail(
    found: RequestDetail,
    priced: Sequence[PricedSlot],
    around: Surroundings,
    looking: Looking,
) -> Detail:
    record, choice, now = found.request, looking.choice, looking.now
    can_decide = looking.may_decide and record.state in OPEN
    return Detail(
        title=wording.title(record),
        lines=wording.lines(record, now),
        facts=[
            *wording.absence_facts(around.absences, around.absence_reasons, now),
            *wording.facts(found, priced, now),
        ],
        history=wording.history(found.transitions, around.assignments, now),
        accept_url=choice.decision_url(record.request_id, "accepter"),
        refuse_url=choice.decision_url(record.request_id, "refuser"),
        state=str(record.state),
        state_label=wording.STATE_LABELS[record.state],
        version=record.version,
        request_id=str(record.request_id),
        can_decide=can_decide,
        ruling=_ruling(around.absences) if can_decide else None,
        following=_following(around, looking, record.request_id) if can_decide else None,
        receipt_url=f"{QUEUE}/{record.request_id}/accuse.pdf",
        reversible=_reversible(found, around.absences, choice) if looking.may_decide else (),
        reasons=[shapes.ReadyReason(str(r.reason_id), r.label, r.words) for r in around.reasons],
    )


def _reversible(
    found: RequestDetail, absences: Sequence[Absence], choice: Choice
) -> list[shapes.Reversible]:
    record = found.request
    names = {line.booking_id: line.child_given_name for line in record.lines}
    return [
        shapes.Reversible(
            f"{names.get(one.booking_id, '')}, {french.day_name(one.day)}",
            choice.decision_url(record.request_id, f"absences/{one.absence_id}"),
        )
        for one in absences
        if one.state is AbsenceState.ACCEPTED
    ]


def _ruling(absences: Sequence[Absence]) -> Literal["needed", "optional"] | None:
    """Whether staff must say if the absence is billed, or may rule otherwise than its reason."""
    if not absences:
        return None
    undecided = any(one.effect is Effect.UNDECIDED for one in absences)
    return "needed" if undecided else "optional"


def _following(around: Surroundings, looking: Looking, request_id: UUID) -> Following:
    held = around.current
    is_mine = held is not None and held.staff_id == looking.reader
    return Following(
        words=_followed_by(held, looking),
        holder=str(held.staff_id) if held else "",
        take_url=None if is_mine else looking.choice.decision_url(request_id, "prendre"),
        release_url=looking.choice.decision_url(request_id, "rendre") if held else None,
        give_url=looking.choice.decision_url(request_id, "confier"),
        colleagues=[
            shapes.Choice(str(one.staff_id), one.name)
            for one in around.colleagues
            if one.staff_id not in (looking.reader, held.staff_id if held else None)
        ],
    )


def _followed_by(held: Assignment | None, looking: Looking) -> str:
    if held is None:
        return "Personne ne suit cette demande."
    since = french.moment(held.since, looking.now)
    if held.staff_id == looking.reader:
        return f"Vous suivez cette demande ({since})."
    return f"Suivie par {held.staff_name} ({since})."
