"""Enrolments (inscriptions): of a child in an activity for a period, or at school for a year."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID


class EnrolmentState(StrEnum):
    """Where an enrolment stands."""

    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


@dataclass(frozen=True)
class Enrolment:
    """A child in an activity, from `first` to `last`, both included."""

    enrolment_id: UUID
    child_id: UUID
    activity_id: UUID
    first: date
    last: date
    state: EnrolmentState

    def allows(self, child_id: UUID, activity_id: UUID, day: date) -> bool:
        """Whether a day may be booked by it; one that ended keeps the days before its end."""
        return (
            self.state in (EnrolmentState.ACTIVE, EnrolmentState.ENDED)
            and (self.child_id, self.activity_id) == (child_id, activity_id)
            and self.first <= day <= self.last
        )


LONGEST_DAYS: Final = 400
"""A little more than a school year."""

LEVELS: Final = {
    "TPS": "Toute petite section",
    "PS": "Petite section",
    "MS": "Moyenne section",
    "GS": "Grande section",
    "CP": "CP",
    "CE1": "CE1",
    "CE2": "CE2",
    "CM1": "CM1",
    "CM2": "CM2",
}
"""Levels of French primary school, in their order."""

DOCUMENTS: Final = {
    "family_book": "Livret de famille ou acte de naissance",
    "address": "Justificatif de domicile",
    "vaccination": "Attestation de vaccination",
    "departure": "Certificat de radiation",
}
"""Papers that a mayor may ask for a school enrolment (Education code D.113-1)."""


def school_year_of(day: date) -> int:
    """The calendar year in which the school year of that day began: it begins in September."""
    return day.year if day.month >= 9 else day.year - 1


class EnrolmentRefused(ValueError):
    """It cannot be asked for; the text is a French sentence."""
