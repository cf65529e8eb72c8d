"""Which days the demo's children come: a habit per family, repeated over the weeks around today."""

from datetime import date
from typing import Any

EARLIER_INVOICES: dict[str, tuple[int, int]] = {
    # family: (total, already paid), in cents
    "Noisetier": (7220, 0),
    "Sureau": (21460, 10000),
    "Érable": (1240, 0),
    "Aubépine": (9960, 9960),
}

HABITS: dict[str, dict[str, set[int]]] = {
    # family: rate code → ISO weekdays
    "Noisetier": {"canteen": {1, 2, 4, 5}, "evening": {1, 5}},
    "Bleuet": {"canteen": {1, 4}, "wednesday-day": {3}},
    "Genêt": {"canteen": {1, 2, 4, 5}, "morning": {2}},
    "Sureau": {"canteen": {1, 2, 4, 5}, "wednesday-half-meal": {3}},
    "Aubépine": {"canteen": {2, 4}},
    "Mélèze": {"canteen": {1, 2, 4, 5}, "evening": {1, 2, 4}},
    "Fougère": {"wednesday-day": {3}},
    "Érable": {"canteen": {5}},
    "Sorbier": {"canteen": {1, 2}, "morning": {1, 2}},
}


def front_desk_lines(
    family: str,
    children: list[dict[str, Any]],
    slots: dict[str, str],
    open_days: dict[str, list[date]],
) -> list[dict[str, str]]:
    """What the front desk enters for this family, in the order of the days."""
    lines = [
        {"child_id": child["child_id"], "slot_id": slots[code], "day": day.isoformat()}
        for code, weekdays in HABITS.get(family, {}).items()
        for day in open_days.get(code, [])
        if day.isoweekday() in weekdays
        for child in children
    ]
    return sorted(lines, key=lambda line: line["day"])
