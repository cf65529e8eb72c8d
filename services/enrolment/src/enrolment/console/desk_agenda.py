"""A child's month at the front desk: a row a day, a column a slot, boxes where staff act."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from chassis.web import french
from enrolment.domain.activity import Slot
from enrolment.domain.agenda import CellAction, CellCode, Why
from enrolment.domain.submission import Line
from enrolment.use_cases.show_agenda import AgendaView, Cell

CODES: Final = {
    CellCode.FREE: "Disponible",
    CellCode.FEW_LEFT: "Dernières places",
    CellCode.REQUESTED: "Demande en attente",
    CellCode.BOOKED: "Réservé",
    CellCode.WAITLISTED: "Liste d’attente",
    CellCode.REFUSED: "Refusé",
    CellCode.CANCEL_REQUESTED: "Annulation demandée",
    CellCode.ABSENCE_DECLARED: "Absence déclarée",
    CellCode.ABSENT_JUSTIFIED: "Absence justifiée",
    CellCode.ABSENT_UNJUSTIFIED: "Absence non justifiée",
    CellCode.PRESENT: "Présence",
    CellCode.FULL: "Complet",
    CellCode.CLOSED: "Fermé",
    CellCode.HOLIDAY: "Férié",
    CellCode.LOCKED: "Délai dépassé",
}

_ACTS: Final = frozenset({CellAction.REQUEST, CellAction.CANCEL})


@dataclass(frozen=True)
class Column:
    """A slot, with what it belongs to."""

    slot_id: UUID
    label: str
    activity: str


@dataclass(frozen=True)
class Box:
    """One cell: its state, and the value to tick where staff may act; `late` needs agreement."""

    state: str
    label: str
    note: str | None
    explanation: str
    value: str | None
    name: str
    late: bool


@dataclass(frozen=True)
class Row:
    """One day; a column without a cell has None."""

    label: str
    is_today: bool
    boxes: tuple[Box | None, ...]


@dataclass(frozen=True)
class Month:
    """What the page shows of one child."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def month(view: AgendaView, today: date, now: datetime) -> Month:
    """Days before today are left out unless something is there: nobody books the past."""
    shown = [cell for cell in view.cells if cell.day >= today or cell.booking_id is not None]
    slots: dict[UUID, Cell] = {}
    for cell in shown:
        slots.setdefault(cell.slot.slot_id, cell)
    ordered = sorted(slots.values(), key=lambda cell: _order(cell.slot))
    columns = tuple(Column(one.slot.slot_id, one.slot.label, one.activity.label) for one in ordered)
    return Month(columns, tuple(_rows(shown, columns, today, now)))


def _order(slot: Slot) -> tuple[object, ...]:
    return slot.starts, slot.ends, slot.label, slot.slot_id


def _rows(
    cells: Sequence[Cell], columns: Sequence[Column], today: date, now: datetime
) -> Iterator[Row]:
    for day, of_day in groupby(cells, key=lambda cell: cell.day):
        by_slot = {cell.slot.slot_id: _box(cell, now) for cell in of_day}
        label = french.sentence(french.day_name(day))
        boxes = tuple(by_slot.get(column.slot_id) for column in columns)
        if any(boxes):
            yield Row(label, day == today, boxes)


def _box(cell: Cell, now: datetime) -> Box:
    late = cell.state.code is CellCode.LOCKED and cell.state.why is Why.LOCKED
    may_act = late or bool(_ACTS & set(cell.state.actions))
    name = f"{cell.slot.label}, {french.day_name(cell.day)}"
    return Box(
        state=str(cell.state.code),
        label=CODES[cell.state.code],
        note=cell.note,
        explanation=cell.reason or "",
        value=f"{cell.slot.slot_id}_{cell.day}" if may_act else None,
        name=f"{name}, {french.uncapitalise(CODES[cell.state.code])}",
        late=late,
    )


def lines_of(child_id: UUID, ticked: Sequence[str]) -> tuple[Line, ...]:
    """From the values of the boxes; raises ValueError for anything else."""
    found = []
    for value in dict.fromkeys(ticked):
        slot_id, _, day = value.partition("_")
        found.append(Line(child_id, UUID(slot_id), date.fromisoformat(day)))
    return tuple(found)
