"""What « Les Libellules » offers, with its hours, places and notice periods (invented)."""

from datetime import date
from typing import Any

CENTRE = "Les Libellules"
LICENSED = {"under_six": 24, "six_and_over": 36}
SCHOOL_DAYS = [1, 2, 4, 5]
CONTACT = {
    "phone": "04 74 00 00 11",
    "email": "libellules@val-arbelle.example",
    "openings": [
        *(
            {"weekday": weekday, "opens": opens, "closes": closes}
            for weekday in SCHOOL_DAYS
            for opens, closes in (("07:15", "08:30"), ("16:30", "18:30"))
        ),
        {"weekday": 3, "opens": "07:30", "closes": "18:30"},
    ],
}

# canteen, morning and evening: the working day before, 10:00
_DAY_BEFORE = {"anchor": "working_days", "count": 1, "at": "10:00"}
# Wednesday: Thursday of the week before, noon
_THURSDAY_BEFORE = {"anchor": "weekday_of_previous_week", "count": 1, "weekday": 4, "at": "12:00"}
# holidays: fifteen days before the period
_PERIOD = {"anchor": "days_before_period", "count": 15, "at": "12:00"}


OFFERED: tuple[tuple[str, tuple[int, int], dict[str, Any], list[Any], dict[str, Any]], ...] = (
    # label, places under six and over, notice period, slots, days
    ("Accueil du matin", (18, 28), _DAY_BEFORE, [("Matin", "07:15", "08:30", "morning")], {}),
    (
        "Restauration",
        (24, 36),
        _DAY_BEFORE,
        [("Cantine", "11:30", "13:30", "canteen", True)],
        {},
    ),
    ("Accueil du soir", (18, 28), _DAY_BEFORE, [("Soir", "16:30", "18:30", "evening")], {}),
    (
        "Mercredi",
        (24, 36),
        _THURSDAY_BEFORE,
        [
            ("Journée", "08:00", "18:00", "wednesday-day", True),
            ("Matinée et repas", "08:00", "13:30", "wednesday-half-meal", True),
        ],
        {"weekdays": [3]},
    ),
    (
        "Vacances",
        (24, 36),
        _PERIOD,
        [("Journée", "08:00", "18:00", "holiday-day", True)],
        {"weekdays": [1, 2, 3, 4, 5], "season": "holiday"},
    ),
)


def as_bodies(centre_id: str) -> list[dict[str, Any]]:
    """What enrolment's door for activities takes."""
    offered = [
        _activity(centre_id, label, capacity, notice, [_slot(*slot) for slot in slots], **when)
        for label, capacity, notice, slots, when in OFFERED
    ]
    return [{**activity, "position": index} for index, activity in enumerate(offered)]


def closures(today: date) -> list[dict[str, str]]:
    """Christmas and the middle of August: the service is closed, this school year and the next."""
    return [
        {"first_day": first, "last_day": last, "label": label}
        for year in (today.year - 1, today.year, today.year + 1)
        for first, last, label in (
            (f"{year}-12-21", f"{year + 1}-01-02", "Fermeture de Noël"),
            (f"{year}-08-02", f"{year}-08-20", "Fermeture d’été"),
        )
    ]


def _activity(
    centre_id: str,
    label: str,
    capacity: tuple[int, int],
    notice: dict[str, Any],
    slots: list[dict[str, Any]],
    *,
    weekdays: list[int] | None = None,
    season: str = "term",
) -> dict[str, Any]:
    return {
        "centre_id": centre_id,
        "label": label,
        "season": season,
        "weekdays": weekdays or SCHOOL_DAYS,
        "capacity": {"under_six": capacity[0], "six_and_over": capacity[1]},
        "notice_rules": [{"action": action, **notice} for action in ("book", "cancel")],
        "slots": slots,
    }


def _slot(label: str, starts: str, ends: str, rate_code: str, meal: bool = False) -> dict[str, Any]:
    return {"label": label, "starts": starts, "ends": ends, "rate_code": rate_code, "meal": meal}
