"""Facts about requests to put to messaging."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from chassis.identifiers import new_id
from portail_contracts.enrolment import (
    AnnouncedLine,
    DecisionAnnounced,
    Outcome,
    RequestKind,
    RequestSubmitted,
    RequestWithdrawn,
)

WEDNESDAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


class Request:
    """One request whose facts carry rising versions."""

    def __init__(self, family_id: UUID, day: date = WEDNESDAY) -> None:
        self.family_id = family_id
        self.child_id = new_id()
        self.day = day
        self.fields: dict[str, Any] = {
            "family_id": family_id,
            "request_id": new_id(),
            "number": "D-2026-01342",
            "kind": RequestKind.BOOKING_REQUEST,
        }

    @property
    def id(self) -> UUID:
        return self.fields["request_id"]

    def submitted(self, version: int = 1) -> RequestSubmitted:
        return RequestSubmitted(
            version=version,
            child_ids=(self.child_id,),
            days=(self.day,),
            submitted_at=NOON,
            due_on=date(2027, 1, 24),
            **self.fields,
        )

    def withdrawn(self, version: int = 2) -> RequestWithdrawn:
        return RequestWithdrawn(
            version=version,
            child_ids=(self.child_id,),
            days=(self.day,),
            withdrawn_at=NOON,
            **self.fields,
        )

    def decided(
        self, outcome: Outcome = Outcome.ACCEPTED, version: int = 2, reason: str | None = None
    ) -> DecisionAnnounced:
        line = AnnouncedLine(
            child_id=self.child_id,
            child_name="Lou",
            slot_label="Mercredi journée",
            day=self.day,
            outcome=outcome,
        )
        return DecisionAnnounced(
            version=version,
            outcome=outcome,
            reason=reason,
            decided_at=NOON,
            lines=(line,),
            **self.fields,
        )
