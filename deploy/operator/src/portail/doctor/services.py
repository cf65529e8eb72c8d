"""Each service asked over HTTP: whether it is there, whether it is ready, what time it has."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp

from portail_contracts.catalogue import Context

from .findings import Finding, attention, fault, sound

PATIENCE = aiohttp.ClientTimeout(total=5)
NOTABLE_SECONDS = 2.0
WRONG_SECONDS = 30.0
"""Tokens live five minutes and are given a little; clocks this far apart refuse people."""


def addresses(settings: Mapping[str, str]) -> dict[str, str]:
    """Of the four services, and of the gateway when this command was told."""
    found = {
        str(context): settings.get(f"PORTAIL_{context.upper()}_URL", "") for context in Context
    }
    gateway = settings.get("GATEWAY_PUBLIC_URL")
    return {**found, **({"gateway": gateway} if gateway else {})}


async def examine(settings: Mapping[str, str]) -> list[Finding]:
    known = {name: url for name, url in addresses(settings).items() if url}
    async with aiohttp.ClientSession(timeout=PATIENCE) as session:
        found = await asyncio.gather(*(_ask(session, name, url) for name, url in known.items()))
    return [one for several in found for one in several]


async def _ask(session: aiohttp.ClientSession, name: str, url: str) -> list[Finding]:
    # The gateway shows its health to nobody outside: its page of entrance is asked instead.
    path = "/connexion" if name == "gateway" else "/health/ready"
    try:
        async with session.get(url.rstrip("/") + path, allow_redirects=False) as answer:
            await answer.read()
            clock = _clock(name, answer.headers.get("Date"))
            return [_readiness(name, answer.status), *clock]
    except (aiohttp.ClientError, TimeoutError) as error:
        return [fault(name, f"ne répond pas ({type(error).__name__}).")]


def _readiness(name: str, status: int) -> Finding:
    if status == 200:
        return sound(name, "répond et se dit prêt.")
    if status == 503:
        return fault(
            name, "n’est pas prêt : base de données absente, ou schéma d’une autre version."
        )
    return fault(name, f"répond {status} au lieu de 200.")


def _clock(name: str, date: str | None) -> list[Finding]:
    if date is None:
        return []
    # A header tells whole seconds.
    apart = abs((parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()) - 1
    words = f"son horloge s’écarte de {apart:.0f} s de celle d’ici."
    if apart > WRONG_SECONDS:
        return [fault(f"horloge {name}", words)]
    return [attention(f"horloge {name}", words)] if apart > NOTABLE_SECONDS else []
