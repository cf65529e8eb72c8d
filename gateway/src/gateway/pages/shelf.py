"""Cells of the calendar that say the same for many children: drawn once, dressed for each.

A month of siblings has two hundred cells, and drawing one costs more than reading it. Most say the
same for every family: the same slot, day, state and cut-off. Only these are kept, without whose
they are: the child and its name are put in each time. Cells with words about somebody (a reason, a
number) are drawn each time.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from markupsafe import Markup, escape

from chassis.web import shapes

Draw = Callable[[shapes.Day, shapes.Cell], Markup]

KEPT: Final = frozenset(
    {"free", "few_left", "full", "closed", "holiday", "locked", "booked", "present"}
)

_NAME: Final = "\ue000"
_CHILD: Final = "\ue001"
_MOST: Final = 4096


class Shelf:
    """At most some thousands of cells, the ones used last."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[object, ...], str] = OrderedDict()

    def drawn(self, draw: Draw, day: shapes.Day, cell: shapes.Cell) -> Markup:
        """The same as `draw(day, cell)`."""
        if cell.state not in KEPT or not cell.child_id:
            return draw(day, cell)
        key = _likeness(day, cell)
        pattern = self._kept.get(key)
        if pattern is None:
            nameless = replace(cell, child_name=_NAME if cell.child_name else "")
            pattern = str(draw(day, nameless)).replace(cell.child_id, _CHILD)
            self._keep(key, pattern)
        else:
            self._kept.move_to_end(key)
        dressed = pattern.replace(_CHILD, cell.child_id)  # an identifier needs no escaping
        name = str(escape(cell.child_name))
        return Markup(dressed.replace(_NAME, name))  # noqa: S704 (drawn by the template)

    def _keep(self, key: tuple[object, ...], pattern: str) -> None:
        self._kept[key] = pattern
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _likeness(day: shapes.Day, cell: shapes.Cell) -> tuple[object, ...]:
    """Everything that is seen of a cell but whose it is."""
    child = cell.child_id
    return (
        day.date,
        day.url.replace(child, ""),
        cell.key.replace(child, ""),
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
