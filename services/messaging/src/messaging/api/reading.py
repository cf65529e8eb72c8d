"""Who knocks at a door of messaging, in the words of its domain."""

from typing import Annotated

from fastapi import Depends

from chassis.auth import Audience, Principal, allow
from chassis.runtime import Runtime, RuntimeOf
from messaging.domain.desk import EVERYTHING, Agent, Scope, topics_for
from messaging.domain.threads import Author, Reader
from messaging.own import own_of
from messaging.store.families import welcome_reader
from messaging.teams import centres_of

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
    hub = own_of(runtime).live
    if reader.reader_id in hub.welcomed:
        return
    async with runtime.database.transaction() as transaction:
        await welcome_reader(transaction.connection, reader, runtime.clock.now())
    hub.welcomed.add(reader.reader_id)


ReaderOf = Annotated[Reader, Depends(_reader)]
"""A route for families: which access of which family reads."""


Anybody = Annotated[
    Principal,
    allow(
        Audience.SECRETARIAT,
        Audience.CENTRE,
        Audience.CASH_OFFICE,
        Audience.ADMIN,
        Audience.AUDITOR,
    ),
]


async def _agent(principal: Anybody) -> Agent:
    return Agent(principal.staff_id, principal.name)


async def _scope(principal: Anybody, runtime: RuntimeOf) -> Scope:
    """Where an agent of centres works is asked each time: what is taken away is gone at once.

    Raises PeerUnavailable: nothing is shown on a guess.
    """
    topics = topics_for(principal.audiences)
    if Audience.CENTRE not in principal.audiences or topics == EVERYTHING:
        return Scope(topics)
    return Scope(topics, await centres_of(runtime.peers, principal.staff_id))


AgentOf = Annotated[Agent, Depends(_agent)]
"""A route for staff: who acts. Which of them may, the route says beside."""

ScopeOf = Annotated[Scope, Depends(_scope)]
"""The threads that this member of staff deals with."""
