"""Which cell of the calendar an action came from, and under which id it is asked.

Two forms lead here. The page of a day has one for each action, with all that it needs. The month
has one for its hundreds of cells: the button that was pressed adds the key of its cell, and the id
of the request is made from the page's, so that pressing the same button twice asks once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request

from chassis.problems import Problem


@dataclass(frozen=True)
class CellAddress:
    """One slot of one child on one day; `siblings` when shown beside other children's."""

    child_id: UUID
    slot_id: UUID
    day: date
    siblings: bool = False

    @classmethod
    def of_key(cls, key: str, *, siblings: bool = False) -> "CellAddress":
        """Raises ValueError."""
        child, slot, day = key.split("_")
        return cls(UUID(child), UUID(slot), date.fromisoformat(day), siblings)

    @property
    def key(self) -> str:
        return f"{self.child_id}_{self.slot_id}_{self.day}"


@dataclass(frozen=True)
class Pressed:
    """`request_id` is the action's idempotency key everywhere."""

    where: CellAddress
    request_id: UUID


async def pressed(request: Request, child_id: UUID) -> Pressed:
    """Raises Problem 422 for a form that is none of ours."""
    form = await request.form()
    where = cell_of({"child_id": str(child_id), **form})
    try:
        request_id = UUID(str(form.get("request_id")))
    except ValueError:
        raise _nonsense() from None
    if where is None or where.child_id != child_id:
        raise _nonsense()
    if "cell" in form:
        request_id = own_id(request_id, f"{request.url.path} {where.key}")
    return Pressed(where, request_id)


PressedOf = Annotated[Pressed, Depends(pressed)]


def cell_of(form: Mapping[str, Any]) -> CellAddress | None:
    """The cell that the form names, by its key or part by part; None when it names none."""
    siblings = bool(form.get("siblings"))
    try:
        if "cell" in form:
            return CellAddress.of_key(form["cell"], siblings=siblings)
        day = date.fromisoformat(form["day"])
        return CellAddress(UUID(form["child_id"]), UUID(form["slot_id"]), day, siblings)
    except (KeyError, ValueError, AttributeError):
        return None


def own_id(page_id: UUID, action: str) -> UUID:
    """The same page and action give the same UUID of version 7, made when the page was."""
    chance = sha256(page_id.bytes + action.encode()).digest()
    raw = bytearray(page_id.bytes[:6] + chance[:10])
    raw[6] = raw[6] & 0x0F | 0x70
    raw[8] = raw[8] & 0x3F | 0x80
    return UUID(bytes=bytes(raw))


def _nonsense() -> Problem:
    return Problem(422, "portail.invalid-input", "Saisie incorrecte")
