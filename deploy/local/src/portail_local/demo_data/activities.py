"""What « Les Libellules » offers, with its hours, places and notice periods (invented)."""

from typing import Any

CENTRE = "Les Libellules"
SCHOOL_DAYS = [1, 2, 4, 5]

# canteen, morning and evening: the working day before, 10:00
_DAY_BEFORE = {"anchor": "working_days", "count": 1, "at": "10:00"}
# Wednesday: Thursday of the week before, noon
_THURSDAY_BEFORE = {"anchor": "weekday_of_previous_week", "count": 1, "weekday": 4, "at": "12:00"}
# holidays: fifteen days before the period
_PERIOD = {"anchor": "days_before_period", "count": 15, "at": "12:00"}


def as_bodies(centre_id: str) -> list[dict[str, Any]]:
    """What enrolment's door for activities takes."""
    offered = [
        _activity(
            centre_id,
            "Accueil du matin",
            (18, 28),
            _DAY_BEFORE,
            [_slot("Matin", "07:15", "08:30", "morning")],
        ),
        _activity(
            centre_id,
            "Restauration",
            (24, 36),
            _DAY_BEFORE,
            [_slot("Cantine", "11:30", "13:30", "canteen", meal=True)],
        ),
        _activity(
            centre_id,
            "Accueil du soir",
            (18, 28),
            _DAY_BEFORE,
            [_slot("Soir", "16:30", "18:30", "evening")],
        ),
        _activity(
            centre_id,
            "Mercredi",
            (24, 36),
            _THURSDAY_BEFORE,
            [
                _slot("Journée", "08:00", "18:00", "wednesday-day", meal=True),
                _slot("Matinée et repas", "08:00", "13:30", "wednesday-half-meal", meal=True),
            ],
            weekdays=[3],
        ),
        _activity(
            centre_id,
            "Vacances",
            (24, 36),
            _PERIOD,
            [_slot("Journée", "08:00", "18:00", "holiday-day", meal=True)],
            weekdays=[1, 2, 3, 4, 5],
            season="holiday",
        ),
    ]
    return [{**activity, "position": index} for index, activity in enumerate(offered)]


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


def _slot(
    label: str, starts: str, ends: str, rate_code: str, *, meal: bool = False
) -> dict[str, Any]:
    return {"label": label, "starts": starts, "ends": ends, "rate_code": rate_code, "meal": meal}
