"""A form of pre-registration as it came in, and the document that it may carry."""

from dataclasses import dataclass, field
from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData

from chassis.examination import MOST_BYTES
from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from chassis.uploads import Limits, file_in, read_within

from . import newcomers
from .gateway import Gateway
from .pages import documents
from .pages.newcomer import DOCUMENT
from .upstream import Form

LONGEST_VALUE = 2000
MOST_FIELDS = 140
LIMITS = Limits(fields=MOST_FIELDS, file_bytes=MOST_BYTES + 1)


@dataclass
class Filling:
    """A form as it came in: what is typed, and the file that it may carry."""

    sent: FormData
    request_id: UUID
    children: int = 1
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> dict[str, str]:
        """What makes the request; the card of documents goes its own way."""
        return {name: value for name, value in self.typed.items() if not _is_of_document(name)}

    def forget_document(self) -> None:
        """It is joined: its fields are free for another."""
        self.typed = self.words


async def read_filling(request: Request) -> Filling:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        sent = await read_within(request, LIMITS)
    else:
        sent = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return Filling(sent, _request_id(sent), _count(sent.get("children")), _typed(sent))


async def join_chosen(gateway: Gateway, request: Request, filling: Filling) -> None:
    """The chosen file is joined whatever the button was: it would be lost on the way back."""
    name, content = await file_in(filling.sent, "document.file")
    told = [filling.typed.get(f"{DOCUMENT}{one}") for one in ("kind", "dated_on")]
    if not (name or content or any(told) or "add-document" in filling.sent):
        return
    fields = {
        one: filling.typed.get(f"{DOCUMENT}{one}", "")
        for one in ("document_id", "kind", "child", "dated_on", "expires_on")
    }
    form = Form({**fields, "address": address_of(request)}, name, content)
    try:
        await newcomers.join(gateway.upstream, filling.request_id, form)
    except PeerRefused as refused:
        raise _about_document(refused) from None
    filling.forget_document()


def _about_document(refused: PeerRefused) -> PeerRefused:
    """The same refusal with each field named as the page names it, and in words."""
    if refused.status not in (409, 422):
        return refused
    wrong = documents.errors_by_field(refused.problem)
    if not wrong:
        wrong = {"file": str(refused.problem.get("detail") or refused.problem.get("title"))}
    renamed = [
        {"field": DOCUMENT + ("child" if name == "child_id" else name), "message": words}
        for name, words in wrong.items()
    ]
    return PeerRefused(422, {**refused.problem, "fields": renamed})


def _typed(sent: FormData) -> dict[str, str]:
    """What was typed by path; what is not text, or is none of ours, is left out."""
    return {
        name: value[:LONGEST_VALUE].replace("\r\n", "\n")
        for name, value in sent.multi_items()
        if isinstance(value, str) and (name == "consent" or "." in name) and len(name) <= 40
    }


def _is_of_document(name: str) -> bool:
    return name.startswith(DOCUMENT)


def taken_back(sent: FormData) -> UUID | None:
    try:
        return UUID(str(sent.get("remove-document")))
    except ValueError:
        return None


def _request_id(sent: FormData) -> UUID:
    try:
        return UUID(str(sent.get("request_id")))
    except ValueError:
        return new_id()


def _count(value: object) -> int:
    text = str(value)
    return int(text) if text in ("1", "2", "3", "4", "5", "6") else 1


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""
