"""A family's rights over its data: a copy of it, and being forgotten (RGPD, articles 15 to 20)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

KEPT_FOR = timedelta(days=7)
"""How long a copy can be fetched; then it is deleted."""

STALE = timedelta(minutes=10)
"""A copy that nobody worked on for so long was left by a process that ended: it starts again."""

SERVICES = ("enrolment", "billing", "messaging")
"""Who else holds something about families."""

STEPS = len(SERVICES) + 1
ANSWER_WITHIN = timedelta(days=30)
"""What the law gives to act on a request (article 12.3: a month)."""

LATE_AFTER = timedelta(days=1)
"""A service that has not answered an erasure by then is looked at."""


class ExportState(StrEnum):
    """Where the copy stands."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True)
class Export:
    """A copy of everything about a family, made in the background."""

    export_id: UUID
    family_id: UUID
    guardian_id: UUID | None
    state: ExportState
    done: int
    steps: int
    byte_size: int | None
    asked_at: datetime
    asked_by: str
    asked_by_id: UUID
    ready_at: datetime | None
    expires_at: datetime | None

    def is_visible_to(self, guardian_id: UUID | None) -> bool:
        """A copy holds what its asker may see: it is for them alone."""
        return self.guardian_id == guardian_id


@dataclass(frozen=True)
class Answer:
    """A service has forgotten the family, but for what it must keep."""

    service: str
    kept: tuple[str, ...]
    answered_at: datetime


@dataclass(frozen=True)
class Erasure:
    """A family that asked to be forgotten; `waiting` are the services that have not answered."""

    erasure_id: UUID
    family_id: UUID
    reference: str
    asked_at: datetime
    asked_by: str
    started_at: datetime | None
    started_by: str | None
    answers: tuple[Answer, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        if self.started_at is None:
            return ()
        answered = {answer.service for answer in self.answers}
        return tuple(service for service in SERVICES if service not in answered)

    @property
    def is_done(self) -> bool:
        return self.started_at is not None and not self.waiting


class UnknownExport(Exception):
    """There is no such copy, or it is not the caller's, or it was deleted."""


class UnknownErasure(Exception):
    """Nobody asked for that."""
