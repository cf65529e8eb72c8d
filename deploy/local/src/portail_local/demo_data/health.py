"""What is known of the health of two children: a care plan, and a vaccination that is overdue."""

from datetime import date, timedelta
from typing import Any

from portail_contracts.catalogue import Context

from .doors import Caller


async def record(secretariat: Caller, families: dict[str, Any], today: date) -> None:
    for family, health in (("Mélèze", _meleze(today)), ("Noisetier", _noisetier(today))):
        child_id = families[family]["children"][0]["child_id"]
        await secretariat.put(
            Context.ACCOUNTS,
            f"/v1/staff/children/{child_id}/health",
            {"version": 0, "record": health},
        )


def _meleze(today: date) -> dict[str, Any]:
    return {
        "allergies": [
            {
                "substance": "Arachide",
                "measures": "Aucun aliment en contenant. Stylo d’adrénaline dans la trousse rouge.",
            }
        ],
        "care_plan": {
            "instructions": "Panier-repas fourni par la famille. En cas de réaction : stylo, "
            "puis appel du 15.",
            "valid_from": today.replace(month=1, day=1).isoformat(),
            "valid_until": (today + timedelta(days=240)).isoformat(),
        },
        "vaccinations": [
            {
                "vaccine": "Diphtérie, tétanos, poliomyélite",
                "given_on": (today - timedelta(days=2000)).isoformat(),
                "next_due_on": (today - timedelta(days=60)).isoformat(),
            }
        ],
    }


def _noisetier(today: date) -> dict[str, Any]:
    return {
        "vaccinations": [
            {
                "vaccine": "Diphtérie, tétanos, poliomyélite",
                "given_on": (today - timedelta(days=400)).isoformat(),
                "next_due_on": (today + timedelta(days=1400)).isoformat(),
            }
        ],
        "notes": [{"text": "Porte des lunettes, à garder pendant le sport."}],
    }
