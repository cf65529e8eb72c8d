"""The services' cells as the theme's agenda wants them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis.clock import local_date
from chassis.identifiers import new_id
from chassis.web import french, shapes
from gateway import answers

from . import months, wording

QUIET = frozenset({"free", "few_left", "full", "closed", "holiday", "locked"})
"""States in which nothing was asked for: the week of the home page leaves them out."""


@dataclass(frozen=True)
class Prices:
    """What a family pays, when it is the same on both days: its band may change between them,
    and a price that may be wrong is better not said."""

    first: answers.Rates | None
    last: answers.Rates | None

    def label(self, rate_code: str | None) -> str | None:
        if self.first is None or self.last is None:
            return None
        price = self.first.price_of(rate_code)
        if price is None or price != self.last.price_of(rate_code):
            return None
        return french.euros(price)


NO_PRICES = Prices(None, None)


@dataclass(frozen=True)
class Reader:
    """How cells are told: to whom, when, at which prices."""

    now: datetime
    prices: Prices = NO_PRICES
    names: Mapping[UUID, str] | None = None
    """Given names, when cells of several children stand side by side."""
    confirms: bool = False
    """Whether an action leads to a page of confirmation first (the day's page, with no script)."""

    @property
    def today(self) -> date:
        return local_date(self.now)


def day_url(child_id: UUID | None, day: date) -> str:
    return f"/enfants/{child_id}/agenda/{day}" if child_id else f"/agenda/{day}"


def key_of(cell: answers.Cell) -> str:
    return f"{cell.child_id}_{cell.slot_id}_{cell.day}"


def cell_url(cell: answers.Cell, *, siblings: bool) -> str:
    address = f"/enfants/{cell.child_id}/agenda/cellule?creneau={cell.slot_id}&jour={cell.day}"
    return f"{address}&fratrie=1" if siblings else address


def cell_view(cell: answers.Cell, reader: Reader) -> shapes.Cell:
    return shapes.Cell(
        key=key_of(cell),
        url=cell_url(cell, siblings=reader.names is not None),
        slot_label=french.narrow_spaces(cell.slot_label),
        hours_label=wording.hours(cell),
        state=cell.state,
        state_label=wording.state_label(cell),
        explanation=wording.explanation(cell, reader.now),
        note=cell.note,
        actions=list(_actions(cell, reader)),
        child_id=str(cell.child_id),
        child_name=(reader.names or {}).get(cell.child_id, ""),
        show_child=reader.names is not None,
    )


def _actions(cell: answers.Cell, reader: Reader) -> Iterable[shapes.Action]:
    """Only what this portal can do: a verb that it does not know is not offered."""
    fields = {"child_id": str(cell.child_id), "slot_id": str(cell.slot_id), "day": str(cell.day)}
    if reader.names is not None:
        fields["siblings"] = "1"
    confirm = f"/enfants/{cell.child_id}/agenda/{cell.day}/confirmer"
    if "booking.request" in cell.actions:
        yield shapes.Action(
            kind="booking.request",
            label="Demande de réservation",
            verb="Réserver",
            url=confirm if reader.confirms else f"/enfants/{cell.child_id}/demandes",
            request_id=str(new_id()),
            price_label=reader.prices.label(cell.rate_code),
            fields=fields,
        )
    if "request.withdraw" in cell.actions and cell.request_id is not None:
        yield shapes.Action(
            kind="request.withdraw",
            label="Retirer la demande",
            verb="Retirer",
            url=f"/demandes/{cell.request_id}/retirer",
            request_id=str(new_id()),
            fields=fields,
        )


def day_view(
    day: date,
    cells: Sequence[answers.Cell],
    reader: Reader,
    child_id: UUID | None = None,
    month: date | None = None,
) -> shapes.Day:
    """`child_id` None: the day of all siblings."""
    return shapes.Day(
        date=day,
        number_label=french.day_number(day),
        label=french.day_long(day),
        url=day_url(child_id, day),
        in_month=month is None or (day.year, day.month) == (month.year, month.month),
        is_today=day == reader.today,
        cells=[cell_view(cell, reader) for cell in cells],
    )


def month_view(
    agenda: answers.Agenda,
    month: date,
    reader: Reader,
    child_id: UUID | None,
    siblings: Sequence[answers.Child],
) -> shapes.Agenda:
    """`child_id` None: the siblings together."""
    by_day: dict[date, list[answers.Cell]] = defaultdict(list)
    for day in agenda.days:
        by_day[day.date].extend(day.cells)
    return shapes.Agenda(
        month=months.code(month),
        title=french.month_title(month),
        previous=_turned(month, -1, child_id),
        next=_turned(month, 1, child_id),
        children=_choices(siblings, child_id, month),
        weekday_labels=months.WEEKDAYS,
        weeks=[
            [day_view(day, by_day[day], reader, child_id, month) for day in week]
            for week in months.weeks(month)
            if _belongs(week, month, by_day)
        ],
    )


def _belongs(
    week: Sequence[date], month: date, by_day: Mapping[date, Sequence[answers.Cell]]
) -> bool:
    """Not a week of which the month has only an empty Saturday or Sunday."""
    return any(day.month == month.month and (day.weekday() < 5 or by_day.get(day)) for day in week)


def month_url(child_id: UUID | None, month: date) -> str:
    path = f"/enfants/{child_id}/agenda" if child_id else "/agenda"
    return f"{path}?mois={months.code(month)}"


def _turned(month: date, by: int, child_id: UUID | None) -> shapes.Link:
    other = months.following(month, by)
    return shapes.Link(month_url(child_id, other), months.name(other))


def _choices(
    children: Sequence[answers.Child], chosen: UUID | None, month: date
) -> list[shapes.ChildTab]:
    tabs = [
        shapes.ChildTab(
            child.given_name, month_url(child.child_id, month), child.child_id == chosen
        )
        for child in children
    ]
    if len(children) > 1:
        tabs.append(shapes.ChildTab("Toute la fratrie", month_url(None, month), chosen is None))
    return tabs


def given_names(agenda: answers.Agenda) -> dict[UUID, str]:
    return {child.child_id: child.given_name for child in agenda.children}


def age_of(child: answers.Child, today: date) -> str | None:
    if child.born_on is None or child.born_on > today:
        return None
    return french.age(child.born_on, today)


@dataclass(frozen=True)
class ChildWeek:
    """One child on the home page."""

    child: answers.Child
    age: str | None
    days: Sequence[shapes.Day]


def week_views(
    week: answers.Agenda, monday: date, reader: Reader, family: answers.Family | None
) -> list[ChildWeek]:
    """Monday to Friday of each child: what was asked for, not what could be.

    Only accounts knows when a child was born: without it the age is left out.
    """
    known = {child.child_id: child for child in family.children} if family else {}
    return [
        ChildWeek(
            child=child,
            age=age_of(known.get(child.child_id, child), reader.today),
            days=[
                day_view(day, _asked_for(week, child.child_id, day), reader, child.child_id)
                for day in (monday + timedelta(days=offset) for offset in range(5))
            ],
        )
        for child in week.children
    ]


def _asked_for(week: answers.Agenda, child_id: UUID, day: date) -> list[answers.Cell]:
    return [
        cell
        for one in week.days
        if one.date == day
        for cell in one.cells
        if cell.child_id == child_id and cell.state not in QUIET
    ]
