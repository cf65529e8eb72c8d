"""Who may open which part of a child's file, and what is noted of it.

Every opening is noted where the family reads it (architecture, section 7): who, when, what, to
what end. Rules are facts here; the doors are built from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from .access import Role


class Part(StrEnum):
    """The parts of a file whose opening is noted, but for photos: those stand on every page."""

    HEALTH = "health"
    SHEET = "sheet"
    COMPLETE_SHEET = "complete_sheet"
    DOCUMENT = "document"
    PHOTO = "photo"
    EXPORT = "export"


class Act(StrEnum):
    """What was done with it."""

    READ = "read"
    PROPOSED = "proposed"
    RECORDED = "recorded"


class Purpose(StrEnum):
    """To what end, and so on whose behalf."""

    OWN = "own"
    """The family reads what is about itself."""

    CARE = "care"
    """Staff look after the child."""

    REQUEST = "request"
    """Staff decide on a request of the family."""

    FRONT_DESK = "front_desk"
    """Staff act for the family, which stands before them."""


STAFF_PURPOSES = (Purpose.CARE, Purpose.REQUEST, Purpose.FRONT_DESK)

OPENED_BY: Mapping[Part, frozenset[Role]] = {
    # The secretariat keeps the file, the centre looks after the child. Whoever bills, administers
    # or audits has no need of a child's health: an auditor reads the record of reads instead.
    Part.HEALTH: frozenset({Role.SECRETARIAT, Role.CENTRE}),
    Part.COMPLETE_SHEET: frozenset({Role.SECRETARIAT, Role.CENTRE}),
    Part.DOCUMENT: frozenset({Role.SECRETARIAT, Role.CENTRE}),
    Part.PHOTO: frozenset({Role.SECRETARIAT, Role.CENTRE}),
    Part.SHEET: frozenset({Role.SECRETARIAT, Role.CENTRE, Role.ADMIN}),
}

KEEPERS = frozenset({Role.SECRETARIAT})
"""Who records health data and decides on documents at the family's word."""

OVERSEERS = frozenset({Role.SECRETARIAT, Role.ADMIN, Role.AUDITOR})
"""Who reads the record of reads, without what was read."""


class ReaderKind(StrEnum):
    """On which side of the counter the reader stands."""

    FAMILY = "family"
    STAFF = "staff"


@dataclass(frozen=True)
class Reader:
    """Who opens a file, as the record will name them."""

    kind: ReaderKind
    reader_id: UUID
    name: str
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Opening:
    """One act on one part of the file of a child (or of the family, when no child is meant)."""

    reader: Reader
    part: Part
    act: Act
    purpose: Purpose
    family_id: UUID
    child_id: UUID | None
    subject_id: UUID | None = None
    """The document, where the part has several."""


@dataclass(frozen=True)
class Noted:
    """An opening as it is shown."""

    read_id: UUID
    at: datetime
    opening: Opening
    child_name: str | None
