"""How the authority presents itself, in every process: enrolment's record, once it is written.

Until the administration has written it in the console, what the settings say stands (decision 51).
"""

import asyncio
from typing import Annotated, Final

from pydantic import BaseModel, Field, ValidationError

from portail_contracts.catalogue import Context

from .peers import PeerRefused, Peers, PeerUnavailable
from .settings import Authority, SharedSettings

DOOR: Final = "/v1/internal/authority"
LOGO_DOOR: Final = f"{DOOR}/logo"
FINGERPRINT: Final = r"^[0-9a-f]{64}$"
EVERY_S: Final = 30.0
"""Seconds after which a change is on the pages and papers of every process."""

FIRST_S: Final = 1.0
"""Between two tries while enrolment has not answered yet."""


class _Logo(BaseModel):
    logo: Annotated[str, Field(pattern=rf"^$|{FINGERPRINT}")] = ""


async def follow_authority(peers: Peers, shared: SharedSettings) -> None:
    """Keep `shared.authority` as enrolment has it, for ever."""
    wait = FIRST_S
    while True:
        try:
            said = await peers.get(Context.ENROLMENT, DOOR)
            found = shared.authority
            if said["authority"] is not None:
                found = Authority.model_validate(said["authority"])
            logo = _Logo.model_validate(said).logo
            shared.authority = found.model_copy(update={"logo": logo})
            wait = EVERY_S
        except (PeerUnavailable, PeerRefused, ValidationError, LookupError, TypeError):
            # What is known stays; a service that starts has nobody to ask for a moment.
            pass
        await asyncio.sleep(wait)
