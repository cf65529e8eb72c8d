"""Cells of the calendar that say the same for many children: drawn once, dressed for each.

A month of siblings has two hundred cells, and drawing one costs more than reading it. Most say the
same for every family: the same slot, day, state and cut-off. Only these are kept, without whose
they are: the child, its name, the form's token and the requests' ids are put in each time. Cells
with words about somebody (a reason, a number) are drawn each time.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from markupsafe import Markup, escape

from chassis.web import shapes

Draw = Callable[[shapes.Day, shapes.Cell, str], Markup]

KEPT: Final = frozenset(
    {"free", "few_left", "full", "closed", "holiday", "locked", "booked", "present"}
)

_NAME: Final = "\ue000"
_MOST: Final = 4096


class Shelf:
    """At most some thousands of cells, the ones used last."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def drawn(self, draw: Draw, day: shapes.Day, cell: shapes.Cell, form_token: str) -> Markup:
        """The same as `draw(day, cell, form_token)`."""
        if cell.state not in KEPT or not (cell.child_id and form_token):
            return draw(day, cell, form_token)
        own = list(_own(cell, form_token))
        key = _likeness(day, cell)
        pattern = self._kept.get(key)
        if pattern is None:
            nameless = replace(cell, child_name=_NAME if cell.child_name else "")
            pattern = str(draw(day, nameless, form_token))
            for number, value in enumerate(own):
                pattern = pattern.replace(value, _mark(number))
            self._keep(key, pattern)
        else:
            self._kept.move_to_end(key)
        return _dressed(pattern, own, cell.child_name)

    def _keep(self, key: tuple[object, ...], pattern: str) -> None:
        self._kept[key] = pattern
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _own(cell: shapes.Cell, form_token: str) -> Iterator[str]:
    """What no two drawings share: identifiers, which need no escaping."""
    yield cell.child_id
    yield form_token
    for action in cell.actions:
        yield action.request_id


def _mark(number: int) -> str:
    return chr(0xE001 + number)


def _dressed(pattern: str, own: list[str], name: str) -> Markup:
    for number, value in enumerate(own):
        pattern = pattern.replace(_mark(number), value)
    return Markup(pattern.replace(_NAME, str(escape(name))))  # noqa: S704 (drawn by the template)


def _likeness(day: shapes.Day, cell: shapes.Cell) -> tuple[object, ...]:
    """Everything that is seen of a cell but whose it is."""
    child = cell.child_id
    return (
        day.date,
        day.url.replace(child, ""),
        cell.url.replace(child, ""),
        cell.slot_label,
        cell.hours_label,
        cell.state,
        cell.state_label,
        cell.explanation,
        cell.note,
        bool(cell.child_name),
        cell.show_child,
        *(
            (
                one.kind,
                one.label,
                one.verb,
                one.price_label,
                one.url.replace(child, ""),
                one.effect_url is None,
            )
            for one in cell.actions
        ),
    )
