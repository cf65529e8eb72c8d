"""The tables of a family's rights: copies of its data, and erasures."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

_instant = DateTime(timezone=True)

exports = Table(
    "exports",
    metadata,
    Column("export_id", Uuid, primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False, index=True),
    Column("guardian_id", Uuid),
    Column("state", Text, nullable=False),
    Column("done", Integer, nullable=False),
    Column("steps", Integer, nullable=False),
    Column("byte_size", Integer),
    Column("asked_at", _instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_by_id", Uuid, nullable=False),
    Column("worked_at", _instant),
    Column("ready_at", _instant),
    Column("expires_at", _instant),
    CheckConstraint("state IN ('waiting', 'working', 'ready', 'failed')", name="state"),
    Index(
        "ix_exports_unfinished",
        "asked_at",
        postgresql_where=text("state IN ('waiting', 'working')"),
    ),
)

export_pieces = Table(
    "export_pieces",
    metadata,
    Column(
        "export_id", Uuid, ForeignKey("exports.export_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("position", Integer, primary_key=True),
    Column("piece", LargeBinary, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("erasure_id", Uuid, primary_key=True),
    # No foreign key: the erasure outlives the family, and is all that is left of it.
    Column("erased_family_id", Uuid, nullable=False, unique=True),
    Column("reference", Text, nullable=False),
    Column("asked_at", _instant, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("started_at", _instant),
    Column("started_by", Text),
)

erasure_answers = Table(
    "erasure_answers",
    metadata,
    Column("erasure_id", Uuid, ForeignKey("erasures.erasure_id"), primary_key=True),
    Column("service", Text, primary_key=True),
    Column("kept", ARRAY(Text), nullable=False),
    Column("answered_at", _instant, nullable=False),
)
