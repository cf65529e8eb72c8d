"""Several requests accepted at once: each on its own, and each says what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.clock import Clock
from chassis.database import Database
from chassis.telemetry import logger
from enrolment.domain.request import RequestChanged, RulingMissing
from enrolment.domain.submission import NotFound

from .accept_request import accept_request
from .decisions import Decision

log = logger(__name__)

UNKNOWN = "Cette demande n’existe pas, ou plus."
RULING = "Ouvrez-la pour dire si l’absence est facturée\u00a0: son motif ne le dit pas."
AWAY = "Elle n’a pas pu être enregistrée\u00a0: réessayez dans un instant."


@dataclass(frozen=True)
class Outcome:
    """What became of one request; `why_not` is a whole French sentence."""

    decision: Decision
    why_not: str | None = None


async def accept_many(
    database: Database, decisions: Sequence[Decision], clock: Clock
) -> list[Outcome]:
    """In the order given, one transaction each: one that fails takes nothing from the others."""
    return [await _accept(database, decision, clock) for decision in decisions]


async def _accept(database: Database, decision: Decision, clock: Clock) -> Outcome:
    try:
        async with database.transaction() as transaction:
            await accept_request(transaction, decision, now=clock.now())
    except RequestChanged as changed:
        return Outcome(decision, str(changed))
    except RulingMissing:
        return Outcome(decision, RULING)
    except NotFound:
        return Outcome(decision, UNKNOWN)
    except (DBAPIError, PoolTimeout, TimeoutError, ConnectionError) as error:
        log.warning(
            "requests.not_accepted", request_id=str(decision.request_id), error=type(error).__name__
        )
        return Outcome(decision, AWAY)
    return Outcome(decision)
