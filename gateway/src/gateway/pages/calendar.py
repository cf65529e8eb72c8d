"""The services' cells as the theme's agenda wants them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from chassis.web import french, shapes
from gateway import answers
from gateway.pressing import CellAddress
from gateway.rounds import fresh_request_id

from . import months, wording
from .actions import NO_PRICES, Prices, Reader, actions_of

__all__ = ["NO_PRICES", "Prices", "Reader"]


QUIET = frozenset({"free", "few_left", "full", "closed", "holiday", "locked"})
"""States in which nothing was asked for: the week of the home page leaves them out."""


def day_url(child_id: UUID | None, day: date) -> str:
    return f"/enfants/{child_id}/agenda/{day}" if child_id else f"/agenda/{day}"


def form_of(child_id: UUID | None) -> dict[str, Any]:
    """What all cells of a page share; `child_id` None: the siblings together."""
    together = child_id is None
    return {
        "cell_url": f"/agenda/cellule?{'fratrie=1&' if together else ''}cle=",
        "request_id": fresh_request_id(),
        "fields": {"siblings": "1"} if together else {},
    }


def cell_view(cell: answers.Cell, reader: Reader) -> shapes.Cell:
    return shapes.Cell(
        key=CellAddress(cell.child_id, cell.slot_id, cell.day).key,
        slot_label=french.narrow_spaces(cell.slot_label),
        hours_label=wording.hours(cell),
        state=cell.shown_state,
        state_label=wording.state_label(cell),
        explanation=wording.explanation(cell, reader.now),
        note=wording.note(cell),
        actions=list(actions_of(cell, reader)),
        child_id=str(cell.child_id),
        child_name=(reader.names or {}).get(cell.child_id, ""),
        show_child=reader.names is not None,
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
    reasons: Sequence[shapes.Choice] = (),
) -> shapes.Agenda:
    """`child_id` None: the siblings together."""
    by_day = cells_by_day(agenda, child_id)
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
        reasons=reasons,
        several_url=several_url(child_id),
        **form_of(child_id),
        views=views(child_id, _in_month(month, reader.today), is_week=False),
    )


def _in_month(month: date, today: date) -> date:
    """The day whose week stands for the month: today, or its first day."""
    return today if (today.year, today.month) == (month.year, month.month) else month


def week_view(
    agenda: answers.Agenda,
    monday: date,
    reader: Reader,
    child_id: UUID | None,
    siblings: Sequence[answers.Child],
    reasons: Sequence[shapes.Choice] = (),
) -> shapes.Agenda:
    """One week alone, as the month shows it; `child_id` None: the siblings together."""
    by_day = cells_by_day(agenda, child_id)
    week = [monday + timedelta(days=offset) for offset in range(7)]
    before, after = monday - timedelta(days=7), monday + timedelta(days=7)
    tabs = [
        shapes.ChildTab(
            child.given_name, week_url(child.child_id, monday), child.child_id == child_id
        )
        for child in siblings
    ]
    if len(siblings) > 1:
        tabs.append(shapes.ChildTab("Toute la fratrie", week_url(None, monday), child_id is None))
    return shapes.Agenda(
        month=months.code(monday),
        title=f"Semaine du {french.day_long(monday)}",
        previous=shapes.Link(week_url(child_id, before), "Semaine précédente"),
        next=shapes.Link(week_url(child_id, after), "Semaine suivante"),
        children=tabs,
        weekday_labels=months.WEEKDAYS,
        weeks=[[day_view(day, by_day[day], reader, child_id) for day in week]],
        reasons=reasons,
        several_url=several_url(child_id),
        **form_of(child_id),
        views=views(child_id, monday, is_week=True),
    )


def cells_by_day(agenda: answers.Agenda, child_id: UUID | None) -> dict[date, list[answers.Cell]]:
    by_day: dict[date, list[answers.Cell]] = defaultdict(list)
    for day in agenda.days:
        by_day[day.date].extend(cell for cell in day.cells if child_id in (None, cell.child_id))
    return by_day


def week_url(child_id: UUID | None, day: date) -> str:
    monday = day - timedelta(days=day.weekday())
    path = f"/enfants/{child_id}/agenda" if child_id else "/agenda"
    return f"{path}/semaine/{monday}"


def several_url(child_id: UUID | None) -> str:
    return "/agenda/plusieurs-jours" + (f"?enfant={child_id}" if child_id else "")


def views(child_id: UUID | None, day: date, *, is_week: bool) -> list[shapes.ChildTab]:
    """Month and week of the same days."""
    return [
        shapes.ChildTab("Mois", month_url(child_id, day.replace(day=1)), not is_week),
        shapes.ChildTab("Semaine", week_url(child_id, day), is_week),
    ]


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
