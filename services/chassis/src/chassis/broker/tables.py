"""The tables that messages need in every service's database."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)

PARTITIONS = 8
"""Parts of the outbox that relays can drain side by side; an aggregate stays in one part."""

metadata = MetaData()
"""Not a service's own: these definitions serve queries; migrations create the real tables."""

outbox = Table(
    "outbox",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("partition", SmallInteger, nullable=False),
    Column("ordering_key", Uuid, nullable=False),
    Column("exchange", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("blocked_until", DateTime(timezone=True)),
)
Index(
    "ix_outbox_blocked", outbox.c.ordering_key, postgresql_where=text("blocked_until IS NOT NULL")
)

inbox = Table(
    "inbox",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("received_at", DateTime(timezone=True), nullable=False),
)
Index("ix_inbox_received_at", inbox.c.received_at)

parked_events = Table(
    "parked_events",
    metadata,
    Column("event_id", Uuid, primary_key=True),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("ordering_key", Uuid, nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
)
Index("ix_parked_events_ordering_key", parked_events.c.ordering_key, parked_events.c.position)

TABLES = (outbox, inbox, parked_events)


def add_to(target: MetaData) -> None:
    """Make a service's metadata know these tables, so that its schema check sees them."""
    for table in TABLES:
        table.to_metadata(target)
