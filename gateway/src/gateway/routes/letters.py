"""What is being written, as its form has it, and its way to messaging."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from fastapi import Request

from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from chassis.uploads import files_in, not_a_form, read_form, texts_in
from chassis.web import shapes
from gateway.correspondence import Centre, Correspondence, Draft, File
from gateway.pages.threads import Subject, subject_of

MOST_FILES = 5
SEND, KEEP, JOIN, REMOVE = "envoyer", "garder", "joindre", "retirer"
NOTHING = Subject()
MENDABLE = (409, 413, 422)


@dataclass(frozen=True)
class Letter:
    """A form as it stands. `message_id` is its draft's and will be its message's."""

    message_id: UUID
    thread_id: UUID
    subject: str = ""
    about: Subject = NOTHING
    centre_id: str = ""
    only_me: bool = False
    body: str = ""
    attachments: Sequence[File] = ()

    @classmethod
    def new(cls, about: Subject) -> Self:
        return cls(new_id(), new_id(), subject=about.title or "", about=about)

    @classmethod
    def answering(cls, thread_id: UUID) -> Self:
        return cls(new_id(), thread_id)

    @classmethod
    def of_draft(cls, draft: Draft) -> Self:
        return cls(
            message_id=draft.draft_id,
            thread_id=draft.thread_id or new_id(),
            subject=draft.subject,
            about=Subject(draft.about.topic, draft.about.id, draft.about.number),
            centre_id=str(draft.centre.centre_id) if draft.centre else "",
            only_me=draft.only_me,
            body=draft.body,
            attachments=draft.attachments,
        )

    def as_draft(self, centres: Sequence[Centre], thread_id: UUID | None) -> dict[str, Any]:
        return {
            "thread_id": str(thread_id) if thread_id else None,
            "subject": self.subject,
            "about": self.about.body,
            "centre": _centre(self.centre_id, centres),
            "only_me": self.only_me,
            "body": self.body,
        }

    def as_beginning(self, centres: Sequence[Centre]) -> dict[str, Any]:
        ids = {"thread_id": str(self.thread_id), "message_id": str(self.message_id)}
        return {**self.as_draft(centres, None), **ids}

    def as_answer(self) -> dict[str, Any]:
        return {"message_id": str(self.message_id), "body": self.body}


def _centre(centre_id: str, centres: Sequence[Centre]) -> dict[str, str] | None:
    """Only one that exists, by the name that it has."""
    found = next((one for one in centres if str(one.centre_id) == centre_id), None)
    return {"centre_id": str(found.centre_id), "name": found.name} if found else None


@dataclass(frozen=True)
class Received:
    """A form that was sent: the letter, what to do with it, and the files chosen."""

    letter: Letter
    action: str
    files: Sequence[tuple[str, bytes]] = ()

    @property
    def removed(self) -> UUID | None:
        """The file to take off, when that was the button."""
        verb, _, text = self.action.partition(":")
        return _uuid(text) if verb == REMOVE else None

    @property
    def is_to_send(self) -> bool:
        return self.action == SEND


async def received(request: Request) -> Received:
    """Raises Problem 422 when it is no form of ours."""
    form = await read_form(request, MOST_FILES)
    typed = texts_in(form)
    return Received(
        letter=letter_from(typed),
        action=typed.get("action", SEND),
        files=await files_in(form, "files"),
    )


def letter_from(typed: Mapping[str, str]) -> Letter:
    """Raises Problem 422 without the ids that our forms carry."""
    message_id, thread_id = _uuid(typed.get("message_id")), _uuid(typed.get("thread_id"))
    if message_id is None or thread_id is None:
        raise not_a_form()
    return Letter(
        message_id=message_id,
        thread_id=thread_id,
        subject=typed.get("subject", "")[:1000],
        about=subject_of(typed.get("about", "")),
        centre_id=typed.get("centre_id", ""),
        only_me=typed.get("only_me") == "yes",
        body=typed.get("body", ""),
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


@dataclass
class Delivery:
    """The way of a form to messaging: its errors are gathered, so that one page tells them all."""

    letters: Correspondence
    errors: list[shapes.FieldError] = field(default_factory=list)

    async def keep(self, letter: Letter, body: dict[str, Any]) -> None:
        await self._mended("body", self.letters.keep(letter.message_id, body))

    async def take_off(self, letter: Letter, attachment_id: UUID) -> None:
        await self._mended("files", self.letters.detach(letter.message_id, attachment_id))

    async def join(self, letter: Letter, files: Sequence[tuple[str, bytes]]) -> None:
        for name, content in files:
            attaching = self.letters.attach(letter.message_id, new_id(), name, content)
            await self._mended("files", attaching, name)

    async def send(self, sending: Any) -> bool:
        await self._mended("body", sending)
        return not self.errors

    async def with_files(self, letter: Letter) -> Letter:
        """As it stands now, with what hangs on its draft."""
        try:
            draft = await self.letters.draft(letter.message_id)
        except PeerRefused as refused:
            if refused.status != 404:
                raise
            return letter
        return replace(letter, attachments=draft.attachments)

    async def _mended(self, otherwise: str, asked: Any, name: str = "") -> None:
        """Raises PeerRefused for what no form can mend."""
        try:
            await asked
        except PeerRefused as refused:
            if refused.status not in MENDABLE:
                raise
            said = str(refused.problem.get("detail") or refused.problem.get("title") or "")
            where = str(refused.problem.get("field") or otherwise)
            self.errors.append(shapes.FieldError(where, f"{name}\u00a0: {said}" if name else said))
