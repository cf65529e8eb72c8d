"""How the demo's agents are set up: a team for the centre, and reasons at hand for refusals."""

import asyncio
from datetime import UTC, datetime, timedelta

from chassis.peers import PeerRefused
from portail_contracts.catalogue import Context
from portail_local.demo_data.doors import Caller

PATIENCE = timedelta(seconds=30)

REASONS = (
    ("Groupe complet", "Le groupe est complet ce jour-là. Vous pouvez demander un autre jour."),
    ("Dossier incomplet", "Il manque une pièce au dossier : voyez la page « Mon compte »."),
    ("Sortie à la journée", "Une sortie est prévue ce jour-là : l’accueil se fait à la journée."),
)


async def set_up(admin: Caller, agents: dict[str, str], centre_ids: list[str]) -> None:
    """`agents` are ids by identifier, as accounts gave them."""
    for label, words in REASONS:
        body = {"label": label, "words": words}
        await admin.post(Context.ENROLMENT, "/v1/staff/refusal-reasons", body)
    await _team(admin, agents["centre"], centre_ids)


async def _team(admin: Caller, staff_id: str, centre_ids: list[str]) -> None:
    """Once enrolment has heard of the agent: the news travels by events."""
    deadline = datetime.now(UTC) + PATIENCE
    while True:
        try:
            path = f"/v1/staff/teams/{staff_id}"
            await admin.post(Context.ENROLMENT, path, {"centre_ids": centre_ids})
            return
        except PeerRefused as refused:
            if refused.status != 404 or datetime.now(UTC) > deadline:
                raise
        await asyncio.sleep(0.2)
