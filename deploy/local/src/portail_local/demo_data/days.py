"""Every state of the calendar: places that wait or are offered, absences, a window to come."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from chassis.clock import PARIS
from chassis.identifiers import new_id
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller

SCHOOLS = ("École Jean-Moulin", "École des Tilleuls", "École du Val")
TOGETHER = timedelta(weeks=6)
"""The circus of the weeks to come."""


@dataclass(frozen=True)
class Town:
    """Who enters the data, and the two families that the days are about."""

    admin: Caller
    secretariat: Caller
    noisetier: Caller
    sureau: Caller
    families: dict[str, Any]
    centre_id: str
    today: date


async def set_up(town: Town) -> None:
    for name in SCHOOLS:
        await town.admin.post(Context.ENROLMENT, "/v1/staff/schools", {"name": name})
    await _circus(town)
    await _snow(town)
    await _from_bookings(town)


async def _circus(town: Town) -> None:
    """One place a Wednesday: one family has it, the other waits, and is offered one."""
    made = await _opened(
        town,
        {
            "label": "Atelier cirque",
            "kind": "course",
            "weekdays": [3],
            "capacity": {"under_six": 0, "six_and_over": 1},
            "waiting_list": True,
            "offer_hours": 48,
            "slots": [_slot("Cirque", "18:15", "19:30", "evening")],
            "position": 10,
        },
        town.today + timedelta(days=2),
        town.today + TOGETHER,
    )
    slot_id = made["slots"][0]["slot_id"]
    days = await _days_of(town.noisetier, slot_id, town.today)
    elder = _eldest(town, "Noisetier")
    await _ask(town.sureau, _eldest(town, "Sureau"), slot_id, days[:3])
    await _ask(town.noisetier, elder, slot_id, days[:2])
    if len(days) > 1:
        await town.admin.post(
            Context.ENROLMENT,
            f"/v1/staff/activities/{made['activity_id']}/capacity",
            {"day": days[1], "age_group": "six_and_over", "capacity": 2},
        )


async def _snow(town: Town) -> None:
    """A week of snow: booked from a morning to come, by the children who are enrolled."""
    opens = datetime.combine(town.today + timedelta(days=10), time(8), PARIS)
    made = await _opened(
        town,
        {
            "label": "Stage de neige",
            "kind": "course",
            "season": "holiday",
            "weekdays": [1, 2, 3, 4, 5],
            "capacity": {"under_six": 0, "six_and_over": 12},
            "waiting_list": True,
            "needs_enrolment": True,
            "slots": [_slot("Neige", "08:30", "17:30", "holiday-day")],
            "windows": [
                {
                    "first_day": town.today.isoformat(),
                    "last_day": (town.today + timedelta(days=200)).isoformat(),
                    "opens_at": opens.isoformat(),
                }
            ],
            "position": 11,
            # Beside the holidays of the centre it goes beyond the licence: the console says so.
            "confirmed": True,
        },
        town.today,
        town.today + timedelta(days=200),
    )
    await town.noisetier.post(
        Context.ENROLMENT,
        "/v1/me/enrolments",
        {
            "request_id": str(new_id()),
            "child_id": _eldest(town, "Noisetier"),
            "activity_id": made["activity_id"],
            "first_day": town.today.isoformat(),
            "last_day": (town.today + timedelta(days=200)).isoformat(),
        },
    )


async def _from_bookings(town: Town) -> None:
    """One day to be cancelled, one absence declared, one of which the authority took note."""
    booked = await _cells(town.noisetier, town.today, "absence.declare", "booking.cancel")
    today, elder = town.today.isoformat(), _eldest(town, "Noisetier")
    ahead = [one for one in booked if one["day"] > today and one["child_id"] == elder]
    if len(ahead) < 10:
        return
    cancelled, declared, noted = ahead[-1], ahead[-4], ahead[-7]
    await town.noisetier.post(
        Context.ENROLMENT,
        "/v1/me/cancellations",
        {"request_id": str(new_id()), "lines": [_line(cancelled)]},
    )
    await _absent(town.noisetier, declared, "sick_certificate")
    request = await _absent(town.noisetier, noted, "school_trip")
    await town.secretariat.post(
        Context.ENROLMENT,
        f"/v1/staff/requests/{request['request_id']}/accept",
        {"version": request["version"]},
    )


async def _opened(town: Town, body: dict[str, Any], first: date, last: date) -> Any:
    fields = {"centre_id": town.centre_id, "season": "term", **body}
    made = await town.admin.post(Context.ENROLMENT, "/v1/staff/activities", fields)
    await town.admin.post(
        Context.ENROLMENT,
        f"/v1/staff/activities/{made['activity_id']}/open-days",
        {"from": first.isoformat(), "to": last.isoformat()},
    )
    return made


def _slot(label: str, starts: str, ends: str, rate_code: str) -> dict[str, Any]:
    return {"label": label, "starts": starts, "ends": ends, "rate_code": rate_code}


def _eldest(town: Town, family: str) -> str:
    children = town.families[family]["children"]
    return str(min(children, key=lambda one: one["born_on"])["child_id"])


async def _absent(parent: Caller, cell: dict[str, Any], reason: str) -> Any:
    return await parent.post(
        Context.ENROLMENT,
        "/v1/me/absences",
        {
            "request_id": str(new_id()),
            "child_ids": [cell["child_id"]],
            "first_day": cell["day"],
            "last_day": cell["day"],
            "slot_id": cell["slot_id"],
            "reason": reason,
        },
    )


async def _ask(parent: Caller, child_id: str, slot_id: str, days: list[str]) -> None:
    if days:
        await parent.post(
            Context.ENROLMENT,
            "/v1/me/requests/several",
            {
                "request_id": str(new_id()),
                "child_ids": [child_id],
                "slot_ids": [slot_id],
                "days": days,
            },
        )


async def _days_of(parent: Caller, slot_id: str, today: date) -> list[str]:
    cells = await _cells(parent, today, "booking.request")
    return list(dict.fromkeys(cell["day"] for cell in cells if cell["slot_id"] == slot_id))


async def _cells(parent: Caller, today: date, *actions: str) -> list[dict[str, Any]]:
    """Cells of this month and the next in which all of these can be done, in order."""
    following = today.replace(day=1) + timedelta(days=32)
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for month in (f"{today:%Y-%m}", f"{following:%Y-%m}"):
        agenda = await parent.get(Context.ENROLMENT, "/v1/me/agenda", month=month)
        for day in agenda["days"]:
            for cell in day["cells"]:
                if set(actions) <= set(cell["actions"]):
                    found[cell["day"], cell["slot_id"], cell["child_id"]] = cell
    return [found[key] for key in sorted(found)]


def _line(cell: dict[str, Any]) -> dict[str, str]:
    return {name: cell[name] for name in ("child_id", "slot_id", "day")}
