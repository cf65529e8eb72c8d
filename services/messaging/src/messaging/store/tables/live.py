"""What open pages are told."""

from sqlalchemy import BigInteger, Column, DateTime, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

live_events = Table(
    "live_events",
    metadata,
    # A trigger gives the number, after taking the family's lock: see the migration.
    Column("id", BigInteger, primary_key=True, autoincrement=False, server_default=text("0")),
    Column("family_id", Uuid, nullable=False),
    # Null: for every page of the family; otherwise for those of one guardian's own access.
    Column("guardian_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
Index("ix_live_events_family_id", live_events.c.family_id, live_events.c.id)
Index("ix_live_events_at", live_events.c.at)
