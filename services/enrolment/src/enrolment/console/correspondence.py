"""What the console shows of messaging, asked over HTTP with the reader's own token."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError

from chassis.auth import Principal
from chassis.identifiers import new_id
from chassis.peers import PeerRefused, Peers, PeerUnavailable
from chassis.problems import Problem
from chassis.runtime import Runtime
from chassis.web.shapes import FieldError
from portail_contracts.catalogue import Context

SECONDS = 3.0
FILE_SECONDS = 30.0
"""A file is examined by a program of its own, a few at a time."""

MENDABLE = (409, 413, 422)

Shape = TypeVar("Shape", bound=BaseModel)


class Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Named(Answer):
    """A centre, or a member of staff."""

    centre_id: UUID | None = None
    staff_id: UUID | None = None
    name: str


class About(Answer):
    kind: str
    topic: str
    id: UUID | None = None
    request_id: UUID | None = None
    number: str | None = None


class Thread(Answer):
    thread_id: UUID
    subject: str
    topic: str
    about: About
    family_id: UUID | None = None
    family_name: str | None = None
    audience: UUID | None = None
    visitor_name: str | None = None
    visitor_email: str | None = None
    centre: Named | None = None
    state: str
    waiting_since: datetime | None = None
    assigned: Named | None = None
    last_posted_at: datetime
    excerpt: str = ""

    @property
    def who(self) -> str:
        if self.visitor_name is not None:
            return f"{self.visitor_name} (visiteur)"
        return f"Famille {self.family_name}" if self.family_name else "Famille"


class Counts(Answer):
    waiting: int = 0
    mine: int = 0


class Listed(Answer):
    page: int = 1
    pages: int = 1
    total: int = 0


class Threads(Listed):
    items: tuple[Thread, ...]
    counts: Counts


class File(Answer):
    attachment_id: UUID
    name: str
    size: int


class Said(Answer):
    message_id: UUID
    from_family: bool
    author_name: str | None = None
    body: str
    posted_at: datetime
    seen_at: datetime | None = None
    read_at: datetime | None = None
    attachments: tuple[File, ...] = ()


class Draft(Answer):
    draft_id: UUID
    body: str = ""
    attachments: tuple[File, ...] = ()


class Note(Answer):
    author_name: str
    body: str
    written_at: datetime


class Happened(Answer):
    kind: str
    detail: str | None = None
    by_name: str
    at: datetime


class Case(Listed):
    thread: Thread
    items: tuple[Said, ...]
    notes: tuple[Note, ...] = ()
    history: tuple[Happened, ...] = ()


class Ready(Answer):
    reply_id: UUID
    label: str
    body: str


class ReadyReplies(Answer):
    items: tuple[Ready, ...]
    fields: dict[str, str] = {}


class Words(Answer):
    body: str


class Absence(Answer):
    words: str
    first_day: date
    last_day: date


class Preview(Answer):
    label: str
    count: int
    some: tuple[str, ...] = ()


class Broadcast(Answer):
    broadcast_id: UUID
    subject: str
    body: str
    audience_label: str
    by_name: str
    total: int
    told: int
    created_at: datetime
    ended_at: datetime | None = None


class Broadcasts(Listed):
    items: tuple[Broadcast, ...]


class Delivery(Answer):
    family_id: UUID
    family_name: str | None = None
    category: str
    state: str
    attempts: int
    address_hint: str
    last_code: int | None = None
    created_at: datetime
    ended_at: datetime | None = None


class Deliveries(Listed):
    items: tuple[Delivery, ...]


class Mistake(Exception):
    """What messaging refuses and a person can mend; `error` says where and why, in French."""

    def __init__(self, refused: PeerRefused) -> None:
        super().__init__(str(refused))
        said = refused.problem.get("detail") or refused.problem.get("title") or ""
        self.error = FieldError(str(refused.problem.get("field") or "body"), str(said))


@dataclass(frozen=True)
class Correspondence:
    """Raises PeerUnavailable when messaging is away, Mistake, and Problem for anything else."""

    peers: Peers
    token: str
    principal: Principal

    async def get(self, path: str, shape: type[Shape], **asked: str) -> Shape:
        answer = await self._call("GET", path, params=asked)
        try:
            return shape.model_validate(answer)
        except ValidationError as error:
            raise PeerUnavailable("messaging: unexpected shape") from error

    async def maybe(self, path: str, shape: type[Shape], **asked: str) -> Shape | None:
        """None for what there is none of."""
        answer = await self._call("GET", path, params=asked)
        return None if answer is None else shape.model_validate(answer)

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        return await self._call("POST", path, json=dict(body or {}))

    async def put(self, path: str, body: Mapping[str, Any]) -> None:
        await self._call("PUT", path, json=dict(body))

    async def delete(self, path: str) -> None:
        await self._call("DELETE", path)

    async def attach(self, draft_id: UUID, name: str, content: bytes) -> None:
        await self._call(
            "PUT",
            f"/drafts/{draft_id}/attachments/{new_id()}",
            seconds=FILE_SECONDS,
            params={"name": name},
            data=content,
        )

    async def _call(
        self, method: str, path: str, *, seconds: float = SECONDS, **options: Any
    ) -> Any:
        try:
            return await self.peers.call(
                method,
                Context.MESSAGING,
                f"/v1/staff{path}",
                token=self.token,
                timeout=aiohttp.ClientTimeout(total=seconds),
                **options,
            )
        except PeerRefused as refused:
            if refused.status in MENDABLE:
                raise Mistake(refused) from refused
            title = str(refused.problem.get("title") or "Demande impossible")
            raise Problem(refused.status, "enrolment.messaging-refused", title) from refused


def correspondence_of(request: Request, runtime: Runtime, principal: Principal) -> Correspondence:
    _, _, token = request.headers.get("authorization", "").partition(" ")
    return Correspondence(runtime.peers, token, principal)
