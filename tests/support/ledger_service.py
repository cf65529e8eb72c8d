"""The smallest service on the chassis: it writes down what it receives, once each.

Two tables beside the messaging ones: `said` (business rows of the producer) and `heard` (effects
of the consumer). Used to prove the chassis alone, without any rule of the product in the way.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Integer,
    Table,
    Text,
    Uuid,
    insert,
    select,
    text,
)
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.broker.consumer import Consumer, Handlers
from chassis.broker.relay import Relay
from chassis.broker.schema import VERSION_1
from chassis.clock import Clock, SystemClock
from chassis.database import Database, Transaction, new_metadata
from portail_contracts.catalogue import Context
from portail_contracts.enrolment import BookingConfirmed

metadata = new_metadata()

said = Table(
    "said",
    metadata,
    Column("booking_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
)
heard = Table(
    "heard",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("booking_id", Uuid, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("heard_by", Text, nullable=False),
)


async def create_tables(owner_url: str) -> None:
    engine = create_async_engine(owner_url)
    async with engine.begin() as connection:
        for statement in VERSION_1:
            await connection.execute(text(statement))
        await connection.run_sync(metadata.create_all)
    await engine.dispose()


def confirmed(family_id: UUID, booking_id: UUID, version: int = 1) -> BookingConfirmed:
    return BookingConfirmed(
        version=version,
        family_id=family_id,
        booking_id=booking_id,
        child_id=booking_id,
        activity_id=booking_id,
        slot_id=booking_id,
        day=datetime(2026, 11, 25, tzinfo=UTC).date(),
        rate_code="canteen",
        confirmed_at=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    )


async def say(transaction: Transaction, event: BookingConfirmed) -> None:
    """A business row and the event about it."""
    row = {"booking_id": event.booking_id, "version": event.version}
    await transaction.connection.execute(insert(said).values(row))
    transaction.record(event)


def hear_as(name: str) -> Callable[[Transaction, BookingConfirmed], Awaitable[None]]:
    async def hear(transaction: Transaction, event: BookingConfirmed) -> None:
        row = {
            "booking_id": event.booking_id,
            "family_id": event.family_id,
            "version": event.version,
            "heard_by": name,
        }
        await transaction.connection.execute(insert(heard).values(row))

    return hear


hear = hear_as("")


async def everything_heard(database: Database) -> list[tuple[UUID, UUID, int]]:
    """(family, booking, version) in the order of their effects."""
    query = select(heard.c.family_id, heard.c.booking_id, heard.c.version)
    async with database.reading() as connection:
        rows = await connection.execute(query.order_by(heard.c.position))
        return [tuple(row) for row in rows]


class Producer:
    """The enrolment side."""

    def __init__(self, database_url: str, broker_url: str, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.database = Database(database_url, Context.ENROLMENT, self.clock)
        self.relay = Relay(Context.ENROLMENT, self.database, [broker_url], self.clock)


class Listener:
    """The billing side."""

    def __init__(
        self,
        database_url: str,
        broker_url: str,
        retry_delays: tuple[float, ...],
        handlers: Handlers | None = None,
    ) -> None:
        clock = SystemClock()
        self.database = Database(database_url, Context.BILLING, clock)
        self.consumer = Consumer(
            Context.BILLING,
            self.database,
            [broker_url],
            clock,
            handlers or {BookingConfirmed: hear},
            retry_delays,
        )
