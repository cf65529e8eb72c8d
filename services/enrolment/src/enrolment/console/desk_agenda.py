"""A child's month at the front desk: a row a day, its slots, and boxes where staff may act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Final
from uuid import UUID

from chassis.web import french
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
class Box:
    """One slot of the day: its state, and the value to tick where staff may act."""

    slot: str
    state: str
    label: str
    explanation: str
    value: str | None


@dataclass(frozen=True)
class Row:
    """One day and its slots, in the order of their hours."""

    label: str
    is_today: bool
    boxes: tuple[Box, ...]


def rows(view: AgendaView, today: date) -> list[Row]:
    """From today on; a month that is past is shown whole, to be read."""
    from_today = view.last >= today
    shown = [cell for cell in view.cells if cell.day >= today or not from_today]
    return [
        Row(french.sentence(french.day_name(day)), day == today, _boxes(list(of_day)))
        for day, of_day in groupby(shown, key=lambda cell: cell.day)
    ]


def _boxes(cells: Sequence[Cell]) -> tuple[Box, ...]:
    ordered = sorted(cells, key=lambda cell: (cell.slot.starts, cell.slot.ends, cell.slot.label))
    return tuple(_box(cell) for cell in ordered)


def _box(cell: Cell) -> Box:
    late = cell.state.code is CellCode.LOCKED and cell.state.why is Why.LOCKED
    may_act = late or bool(_ACTS & set(cell.state.actions))
    words = CODES[cell.state.code]
    return Box(
        slot=cell.slot.label,
        state=str(cell.state.code),
        label=f"{words}, {cell.note}" if cell.note else words,
        explanation="" if may_act or cell.state.why is Why.BOOKED else cell.reason or "",
        value=f"{cell.slot.slot_id}_{cell.day}" if may_act else None,
    )


def lines_of(child_id: UUID, ticked: Sequence[str]) -> tuple[Line, ...]:
    """From the values of the boxes; raises ValueError for anything else."""
    found = []
    for value in dict.fromkeys(ticked):
        slot_id, _, day = value.partition("_")
        found.append(Line(child_id, UUID(slot_id), date.fromisoformat(day)))
    return tuple(found)
