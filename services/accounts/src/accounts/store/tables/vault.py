"""The tables of what is sealed, and of who opened it."""

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
)
from sqlalchemy.dialects.postgresql import ARRAY

from .metadata import metadata

_instant = DateTime(timezone=True)

data_keys = Table(
    "data_keys",
    metadata,
    # A child or a family. No foreign key: forgetting somebody is deleting their key first.
    Column("owner_id", Uuid, primary_key=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("master_key_id", Text, nullable=False, index=True),
    Column("made_at", _instant, nullable=False),
)

health_records = Table(
    "health_records",
    metadata,
    Column("child_id", Uuid, ForeignKey("children.child_id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("allergies", LargeBinary, nullable=False),
    Column("care_plan", LargeBinary, nullable=False),
    Column("vaccinations", LargeBinary, nullable=False),
    Column("treatments", LargeBinary, nullable=False),
    Column("notes", LargeBinary, nullable=False),
    Column("recorded_at", _instant, nullable=False),
)

file_reads = Table(
    "file_reads",
    metadata,
    Column("read_id", Uuid, primary_key=True),
    Column("at", _instant, nullable=False),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False),
    Column("child_id", Uuid, ForeignKey("children.child_id"), index=True),
    Column("part", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("reader_kind", Text, nullable=False),
    Column("reader_id", Uuid, nullable=False),
    # As the reader was called that day: a name that changes later does not rewrite the record.
    Column("reader_name", Text, nullable=False),
    Column("reader_roles", ARRAY(Text), nullable=False),
    Column("subject_id", Uuid),
    CheckConstraint("reader_kind IN ('family', 'staff')", name="reader_kind"),
    Index("ix_file_reads_family_id_at", "family_id", "at"),
)
