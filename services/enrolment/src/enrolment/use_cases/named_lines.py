"""Lines of a request with the names that people read of what they speak of."""

from datetime import date

from enrolment.domain.activity import Slot
from enrolment.domain.agenda import Why
from enrolment.domain.diary import Child
from enrolment.domain.request import LineOutcome
from enrolment.domain.submission import AnsweredLine, Line
from enrolment.store.catalogue import Catalogue
from enrolment.store.request_records import RequestLine


def named_line(
    child: Child, slot: Slot, catalogue: Catalogue, day: date, why: Why | None, words: str | None
) -> RequestLine:
    """Refused when there is a `why`, asked for when there is none."""
    activity = catalogue.activities[slot.activity_id]
    return RequestLine(
        child_id=child.child_id,
        child_given_name=child.given_name,
        child_family_name=child.family_name,
        child_born_on=child.born_on,
        activity_id=activity.activity_id,
        slot_id=slot.slot_id,
        slot_label=slot.label,
        activity_label=activity.label,
        centre_name=catalogue.centre_of(slot).name,
        rate_code=slot.rate_code,
        day=day,
        outcome=LineOutcome.REFUSED if why else LineOutcome.REQUESTED,
        why=why,
        reason=words,
        booking_id=None,
    )


def answered(line: RequestLine) -> AnsweredLine:
    """A line of a submission that is not kept."""
    return AnsweredLine(
        Line(line.child_id, line.slot_id, line.day),
        line.outcome,
        Why(line.why) if line.why else None,
        line.reason,
    )
