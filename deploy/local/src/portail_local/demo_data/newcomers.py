"""A family that nobody knows yet: its pre-registration has waited for fifty-eight days.

It came on paper, so that the day when it came in can be said: silence will soon mean acceptance.
"""

from datetime import date, timedelta

from chassis.identifiers import new_id
from portail_contracts.catalogue import Context

from .activities import CENTRE
from .doors import Caller
from .families import DemoChild, born_on

WAITING = timedelta(days=58)
_AWA = DemoChild("Awa", 4)


async def load(secretariat: Caller, today: date) -> None:
    body = {
        "request_id": str(new_id()),
        "typed": {
            "guardian.1.civility": "m",
            "guardian.1.given_name": "Ousmane",
            "guardian.1.family_name": "Tilleul",
            "guardian.1.street": "3 chemin des Ruches",
            "guardian.1.postcode": "38110",
            "guardian.1.city": "Val-d’Arbelle",
            "guardian.1.mobile_phone": "06 39 98 01 58",
            "guardian.1.email": "ousmane.tilleul@example.test",
            "child.1.given_name": _AWA.given_name,
            "child.1.family_name": "Tilleul",
            "child.1.born_on": born_on(_AWA.age, today).isoformat(),
            "child.1.school": "École du Préau",
            "wish.centre": CENTRE,
            "wish.starts_on": (today + timedelta(days=42)).isoformat(),
            "wish.message": "Le mercredi toute la journée, et quelques vacances.",
            "consent": "yes",
        },
        "received_on": (today - WAITING).isoformat(),
    }
    await secretariat.post(Context.ACCOUNTS, "/v1/staff/preregistrations", body)
