"""What messaging's doors for staff take and give."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from messaging.domain.broadcasting import Audience, Whom
from messaging.domain.desk import Agent, Pile
from messaging.domain.notices import excerpt
from messaging.domain.threads import BODY_MAX, Topic
from messaging.store.broadcasts import Broadcast
from messaging.store.deliveries import Logged
from messaging.store.desk import Case, Heard
from messaging.store.files import Attachment
from messaging.store.notebook import Happened, Note

from .schemas import AboutView, AttachmentView, CentreView, Paged, paged

Typed = Annotated[str, Field(max_length=4 * BODY_MAX)]
Line = Annotated[str, Field(max_length=1000)]


class AgentView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    staff_id: UUID
    name: str


class CaseItem(BaseModel):
    """A thread of the queue; a visitor's has no family."""

    thread_id: UUID
    subject: str
    topic: Topic
    about: AboutView
    family_id: UUID | None
    family_name: str | None
    audience: UUID | None
    visitor_name: str | None
    visitor_email: str | None
    centre: CentreView | None
    state: str
    waiting_since: datetime | None
    assigned: AgentView | None
    last_posted_at: datetime
    excerpt: str

    @classmethod
    def of(cls, case: Case) -> Self:
        thread = case.thread
        return cls(
            thread_id=thread.thread_id,
            subject=thread.subject,
            topic=thread.topic,
            about=AboutView.of(thread.about),
            family_id=thread.family_id,
            family_name=case.family_name,
            audience=thread.audience,
            visitor_name=case.visitor_name,
            visitor_email=case.visitor_email,
            centre=thread.centre and CentreView.model_validate(thread.centre),
            state=thread.state,
            waiting_since=case.waiting_since,
            assigned=case.assigned and AgentView.model_validate(case.assigned),
            last_posted_at=thread.last_posted_at,
            excerpt=excerpt(case.last_body or ""),
        )


class PileCounts(BaseModel):
    """How many threads are work: those that wait, and those one follows."""

    waiting: int
    mine: int

    @classmethod
    def of(cls, counts: Mapping[Pile, int]) -> Self:
        return cls(waiting=counts[Pile.WAITING], mine=counts[Pile.MINE])


class Cases(Paged):
    """One page of the queue."""

    items: list[CaseItem]
    counts: PileCounts

    @classmethod
    def of(cls, found: Sequence[Case], counts: Mapping[Pile, int], page: int, total: int) -> Self:
        return cls(
            items=[CaseItem.of(one) for one in found],
            counts=PileCounts.of(counts),
            **paged(page, total),
        )


class HeardView(BaseModel):
    """A message as staff read it; `read_at` is when the family first opened it."""

    message_id: UUID
    from_family: bool
    author_name: str | None
    body: str
    posted_at: datetime
    seen_at: datetime | None
    read_at: datetime | None
    attachments: list[AttachmentView]


class NoteView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    note_id: UUID
    author_name: str
    body: str
    written_at: datetime


class HappenedView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    kind: str
    detail: str | None
    by_name: str
    at: datetime


class CaseDetail(Paged):
    """A thread with its messages (newest first), notes and history."""

    thread: CaseItem
    items: list[HeardView]
    notes: list[NoteView]
    history: list[HappenedView]

    @classmethod
    def of(
        cls,
        case: Case,
        heard: tuple[Sequence[Heard], int],
        files: Mapping[UUID, Sequence[Attachment]],
        beside: tuple[Sequence[Note], Sequence[Happened]],
        page: int,
    ) -> Self:
        said, total = heard
        notes, history = beside
        return cls(
            thread=CaseItem.of(case),
            items=[_heard(one, files.get(one.message_id, ())) for one in said],
            notes=[NoteView.model_validate(one) for one in notes],
            history=[HappenedView.model_validate(one) for one in history],
            **paged(page, total),
        )


def _heard(one: Heard, files: Sequence[Attachment]) -> HeardView:
    return HeardView(
        message_id=one.message_id,
        from_family=one.direction == "to_authority",
        author_name=one.author_name,
        body=one.body,
        posted_at=one.posted_at,
        seen_at=one.seen_by_authority_at,
        read_at=one.read_at,
        attachments=[AttachmentView.model_validate(file) for file in files],
    )


class OpeningIn(BaseModel):
    """A first message to a family, or to one of its guardians only."""

    thread_id: UUID
    message_id: UUID
    family_id: UUID
    guardian_id: UUID | None = None
    topic: Topic = Topic.OTHER
    subject: Line
    body: Typed


class ReplyIn(BaseModel):
    message_id: UUID
    body: Typed
    close: bool = False


class AnswerDraftIn(BaseModel):
    """What is being written in a thread."""

    thread_id: UUID
    body: Typed = ""


class NoteIn(BaseModel):
    note_id: UUID
    body: Typed


class AssignIn(BaseModel):
    """Without anybody, nobody follows it any more."""

    staff_id: UUID | None = None
    name: Annotated[str, Field(max_length=200)] = ""

    def agent(self) -> Agent | None:
        return Agent(self.staff_id, self.name) if self.staff_id else None


class TransferIn(BaseModel):
    centre: CentreView | None = None
    topic: Topic


class CannedIn(BaseModel):
    label: Line
    body: Typed


class CannedView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    reply_id: UUID
    label: str
    body: str


class CannedReplies(BaseModel):
    """All of them, by name; `fields` are what their words may hold in braces."""

    items: list[CannedView]
    fields: dict[str, str]


class FilledReply(BaseModel):
    body: str


class AbsenceView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    words: str
    first_day: date
    last_day: date


class AudienceIn(BaseModel):
    """Which families; `name` is the centre's or activity's, as people call it."""

    whom: Whom
    id: UUID | None = None
    name: Annotated[str, Field(max_length=200)] = ""
    day: date | None = None

    def audience(self) -> Audience:
        return Audience(self.whom, self.id, self.name, self.day)


class Preview(BaseModel):
    """Whom a broadcast would reach: how many, and the names of a few."""

    label: str
    count: int
    some: list[str]


class BroadcastIn(BaseModel):
    broadcast_id: UUID
    subject: Line
    body: Typed
    audience: AudienceIn


class BroadcastView(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    broadcast_id: UUID
    subject: str
    body: str
    audience_label: str
    by_name: str
    total: int
    told: int
    created_at: datetime
    ended_at: datetime | None


class Broadcasts(Paged):
    items: list[BroadcastView]

    @classmethod
    def of(cls, found: Sequence[Broadcast], page: int, total: int) -> Self:
        return cls(items=[BroadcastView.model_validate(one) for one in found], **paged(page, total))


class DeliveryView(BaseModel):
    """An e-mail as staff see it: never its words, of its address a hint."""

    model_config = ConfigDict(from_attributes=True)

    delivery_id: UUID
    family_id: UUID
    family_name: str | None
    category: str
    state: str
    attempts: int
    address_hint: str
    last_code: int | None
    created_at: datetime
    ended_at: datetime | None


class Deliveries(Paged):
    items: list[DeliveryView]

    @classmethod
    def of(cls, found: Sequence[Logged], page: int, total: int) -> Self:
        return cls(items=[DeliveryView.model_validate(one) for one in found], **paged(page, total))
