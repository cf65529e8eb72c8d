"""The queues of one service at the broker: found, made, emptied into others, taken away.

By the operator's own AMQP user: what is declared is the topology's, word for word.
"""

import asyncio
from typing import Any

from aio_pika.abc import AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import ChannelPreconditionFailed

from chassis.broker import topology
from chassis.broker.connection import LOST, Link, is_missing_queue
from chassis.broker.parking import copy_of
from chassis.broker.publishing import publish_many
from portail.telling import Refused
from portail_contracts.catalogue import Context

AT_ONCE = 500
ANSWER_SECONDS = 20.0


class Queues:
    """Of one service; `found` are the names of those that feed it now."""

    def __init__(self, link: Link, context: Context) -> None:
        self._link = link
        self._context = context

    async def found(self) -> set[str]:
        """The one queue, its partitions, or both when a change was broken off."""
        counts = [1, topology.MOST_PARTITIONS]
        one, parts = (topology.events_queues(self._context, count) for count in counts)
        names = {name for name in one if await self._state(name)}
        for name in parts:
            if not await self._state(name):
                break
            names.add(name)
        return names

    async def refuse_if_read(self, names: set[str]) -> None:
        for name in sorted(names):
            state = await self._state(name)
            if state and state.declaration_result.consumer_count:
                raise Refused(
                    f"{name} est lue : arrêtez d’abord les consommateurs de {self._context}."
                )

    async def make(self, count: int) -> None:
        """What a service in so many parts needs, and is not there; nothing leads there yet.

        The first part comes last, and goes last: where it is, all are.
        """
        wanted = topology.definitions("/", {}, partitions={self._context: count})
        channel = self._link.channel
        for each in wanted["exchanges"]:
            if each["name"].startswith(f"{self._context}."):
                await channel.declare_exchange(
                    each["name"], each["type"], durable=True, arguments=each["arguments"]
                )
        for each in reversed(wanted["queues"]):
            if each["name"].startswith(f"{self._context}."):
                await self._declare(each["name"], each["arguments"])
        parting = topology.parting_exchange(self._context)
        for each in wanted["bindings"]:
            if each["source"] == parting:
                await self._bind(each)

    async def lead_back(self, count: int, before: int) -> None:
        """What comes again, after a failure or from the operator, goes to these parts now."""
        again = topology.again_exchange(self._context)
        await self._bind(self._by(again, count))
        await self._bind(self._by(again, before), undo=True)

    async def lead_in(self, count: int) -> None:
        """Each type of event goes to these parts; where it went before too, its queue is to go."""
        for each in topology.definitions("/", {}, partitions={self._context: count})["bindings"]:
            target, _ = topology.way_in(self._context, count)
            if each["source"] == topology.INTERNAL and each["destination"] == target:
                await self._bind(each)

    async def move(self, name: str) -> int:
        """All that stands there goes in again, in its order; how many."""
        queue = await self._link.channel.get_queue(name, ensure=False)
        state = await self._state(name)
        waiting = (state.declaration_result.message_count or 0) if state else 0
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        await self._link.channel.set_qos(prefetch_count=AT_ONCE)
        tag = await queue.consume(arrived.put, timeout=ANSWER_SECONDS)
        moved = 0
        while moved < waiting:
            piece = [await asyncio.wait_for(arrived.get(), ANSWER_SECONDS)]
            while len(piece) < min(AT_ONCE, waiting - moved) and not arrived.empty():
                piece.append(arrived.get_nowait())
            again = topology.again_exchange(self._context)
            copies = [copy_of(message, again, name) for message in piece]
            if await publish_many(self._link.channel, copies):
                raise Refused(f"rien n’est lié à {again}.")
            await piece[-1].ack(multiple=True)
            moved += len(piece)
        await queue.cancel(tag)
        return moved

    async def take_away(self, names: list[str], *, parting: bool) -> None:
        for name in reversed(names):
            state = await self._state(name)
            if state and (state.declaration_result.message_count or 0):
                raise Refused(f"{name} n’est pas vide : relancez la même commande.")
            await self._link.channel.queue_delete(name)
        if parting:
            await self._link.channel.exchange_delete(topology.parting_exchange(self._context))

    async def _state(self, name: str) -> Any:
        """None when there is no such queue."""
        try:
            return await self._link.channel.declare_queue(
                name, passive=True, timeout=ANSWER_SECONDS
            )
        except LOST as error:
            if not is_missing_queue(error):
                raise
            await self._link.channel.reopen()
            return None

    async def _declare(self, name: str, arguments: dict[str, Any]) -> AbstractQueue:
        """One of an older release, with other arguments, is made anew when nothing waits there."""
        channel = self._link.channel
        try:
            return await channel.declare_queue(name, durable=True, arguments=arguments)
        except ChannelPreconditionFailed:
            await channel.reopen()
            state = await self._state(name)
            if state.declaration_result.message_count:
                raise Refused(
                    f"{name} est d’une version précédente, et pas vide : recommencez plus tard."
                ) from None
            await channel.queue_delete(name)
            queue = await channel.declare_queue(name, durable=True, arguments=arguments)
            if name.startswith(topology.retry_exchange(self._context)):
                await queue.bind(topology.retry_exchange(self._context), name)
            return queue

    def _by(self, source: str, count: int) -> dict[str, Any]:
        target, kind = topology.way_in(self._context, count)
        return topology.binding(source, target, "", kind)

    async def _bind(self, each: dict[str, Any], *, undo: bool = False) -> None:
        channel = self._link.channel
        source, key = each["source"], each["routing_key"]
        if each["destination_type"] == "queue":
            queue = await channel.get_queue(each["destination"], ensure=False)
            await (queue.unbind(source, key) if undo else queue.bind(source, key))
        else:
            target = await channel.get_exchange(each["destination"], ensure=False)
            await (target.unbind(source, key) if undo else target.bind(source, key))
