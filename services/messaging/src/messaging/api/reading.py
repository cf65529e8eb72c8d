"""Who knocks at a door of messaging, in the words of its domain."""

from typing import Annotated

from fastapi import Depends

from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf
from messaging.domain.threads import Author, Reader
from messaging.live import LiveHub
from messaging.store.families import welcome_reader

ForFamily = allow(Audience.FAMILY)
Family = Annotated[Principal, ForFamily]


def reader_of(principal: Principal) -> Reader:
    return Reader(principal.own_family, principal.guardian_id)


def author_of(principal: Principal) -> Author:
    return Author(principal.id, principal.name, principal.guardian_id)


async def _reader(principal: Family, runtime: RuntimeOf) -> Reader:
    """A guardian's own access is noted at its first visit, from when on messages are news."""
    reader = reader_of(principal)
    if reader.guardian_id is not None:
        await _welcome(runtime, reader)
    return reader


async def _welcome(runtime: Runtime, reader: Reader) -> None:
    hub: LiveHub = runtime.own
    if reader.reader_id in hub.welcomed:
        return
    async with runtime.database.transaction() as transaction:
        await welcome_reader(transaction.connection, reader, runtime.clock.now())
    hub.welcomed.add(reader.reader_id)


ReaderOf = Annotated[Reader, Depends(_reader)]
"""A route for families: which access of which family reads."""
