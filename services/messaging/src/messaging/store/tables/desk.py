"""The staff's side: notes, history, replies kept ready, absence, messages to many families."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
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

from .inbox import threads
from .metadata import metadata

# Apart from messages, so that no query for families can ever meet one.
notes = Table(
    "notes",
    metadata,
    Column("note_id", Uuid, primary_key=True),
    Column("thread_id", ForeignKey(threads.c.thread_id), nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
)
Index("ix_notes_thread_id", notes.c.thread_id)

turns = Table(
    "turns",
    metadata,
    Column("turn_id", Uuid, primary_key=True),
    Column("thread_id", ForeignKey(threads.c.thread_id), nullable=False),
    # `assigned`, `unassigned`, `transferred`, `closed`, `reopened`.
    Column("kind", Text, nullable=False),
    Column("detail", Text),
    Column("by_id", Uuid, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
Index("ix_turns_thread_id", turns.c.thread_id)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("reply_id", Uuid, primary_key=True),
    Column("label", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("updated_by", Text, nullable=False),
    UniqueConstraint("label"),
)

# One row at most.
out_of_office = Table(
    "out_of_office",
    metadata,
    Column("only_row", Integer, primary_key=True, autoincrement=False),
    Column("words", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("updated_by", Text, nullable=False),
    CheckConstraint("only_row = 1", name="only_row"),
    CheckConstraint("first_day <= last_day", name="days"),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("broadcast_id", Uuid, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    # To whom, as it was asked and as people read it.
    Column("audience", JSONB, nullable=False),
    Column("audience_label", Text, nullable=False),
    Column("by_id", Uuid, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
)
Index(
    "ix_broadcasts_ended_at",
    broadcasts.c.created_at,
    postgresql_where=text("ended_at IS NULL"),
)

broadcast_recipients = Table(
    "broadcast_recipients",
    metadata,
    Column("broadcast_id", ForeignKey(broadcasts.c.broadcast_id), primary_key=True),
    Column("family_id", Uuid, primary_key=True),
    Column("told_at", DateTime(timezone=True)),
)
Index(
    "ix_broadcast_recipients_waiting",
    broadcast_recipients.c.broadcast_id,
    postgresql_where=text("told_at IS NULL"),
)
