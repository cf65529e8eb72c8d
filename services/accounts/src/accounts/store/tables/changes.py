"""Proposed changes and their items."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import INSTANT, metadata

change_number = Sequence("change_number", metadata=metadata)

changes = Table(
    "changes",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    # Not a foreign key: a family that pre-registers is not there yet.
    Column("family_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    # Not a foreign key: a child that is proposed is not there yet.
    Column("child_id", Uuid),
    Column("subject", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("base_version", Integer, nullable=False),
    Column("replaces", Uuid),
    Column("submitted_at", INSTANT, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("guardian_id", Uuid),
    Column("channel", Text, nullable=False),
    # What was sent, so that the same sending again is recognised.
    Column("digest", LargeBinary, nullable=False),
    Column("settled_at", INSTANT),
    CheckConstraint(
        "state IN ('pending', 'in_the_way', 'applied', 'refused', 'withdrawn')", name="state"
    ),
    Index("ix_changes_family_id_submitted_at", "family_id", "submitted_at"),
    Index(
        "ix_changes_open",
        "family_id",
        postgresql_where=text("state IN ('pending', 'in_the_way')"),
    ),
)

change_items = Table(
    "change_items",
    metadata,
    Column("item_id", Uuid, primary_key=True),
    Column("request_id", Uuid, ForeignKey("changes.request_id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("path", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("old", JSONB),
    Column("new", JSONB),
    Column("old_words", Text, nullable=False),
    Column("new_words", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("found", JSONB),
    Column("found_words", Text),
    CheckConstraint("state IN ('pending', 'applied', 'refused', 'withdrawn')", name="state"),
    Index("ix_change_items_request_id", "request_id"),
)
