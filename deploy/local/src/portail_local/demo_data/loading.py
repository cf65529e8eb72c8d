"""Enter the demo's data as a town would: staff, prices, activities, families, bookings."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chassis.clock import Clock, clock_from, local_date
from chassis.identifiers import new_id
from chassis.peers import PeerRefused
from portail_contracts.catalogue import Context
from portail_local.access import DemoAccess, DemoAccounts
from portail_local.demo_data import (
    activities,
    bookings,
    days,
    desk,
    files,
    health,
    invoicing,
    letters,
    newcomers,
    papers,
    pointing,
    rates,
)
from portail_local.demo_data.doors import Caller, Doors
from portail_local.demo_data.families import FAMILIES, PASSWORD, DemoFamily, as_body

STAFF = (
    ("secretariat", "Dominique Roy", ["secretariat"], "secrétariat"),
    ("regie", "Paul Mercier", ["cash_office"], "régie"),
    ("centre", "Aïcha Benali", ["centre"], "centre"),
    ("audit", "Claire Fontaine", ["auditor"], "lecture seule"),
)
OPEN_FOR = timedelta(days=300)
OPEN_SINCE = timedelta(days=60)
PATIENCE = 30.0
PAST = timedelta(days=50)
"""Far enough back for last month to have days to bill, whatever the holidays."""


async def load(access: DemoAccess) -> DemoAccounts:
    """Fill an empty system; raises PeerRefused when a door refuses what the demo holds."""
    clock = clock_from(access.clock_shift)
    doors = Doors(access.urls, access.gateway_secret, clock)
    try:
        admin = await doors.sign_in(access.admin_identifier, access.admin_password, "staff")
        agents = await _staff(admin)
        await access.give_passwords(agents, PASSWORD)
        await _fill(access, doors, admin, agents, clock)
    finally:
        await doors.close()
    return _accounts(access)


async def _fill(
    access: DemoAccess, doors: Doors, admin: Caller, agents: dict[str, str], clock: Clock
) -> None:
    today = local_date(clock.now())
    secretariat = await doors.sign_in("secretariat", PASSWORD, "staff")
    cash_office = await doors.sign_in("regie", PASSWORD, "staff")
    for grid in rates.as_bodies(today):
        await cash_office.post(Context.BILLING, "/v1/staff/rate-grids", grid)
    centre, slots = await _activities(admin, today)
    families = {}
    for family in FAMILIES:
        families[family.name] = await _family(secretariat, family, today)
        await _earlier_invoice(cash_office, family, families[family.name], today)
    own = await files.own_accesses(secretariat, families)
    known = [family.identifier for family in FAMILIES if family.signs_in]
    await access.give_passwords([*known, *own], PASSWORD)
    await health.record(secretariat, families, today)
    await papers.record(doors, secretariat, families, today)
    agenda = await _open_days(await doors.sign_in("noisetier", PASSWORD, "family"), today)
    await _bookings(secretariat, families, slots, agenda)
    earliest = min((day for found in agenda.values() for day in found), default=today)
    await invoicing.record(cash_office, families, today, earliest)
    await _story(doors, secretariat, families["Noisetier"], slots, today)
    await days.set_up(
        days.Town(
            admin=admin,
            secretariat=secretariat,
            noisetier=await doors.sign_in("noisetier", PASSWORD, "family"),
            sureau=await doors.sign_in("sureau", PASSWORD, "family"),
            families=families,
            centre_id=centre,
            today=today,
        )
    )
    await letters.write(secretariat, await doors.sign_in("bleuet", PASSWORD, "family"))
    await files.proposals(doors, families, PASSWORD)
    await desk.set_up(admin, agents, [centre])
    await pointing.record(await doors.sign_in("centre", PASSWORD, "staff"), slots, agenda, today)
    await newcomers.load(secretariat, today)


async def _staff(admin: Caller) -> dict[str, str]:
    """Ids by identifier."""
    agents = {}
    for identifier, name, roles, _ in STAFF:
        body = {"name": name, "identifier": identifier, "roles": roles}
        made = await admin.post(Context.ACCOUNTS, "/v1/staff/staff-members", body)
        agents[identifier] = made["staff_id"]
    return agents


async def _activities(admin: Caller, today: date) -> tuple[str, dict[str, str]]:
    """The centre's id, and slot ids by rate code."""
    centre = await admin.post(
        Context.ENROLMENT,
        "/v1/staff/centres",
        {"name": activities.CENTRE, "licensed": activities.LICENSED, "contact": activities.CONTACT},
    )
    slots: dict[str, str] = {}
    span = {
        "from": (today - OPEN_SINCE).isoformat(),
        "to": (today + OPEN_FOR).isoformat(),
    }
    for closure in activities.closures(today):
        await admin.post(Context.ENROLMENT, "/v1/staff/closures", closure)
    for body in activities.as_bodies(centre["centre_id"]):
        made = await admin.post(Context.ENROLMENT, "/v1/staff/activities", body)
        slots |= {slot["rate_code"]: slot["slot_id"] for slot in made["slots"]}
        path = f"/v1/staff/activities/{made['activity_id']}/open-days"
        await admin.post(Context.ENROLMENT, path, span)
    return centre["centre_id"], slots


async def _family(secretariat: Caller, family: DemoFamily, today: date) -> dict[str, Any]:
    made: dict[str, Any] = await secretariat.post(
        Context.ACCOUNTS, "/v1/staff/families", as_body(family, today)
    )
    if family.signs_in:
        await secretariat.post(
            Context.ACCOUNTS,
            f"/v1/staff/families/{made['family_id']}/credentials",
            {
                "identifier": family.identifier,
                "email": f"{family.identifier}@familles.example",
            },
        )
    return made


async def _earlier_invoice(
    cash_office: Caller, family: DemoFamily, made: dict[str, Any], today: date
) -> None:
    """What was still owed when the town changed software."""
    invoice = bookings.EARLIER_INVOICES.get(family.name)
    if invoice is None:
        return
    total, paid = invoice
    last_month = today.replace(day=1) - timedelta(days=1)
    await cash_office.post(
        Context.BILLING,
        f"/v1/staff/families/{made['family_id']}/imported-invoices",
        {
            "number": f"{last_month.year}-{4812 + FAMILIES.index(family):06d}",
            "period": last_month.strftime("%Y-%m"),
            "issued_on": today.replace(day=1).isoformat(),
            "due_on": (today.replace(day=1) + timedelta(days=29)).isoformat(),
            "total_cents": total,
            "paid_cents": paid,
        },
    )


async def _bookings(
    secretariat: Caller,
    families: dict[str, Any],
    slots: dict[str, str],
    agenda: dict[str, list[date]],
) -> None:
    """Days that the front desk entered, for every family."""
    for name, family in families.items():
        lines = bookings.front_desk_lines(name, family["children"], slots, agenda)
        for start in range(0, len(lines), 100):
            body = {
                "request_id": str(new_id()),
                "family_id": family["family_id"],
                "lines": lines[start : start + 100],
                "override_notice": True,
            }
            await secretariat.post(Context.ENROLMENT, "/v1/staff/front-desk/bookings", body)


async def _open_days(parent: Caller, today: date) -> dict[str, list[date]]:
    """Days by rate code, some weeks around today, as any family's agenda shows them."""
    first, last = today - PAST, today + timedelta(days=35)
    found: dict[str, set[date]] = {}
    for month in sorted(
        {
            (first + timedelta(days=ahead)).strftime("%Y-%m")
            for ahead in range((last - first).days + 1)
        }
    ):
        for day in (await _agenda(parent, month))["days"]:
            for cell in day["cells"]:
                if cell["state"] not in ("closed", "holiday"):
                    found.setdefault(cell["rate_code"], set()).add(date.fromisoformat(day["date"]))
    return {code: sorted(d for d in days if first <= d <= last) for code, days in found.items()}


async def _story(
    doors: Doors, secretariat: Caller, family: dict[str, Any], slots: dict[str, str], today: date
) -> None:
    """One request that waits and one that was refused, entered by the family itself."""
    parent = await doors.sign_in("noisetier", PASSWORD, "family")
    child = family["children"][0]
    free = await _bookable(parent, child["child_id"], slots["wednesday-day"], today)
    if len(free) < 2:
        return
    await _ask(parent, child["child_id"], slots["wednesday-day"], free[0])
    refused = await _ask(parent, child["child_id"], slots["wednesday-day"], free[1])
    await secretariat.post(
        Context.ENROLMENT,
        f"/v1/staff/requests/{refused['request_id']}/refuse",
        {
            "version": refused["version"],
            "reason": "Sortie à la journée ce mercredi : le groupe est déjà constitué.",
        },
    )


async def _ask(parent: Caller, child_id: str, slot_id: str, day: str) -> dict[str, Any]:
    body = {
        "request_id": str(new_id()),
        "kind": "booking.request",
        "lines": [{"child_id": child_id, "slot_id": slot_id, "day": day}],
    }
    made: dict[str, Any] = await parent.post(Context.ENROLMENT, "/v1/me/requests", body)
    return made


async def _bookable(parent: Caller, child_id: str, slot_id: str, today: date) -> list[str]:
    """The next days on which the family may ask for that slot."""
    days: list[str] = []
    for ahead in range(4):
        month = (today.replace(day=1) + timedelta(days=31 * ahead)).strftime("%Y-%m")
        agenda = await _agenda(parent, month)
        days += [
            cell["day"]
            for day in agenda["days"]
            for cell in day["cells"]
            if cell["child_id"] == child_id
            and cell["slot_id"] == slot_id
            and "booking.request" in cell["actions"]
        ]
    return list(dict.fromkeys(days))  # two months share the days of a week


async def _agenda(parent: Caller, month: str) -> Any:
    """The month, once enrolment has heard of the family (the news travels by events)."""
    deadline = datetime.now(UTC) + timedelta(seconds=PATIENCE)
    while True:
        try:
            agenda = await parent.get(Context.ENROLMENT, "/v1/me/agenda", month=month)
            if agenda["children"] or datetime.now(UTC) > deadline:
                return agenda
        except PeerRefused:
            if datetime.now(UTC) > deadline:
                raise
        await asyncio.sleep(0.2)


def _accounts(access: DemoAccess) -> DemoAccounts:
    families = [
        {
            "identifier": family.identifier,
            "password": PASSWORD,
            "name": f"Famille {family.name}",
            "role": family.shows,
        }
        for family in FAMILIES
        if family.signs_in
    ]
    families += [
        {
            "identifier": identifier,
            "password": PASSWORD,
            "name": f"{parent} {family.name}",
            "role": "accès personnel, garde alternée",
        }
        for family in FAMILIES
        for parent, identifier in zip(
            family.parents, files.OWN_ACCESSES.get(family.name, ()), strict=False
        )
    ]
    staff = [
        {"identifier": identifier, "password": PASSWORD, "name": name, "role": role}
        for identifier, name, _, role in STAFF
    ]
    staff.append(
        {
            "identifier": access.admin_identifier,
            "password": access.admin_password,
            "name": "Administration",
            "role": "administration",
        }
    )
    return DemoAccounts(families=families, staff=staff)
