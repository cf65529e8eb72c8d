"""`portail partitions`: into how many a service's queue is parted, changed on a running house.

Nothing is published for the moment it takes, so what stood in the old queues comes first in the new
ones and each family's facts stay in their order (decision 56). Broken off, it is run again with the
same number; what is then twice in a queue the service's inbox takes once.
"""

import asyncio
from typing import Annotated

import typer

from chassis.broker import topology
from chassis.broker.connection import open_link
from portail.recovery.databases import Store
from portail.telling import Refused, Unusable, Url, told
from portail.told_settings import partitions_setting, told_settings
from portail_contracts.catalogue import Context

from .pause import relays_paused
from .queues import Queues


@told
def partitions(
    service: Annotated[Context, typer.Argument(help="Le service.")],
    count: Annotated[
        int, typer.Argument(min=1, max=topology.MOST_PARTITIONS, help="Nombre de files.")
    ],
    broker_url: Url,
) -> None:
    """Partager la file d’un service en plusieurs, ou n’en faire qu’une.

    Les consommateurs du service (« worker », « consumer ») doivent être arrêtés ; rien d’autre.
    """
    settings = told_settings()
    stores = [Store.of(context, settings) for context in Context]
    moved = asyncio.run(_change(service, count, broker_url, stores))
    print(f"{service} : {count} file(s), {moved} événement(s) déplacé(s).")
    print(
        f"Donnez {partitions_setting(service)}={count} à ses processus et à cette commande, "
        "puis démarrez-les."
    )


async def _change(context: Context, count: int, broker_url: str, stores: list[Store]) -> int:
    link = await open_link(broker_url, "portail.operator")
    try:
        queues = Queues(link, context)
        found = await queues.found()
        steps = list(_steps(context, found, count))
        await queues.refuse_if_read(found)
        async with relays_paused(stores):
            return sum([await _step(queues, context, *step) for step in steps])
    finally:
        await link.close()


def _steps(context: Context, found: set[str], count: int) -> list[tuple[int, int]]:
    """(before, after), one after another: between two numbers of parts the queue is one for a
    moment. With both kinds there, a change to `count` was broken off."""
    one = topology.events_queue(context) in found
    parts = len(found) - one
    if not found:
        raise Refused(f"{context} n’a pas de file : « portail provision ».")
    if one and parts not in (0, count) and count != 1:
        raise Unusable(f"un passage à {parts} ou à 1 fut interrompu : relancez-le d’abord.")
    if one:
        return [(1, count)] if count > 1 else [(max(parts, 1), 1)]
    return [(parts, 1), (1, count)] if count not in (1, parts) else [(parts, count)]


async def _step(queues: Queues, context: Context, before: int, after: int) -> int:
    await queues.make(after)
    if before == after:
        await queues.lead_in(after)
        return 0
    await queues.lead_back(after, before)
    old = topology.events_queues(context, before)
    moved = sum([await queues.move(name) for name in old])
    await queues.lead_in(after)
    await queues.take_away(old, parting=after == 1)
    return moved
