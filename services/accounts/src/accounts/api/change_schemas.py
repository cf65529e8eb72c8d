"""Proposed changes and the forms that they come from, through the doors."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from accounts.domain.change import ChangeState, ItemState
from accounts.domain.fields import Value, Widget

Path = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Typed = Annotated[str, StringConstraints(max_length=2000)] | bool | int | None
"""What somebody typed: the fields' own readers say what is wrong with it."""


class ChangeIn(BaseModel):
    """`typed` is by field path, as the sheet names them; what is not sent stays as it is."""

    model_config = ConfigDict(extra="forbid")

    request_id: UUID
    kind: Literal["family.update", "child.update", "child.authorisations", "child.add"]
    child_id: UUID | None = None
    typed: Annotated[dict[Path, Typed], Field(min_length=1, max_length=200)]
    version: Annotated[int, Field(ge=1, le=2**31)] | None = Field(
        default=None, description="Of the file that was seen when this was typed."
    )
    replaces: UUID | None = Field(default=None, description="The pending change it corrects.")


class StaffChangeIn(ChangeIn):
    """The same at the front desk, on behalf of a family."""

    family_id: UUID


class ChangeItemOut(BaseModel):
    """From what to what, in words; `typed` starts the form that corrects it."""

    item_id: UUID
    path: str
    label: str
    old: str | None
    new: str | None
    typed: dict[str, Value]
    state: ItemState
    is_hidden: bool = Field(description="Private to another guardian: old and new are not said.")


class AlikeOut(BaseModel):
    """A file that a newcomer may already have."""

    family_id: UUID
    said: str


class StaffChangeItemOut(ChangeItemOut):
    alike: list[AlikeOut] = Field(description="Of a newcomer: files that look like it.")
    found: str | None = Field(description="What stood in the way when it was to be applied.")


class Receipt(BaseModel):
    """The receipt owed at once (CRPA L.112-11)."""

    service: str
    phone: str
    email: str
    silence: str


class ChangeHead(BaseModel):
    request_id: UUID
    number: str
    kind: str
    child_id: UUID | None
    subject: str
    state: ChangeState
    version: int
    submitted_at: datetime
    submitted_by: str
    due_on: date
    replaces: UUID | None


class ChangeOut(ChangeHead):
    items: list[ChangeItemOut]
    receipt: Receipt


class StaffChangeOut(ChangeHead):
    family_id: UUID
    channel: str
    base_version: int
    items: list[StaffChangeItemOut]


class ChangeList(BaseModel):
    items: list[ChangeOut]
    page: int
    pages: int
    total: int


class Choice(BaseModel):
    code: str
    label: str


class FieldOut(BaseModel):
    """One field of a form, with everything that draws and checks it."""

    path: str
    label: str
    widget: Widget
    value: Value
    required: bool
    longest: int
    choices: list[Choice]
    hint: str | None
    autocomplete: str | None


class PendingItem(BaseModel):
    """What waits for an answer about an item."""

    request_id: UUID
    number: str
    state: ChangeState
    submitted_at: datetime
    new: str
    typed: dict[str, Value]


class ItemOut(BaseModel):
    """What is shown, and changed as a whole."""

    path: str
    label: str
    shown: str
    can_be_removed: bool
    signed_by: str | None
    signed_at: datetime | None
    fields: list[FieldOut]
    pending: PendingItem | None


class SectionOut(BaseModel):
    key: str
    title: str
    kind: str
    child_id: UUID | None
    version: int
    is_hidden: bool
    is_new: bool
    needs_signature: bool
    items: list[ItemOut]


class Sheet(BaseModel):
    """The sections of a page and all that waits for an answer about it."""

    sections: list[SectionOut]
    pending: list[ChangeOut]
