"""Messaging's tables."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.broker import tables as messaging
from chassis.database import new_metadata

metadata = new_metadata()
messaging.add_to(metadata)

requests = Table(
    "requests",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("thread_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    # What the thread is about: a request today; later a subject that a family chose.
    Column("about_kind", Text, nullable=False),
    Column("about_id", Uuid, nullable=False),
    Column("about_number", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("about_id"),
)
Index("ix_threads_family_id", threads.c.family_id)

messages = Table(
    "messages",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("thread_id", ForeignKey(threads.c.thread_id), nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("direction", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    # The decision that the message tells; null for what people write.
    Column("decided_request_id", Uuid),
    Column("decided_outcome", Text),
    UniqueConstraint("decided_request_id", "decided_outcome"),
    CheckConstraint("direction IN ('to_family', 'to_authority')", name="direction"),
    CheckConstraint("(decided_request_id IS NULL) = (decided_outcome IS NULL)", name="decided"),
)
Index("ix_messages_family_id", messages.c.family_id, messages.c.posted_at)
Index("ix_messages_thread_id", messages.c.thread_id)

reads = Table(
    "reads",
    metadata,
    Column("message_id", ForeignKey(messages.c.message_id), primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
)
Index("ix_reads_family_id", reads.c.family_id)

live_events = Table(
    "live_events",
    metadata,
    # A trigger gives the number, after taking the family's lock: see the migration.
    Column("id", BigInteger, primary_key=True, autoincrement=False, server_default=text("0")),
    Column("family_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
Index("ix_live_events_family_id", live_events.c.family_id, live_events.c.id)
Index("ix_live_events_at", live_events.c.at)
