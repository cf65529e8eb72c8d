"""Cells that are kept look exactly as if they were drawn for their own child."""

from datetime import date

from chassis.web import shapes
from gateway.pages.rendering import theme
from gateway.pages.shelf import Shelf

_, TEMPLATES = theme()
CELL = TEMPLATES.get_template("macros/agenda.html").module.cell


def _cell(child: str, name: str, **more: object) -> shapes.Cell:
    action = shapes.Action(
        "booking.request",
        "Demande de réservation",
        f"/enfants/{child}/demandes",
        "the page's",
        price_label="12,50 €",
        fields={"child_id": child, "day": "2026-12-02", "siblings": "1"},
    )
    given: dict[str, object] = {
        "key": f"{child}_slot_2026-12-02",
        "slot_label": "Journée",
        "hours_label": "8 h – 18 h",
        "state": "free",
        "state_label": "Disponible",
        "explanation": "Modifiable jusqu’à demain.",
        "actions": [action],
        "child_id": child,
        "child_name": name,
        "show_child": bool(name),
    }
    return shapes.Cell(**{**given, **more})  # type: ignore[arg-type]


def _day(child: str) -> shapes.Day:
    day = date(2026, 12, 2)
    return shapes.Day(day, "2", "mercredi 2 décembre 2026", f"/enfants/{child}/agenda/{day}")


def test_a_kept_cell_is_the_drawn_one_with_its_own_child_names_and_ids() -> None:
    shelf = Shelf(most=3)
    cells = [
        _cell("child-1", "Lou"),
        _cell("child-2", "Zoé <b>"),
        _cell("child-3", ""),
        _cell("child-4", "", state="few_left", note="2 places"),
        _cell("child-5", "", state="few_left", note="1 place"),
        _cell("child-6", "Lou", state="refused", state_label="Refusé"),
        _cell("child-7", "Noé", actions=[]),
    ]
    for _ in range(2):
        for cell in cells:
            assert shelf.drawn(CELL, _day(cell.child_id), cell) == CELL(_day(cell.child_id), cell)
