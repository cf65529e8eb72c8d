"""A family looks at its children's days: every cell with its state, reason and cut-off."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from enrolment.domain.activity import Activity, Slot, days
from enrolment.domain.agenda import CellCode, CellFacts, CellState, Why, cell_state
from enrolment.domain.diary import Child, Diary
from enrolment.domain.enrolled import Enrolment
from enrolment.domain.school_calendar import SchoolCalendar
from enrolment.domain.submission import NotFound, UnknownFamily
from enrolment.store.bookings import bookings_of_children
from enrolment.store.catalogue import Catalogue, whole_catalogue
from enrolment.store.enrolments import enrolments_of_children
from enrolment.store.families import find_family
from enrolment.store.places import places_between
from enrolment.store.request_lists import count_pending
from enrolment.wording import sentence_for


@dataclass(frozen=True)
class Cell:
    """One slot of one child on one day; `reason` is a whole French sentence."""

    child: Child
    activity: Activity
    slot: Slot
    day: date
    state: CellState
    note: str | None
    reason: str | None
    request_id: UUID | None
    """The request that now speaks of it."""
    booking_id: UUID | None
    offered_until: datetime | None = None
    """Until when a place is kept for the child, when one is offered."""


@dataclass(frozen=True)
class AgendaView:
    """Cells in the order of day, slot and child; days without a cell have none here."""

    first: date
    last: date
    children: tuple[Child, ...]
    cells: tuple[Cell, ...]
    pending: int
    """Requests of the family that wait for an answer, whatever their day."""


@dataclass(frozen=True)
class Terms:
    """What the house says about all agendas."""

    calendar: SchoolCalendar
    few_left: int


async def show_agenda(
    connection: AsyncConnection,
    family_id: UUID,
    first: date,
    last: date,
    *,
    now: datetime,
    terms: Terms,
    child_id: UUID | None = None,
) -> AgendaView:
    """The days between these, both included; six questions to the database, whatever their number.

    Raises UnknownFamily when the family, or the child, is not known here (yet).
    """
    family = await find_family(connection, family_id)
    children = [c for c in family.children if child_id in (None, c.child_id)] if family else []
    if family is None or (child_id is not None and not children):
        raise UnknownFamily
    catalogue = await whole_catalogue(connection)
    diary = Diary(
        activities=catalogue.activities,
        calendar=terms.calendar,
        places=await places_between(connection, first, last),
        bookings=await bookings_of_children(
            connection, (child.child_id for child in children), first, last
        ),
        enrolments=await _enrolments(connection, catalogue, children),
    )
    cells = tuple(_cells(catalogue, children, diary, first, last, now, terms))
    pending = await count_pending(connection, family_id)
    return AgendaView(first, last, tuple(children), cells, pending)


async def _enrolments(
    connection: AsyncConnection, catalogue: Catalogue, children: list[Child]
) -> list[Enrolment]:
    if not any(activity.needs_enrolment for activity in catalogue.activities.values()):
        return []
    return await enrolments_of_children(connection, (child.child_id for child in children))


async def show_cell(
    connection: AsyncConnection,
    family_id: UUID,
    child_id: UUID,
    slot_id: UUID,
    day: date,
    *,
    now: datetime,
    terms: Terms,
) -> Cell:
    """One cell alone. Raises UnknownFamily, NotFound."""
    view = await show_agenda(
        connection, family_id, day, day, now=now, terms=terms, child_id=child_id
    )
    for cell in view.cells:
        if cell.slot.slot_id == slot_id:
            return cell
    raise NotFound


def _cells(
    catalogue: Catalogue,
    children: list[Child],
    diary: Diary,
    first: date,
    last: date,
    now: datetime,
    terms: Terms,
) -> Iterator[Cell]:
    for day in days(first, last):
        for activity in catalogue.activities.values():
            told: dict[int, _Told] = {}
            for slot in () if diary.is_blank(activity, day) else activity.slots:
                for child in children:
                    facts = diary.facts(child, slot, day)
                    if _is_shown(facts):
                        # Siblings, and slots, of the same facts have the same words.
                        known = told.get(id(facts)) or _Told.of(facts, now, terms.few_left)
                        told[id(facts)] = known
                        yield _cell(child, activity, slot, day, known)


def _is_shown(facts: CellFacts) -> bool:
    """Days on which the activity does not exist for this child have no cell at all."""
    return facts.booking is not None or (facts.runs and facts.receives)


@dataclass(frozen=True)
class _Told:
    """What facts say; kept with them, so that their identity stays theirs."""

    facts: CellFacts
    state: CellState
    note: str | None
    reason: str | None

    @classmethod
    def of(cls, facts: CellFacts, now: datetime, few_left: int) -> "_Told":
        state = cell_state(facts, now, few_left)
        return cls(facts, state, _note(facts, state), sentence_for(state.why, facts, now))


def _cell(child: Child, activity: Activity, slot: Slot, day: date, told: _Told) -> Cell:
    booking = told.facts.booking
    return Cell(
        child=child,
        activity=activity,
        slot=slot,
        day=day,
        state=told.state,
        note=told.note,
        reason=told.reason,
        request_id=booking.open_request_id if booking else None,
        booking_id=booking.booking_id if booking else None,
        offered_until=booking.offered_until if booking else None,
    )


def _note(facts: CellFacts, state: CellState) -> str | None:
    """The few words that stand on the chip beside the state."""
    booking = facts.booking
    if state.code is CellCode.FEW_LEFT and facts.places is not None:
        left = facts.places.open_to_all
        return f"{left}\u00a0place{'s' if left > 1 else ''}"
    if state.why is Why.OFFERED:
        return "place proposée"
    if state.why is Why.WAITING and booking is not None and booking.rank:
        return f"rang\u00a0{booking.rank}"
    return None
