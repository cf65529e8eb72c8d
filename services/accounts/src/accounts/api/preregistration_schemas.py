"""What goes through the doors of pre-registration."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from accounts.domain.fields import Field as Declared

from .registry_schemas import FieldOut, field_out
from .words import Address

Path = Annotated[str, StringConstraints(max_length=40)]
Typed = Annotated[str, StringConstraints(max_length=2000)] | bool | None
MOST_PATHS = 120


class PaperIn(BaseModel):
    """`typed` by path: `guardian.1.given_name`, `child.2.born_on`, `wish.centre`, `consent`."""

    request_id: UUID
    typed: Annotated[dict[Path, Typed], Field(max_length=MOST_PATHS)]
    received_on: Annotated[date, Field(ge=date(2020, 1, 1))]


class PreregistrationIn(BaseModel):
    request_id: UUID
    typed: Annotated[dict[Path, Typed], Field(max_length=MOST_PATHS)]
    address: Address


class FormOut(BaseModel):
    """How the form is drawn: the declared fields themselves."""

    guardian: list[FieldOut]
    child: list[FieldOut]
    wish: list[FieldOut]
    most_guardians: int
    most_children: int


class ReceiptOut(BaseModel):
    """What is owed to whoever sent a request (CRPA L.112-11)."""

    request_id: UUID
    number: str
    submitted_at: datetime
    due_on: date
    silence: str


def described(declared: Sequence[Declared]) -> list[FieldOut]:
    return [field_out(one) for one in declared]
