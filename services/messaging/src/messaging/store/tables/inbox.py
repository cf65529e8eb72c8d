"""Threads, their messages, and who has read what."""

from sqlalchemy import (
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
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from .metadata import metadata

requests = Table(
    "requests",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
)

families = Table(
    "families",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("reference", Text, nullable=False),
    # [{guardian_id, name}]: whom a thread may be for.
    Column("guardians", JSONB, nullable=False),
)

threads = Table(
    "threads",
    metadata,
    Column("thread_id", Uuid, primary_key=True),
    # Null for what a visitor wrote through the contact form.
    Column("family_id", Uuid),
    # Null: for all guardians; otherwise for the own access of one of them, and of nobody else.
    Column("guardian_id", Uuid),
    # What makes the thread of notices about one thing the only one; null for what people begin.
    Column("key", Text),
    Column("subject", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("about_kind", Text, nullable=False),
    Column("about_id", Uuid),
    Column("about_number", Text),
    Column("centre_id", Uuid),
    Column("centre_name", Text),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    # Since when the family waits for an answer; null when it waits for none.
    Column("waiting_since", DateTime(timezone=True)),
    Column("assigned_to", Uuid),
    Column("assigned_name", Text),
    Column("visitor_name", Text),
    Column("visitor_email", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("last_posted_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("family_id", "key"),
    CheckConstraint("state IN ('open', 'closed')", name="state"),
    CheckConstraint("(family_id IS NULL) = (visitor_email IS NOT NULL)", name="visitor"),
)
Index("ix_threads_family_id_last_posted_at", threads.c.family_id, threads.c.last_posted_at)
Index(
    "ix_threads_waiting_since",
    threads.c.waiting_since,
    postgresql_where=threads.c.waiting_since.is_not(None),
)
Index("ix_threads_last_posted_at", threads.c.last_posted_at)

messages = Table(
    "messages",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("thread_id", ForeignKey(threads.c.thread_id), nullable=False),
    Column("family_id", Uuid),
    Column("direction", Text, nullable=False),
    Column("author_id", Text),
    Column("author_name", Text),
    # The guardian who wrote from an access of their own.
    Column("guardian_id", Uuid),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("posted_at", DateTime(timezone=True), nullable=False),
    # What makes a notice the only one of its kind; null for what people write.
    Column("key", Text),
    Column("seen_by_authority_at", DateTime(timezone=True)),
    Column("search", TSVECTOR, nullable=False),
    UniqueConstraint("family_id", "key"),
    CheckConstraint("direction IN ('to_family', 'to_authority')", name="direction"),
)
Index("ix_messages_family_id_posted_at", messages.c.family_id, messages.c.posted_at)
Index("ix_messages_thread_id_posted_at", messages.c.thread_id, messages.c.posted_at)
Index("ix_messages_search", messages.c.search, postgresql_using="gin")

# `reader_id` is the guardian of an own access, or the family for the access they share.
reads = Table(
    "reads",
    metadata,
    Column("message_id", ForeignKey(messages.c.message_id), primary_key=True),
    Column("reader_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
)
Index("ix_reads_family_id", reads.c.family_id)

readers = Table(
    "readers",
    metadata,
    # A guardian with an access of their own; what was posted before is not news to them.
    Column("reader_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
)
Index("ix_readers_family_id", readers.c.family_id)

archivings = Table(
    "archivings",
    metadata,
    Column("thread_id", ForeignKey(threads.c.thread_id), primary_key=True),
    Column("reader_id", Uuid, primary_key=True),
    # A message that comes later brings the thread back into the list.
    Column("archived_at", DateTime(timezone=True), nullable=False),
)

# Who used the contact form lately, by a digest of their network address.
visitor_sendings = Table(
    "visitor_sendings",
    metadata,
    Column("message_id", Uuid, primary_key=True),
    Column("address_key", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
Index("ix_visitor_sendings_address_key", visitor_sendings.c.address_key, visitor_sendings.c.at)
Index("ix_visitor_sendings_at", visitor_sendings.c.at)
