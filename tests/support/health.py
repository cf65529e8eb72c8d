"""A child's health data as staff send it, and the ways in which tests send it."""

from typing import Any

import httpx

from chassis.auth import Audience

SECRET = "Arachide-canari"
RECORD = {
    "allergies": [{"substance": SECRET, "measures": "Stylo dans le sac.\nAppeler le 15."}],
    "care_plan": {
        "instructions": "Protocole affiché à l’infirmerie 🩺",
        "valid_from": "2026-09-01",
        "valid_until": "2027-07-31",
    },
    "vaccinations": [
        {"vaccine": "DTP", "given_on": "2020-03-02", "next_due_on": "2025-03-02"},
    ],
    "treatments": [
        {
            "name": "Ventoline",
            "instructions": "Deux bouffées avant le sport",
            "starts_on": None,
            "ends_on": None,
        }
    ],
    "notes": [{"text": "Porte des lunettes", "noted_on": "2026-10-01"}],
}


async def child_of(accounts: Any, identifier: str = "noisetier", **changed: Any) -> str:
    """A new family's first child."""
    made = await accounts.add_family(identifier, **changed)
    return str(made["children"][0]["child_id"])


async def put_health(
    accounts: Any,
    child: object,
    record: Any = RECORD,
    version: Any = 0,
    role: Audience = Audience.SECRETARIAT,
) -> httpx.Response:
    path = f"/v1/staff/children/{child}/health"
    body = {"version": version, "record": record}
    answer: httpx.Response = await accounts.as_staff("PUT", path, body, role)
    return answer
