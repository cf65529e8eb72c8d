"""How enrolment's own refusals are answered over HTTP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chassis.problems import NOT_FOUND, Problem, ProblemKind
from enrolment.domain.attendance import NotPointable
from enrolment.domain.enrolled import EnrolmentRefused
from enrolment.domain.notice import InvalidNoticeRule
from enrolment.domain.pattern import InvalidPattern
from enrolment.domain.request import (
    DayIsFull,
    NothingAccepted,
    NotReversible,
    ReasonMissing,
    RequestChanged,
    RulingMissing,
)
from enrolment.domain.school_calendar import CalendarUnknown
from enrolment.domain.submission import (
    AbsenceIncomplete,
    AlreadyExists,
    AnsweredLine,
    NotFound,
    NothingToRequest,
    OfferOver,
    OutOfDate,
    RequestIdReused,
)
from enrolment.use_cases.edit_refusal_reasons import TooManyReasons

PROBLEMS: Mapping[type[Exception], ProblemKind] = {
    NotFound: NOT_FOUND,
    RequestIdReused: ProblemKind(
        409, "enrolment.request-id-reused", "Cette demande a déjà été envoyée avec un autre contenu"
    ),
    AlreadyExists: ProblemKind(409, "enrolment.already-exists", "Déjà enregistré"),
    CalendarUnknown: ProblemKind(422, "enrolment.calendar-unknown", "Calendrier scolaire inconnu"),
    InvalidNoticeRule: ProblemKind(
        422, "enrolment.invalid-notice-rule", "Délai de prévenance incorrect"
    ),
    OfferOver: ProblemKind(409, "enrolment.offer-over", "Proposition expirée"),
    InvalidPattern: ProblemKind(422, "enrolment.days-unusable", "Choix à revoir"),
    EnrolmentRefused: ProblemKind(409, "enrolment.not-possible", "Inscription impossible"),
    TooManyReasons: ProblemKind(409, "enrolment.too-many-reasons", "Trop de motifs"),
    OutOfDate: ProblemKind(409, "enrolment.out-of-date", "Modifié entre-temps"),
    RulingMissing: ProblemKind(422, "enrolment.ruling-missing", "Dites si l’absence est facturée"),
    NothingAccepted: ProblemKind(422, "enrolment.nothing-accepted", "Rien n’est accepté"),
    NotPointable: ProblemKind(422, "enrolment.not-pointable", "Ce jour ne peut pas être pointé"),
    NotReversible: ProblemKind(409, "enrolment.not-reversible", "Absence maintenue"),
    DayIsFull: ProblemKind(409, "enrolment.day-is-full", "Jour en surnombre"),
    ReasonMissing: ProblemKind(422, "enrolment.reason-missing", "Un refus se motive"),
}


@contextmanager
def explained() -> Iterator[None]:
    """Refusals that carry more than a sentence: who was faster, and why each line was refused."""
    try:
        yield
    except RequestChanged as change:
        raise Problem(
            409,
            "enrolment.request-changed",
            "La demande a changé",
            str(change),
            state=str(change.state),
            version=change.version,
            changed_by=change.changed_by,
            changed_at=change.changed_at.isoformat() if change.changed_at else None,
        ) from None
    except AbsenceIncomplete as mistake:
        raise Problem(
            422,
            "enrolment.absence-incomplete",
            "Déclaration incomplète",
            str(mistake),
            fields=[{"field": mistake.field, "rule": "missing"}],
        ) from None
    except NothingToRequest as refusal:
        raise Problem(
            409,
            "enrolment.nothing-to-request",
            "Aucun jour ne peut être réservé",
            str(refusal),
            lines=[answered_line(answer) for answer in refusal.lines],
        ) from None


def answered_line(answer: AnsweredLine) -> dict[str, str | None]:
    """A line that was never stored, as JSON says it."""
    return {
        "child_id": str(answer.line.child_id),
        "slot_id": str(answer.line.slot_id),
        "day": answer.line.day.isoformat(),
        "outcome": str(answer.outcome),
        "why": str(answer.why) if answer.why else None,
        "reason": answer.reason,
    }
