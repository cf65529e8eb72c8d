"""Beside the API: calls for help are sorted as they come, and again when a service was away."""

import asyncio
from contextlib import suppress

from accounts.use_cases.sort_calls import Sorter, StoredCall
from chassis.peers import PeerRefused, PeerUnavailable
from chassis.runtime import Runtime
from chassis.telemetry import logger
from portail_contracts.catalogue import Context

from .resources import resources_of

SWEEP_SECONDS = 5.0
SUBJECT = "Accès au portail"

log = logger(__name__)


async def sort_calls(runtime: Runtime) -> None:
    """For ever; a call that another replica received is found by the sweep."""
    waiting = resources_of(runtime).calls_waiting
    while True:
        try:
            await sort_all(runtime)
        except (PeerUnavailable, PeerRefused) as error:
            log.warning("help.not_forwarded", cause=str(error))
        except Exception as error:  # whatever it is, the next sweep is the answer
            log.warning("help.not_sorted", error=type(error).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(waiting.wait(), SWEEP_SECONDS)
        waiting.clear()


async def sort_all(runtime: Runtime) -> None:
    """Everything that waits now."""
    sorter = sorter_of(runtime)
    while await sorter.one_link(runtime.clock.now()):
        continue
    while await sorter.one(runtime.clock.now()):
        continue


def sorter_of(runtime: Runtime) -> Sorter:
    own = resources_of(runtime)

    async def forward(call: StoredCall) -> None:
        said = f"Identifiant donné : {call.identifier}\n\n" if call.identifier else ""
        body = {
            "message_id": str(call.call_id),
            "name": call.name,
            "email": call.email,
            "subject": SUBJECT,
            "body": f"{said}{call.message}",
            # How often one place may write was decided when the call came.
            "address": str(call.call_id),
        }
        await runtime.peers.post(Context.MESSAGING, "/v1/visitor-messages", body)

    return Sorter(runtime.database, own.master_key, own.self_service_reset, forward)
