"""Which services ask which: the network lets nothing else through."""

from __future__ import annotations

from portail.secrets_file import CONTEXTS, GATEWAY

ASKS: dict[str, tuple[str, ...]] = {
    # Its own export gathers what the others know of a family.
    "accounts": ("billing", "enrolment", "messaging"),
    "enrolment": ("accounts", "billing", "messaging"),
    "billing": ("accounts",),
    "messaging": ("accounts", "billing", "enrolment"),
    GATEWAY: CONTEXTS,
}


def asked_by(service: str) -> list[str]:
    """Who asks this one."""
    return sorted(caller for caller, peers in ASKS.items() if service in peers)
