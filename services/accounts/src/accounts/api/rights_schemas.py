"""Copies of a family's data, and erasures, through the doors."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from accounts.domain.rights import ANSWER_WITHIN, LATE_AFTER, Erasure, Export, ExportState


class ExportIn(BaseModel):
    """The id is made by the client."""

    export_id: UUID


class ExportOut(BaseModel):
    export_id: UUID
    state: ExportState
    done: int
    steps: int
    byte_size: int | None
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None


class Exports(BaseModel):
    items: list[ExportOut]


class OwnErasure(BaseModel):
    asked_at: datetime | None


class ErasureAnswer(BaseModel):
    service: str
    kept: list[str]
    answered_at: datetime


class ErasureOut(BaseModel):
    """`waiting`: the services that have not answered yet; `is_late`: somebody should look."""

    erasure_id: UUID
    family_id: UUID
    reference: str
    asked_at: datetime
    answer_by: datetime
    started_at: datetime | None
    started_by: str | None
    answers: list[ErasureAnswer]
    waiting: list[str]
    is_done: bool
    is_late: bool


class Erasures(BaseModel):
    items: list[ErasureOut]
    page: int
    pages: int
    total: int


def export_out(export: Export) -> ExportOut:
    return ExportOut(
        export_id=export.export_id,
        state=export.state,
        done=export.done,
        steps=export.steps,
        byte_size=export.byte_size,
        asked_at=export.asked_at,
        ready_at=export.ready_at,
        expires_at=export.expires_at,
    )


def erasure_out(erasure: Erasure, now: datetime) -> ErasureOut:
    answer_by = erasure.asked_at + ANSWER_WITHIN
    if erasure.started_at is None:
        is_late = now > answer_by
    else:
        is_late = bool(erasure.waiting) and now > erasure.started_at + LATE_AFTER
    return ErasureOut(
        erasure_id=erasure.erasure_id,
        family_id=erasure.family_id,
        reference=erasure.reference,
        asked_at=erasure.asked_at,
        answer_by=answer_by,
        started_at=erasure.started_at,
        started_by=erasure.started_by,
        answers=[
            ErasureAnswer(service=one.service, kept=list(one.kept), answered_at=one.answered_at)
            for one in erasure.answers
        ],
        waiting=list(erasure.waiting),
        is_done=erasure.is_done,
        is_late=is_late,
    )
