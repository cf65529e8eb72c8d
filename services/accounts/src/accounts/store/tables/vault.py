"""The tables of what is sealed, and of who opened it."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.rights import added_to

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
    # No foreign keys: what came with a pre-registration is opened before the family is there.
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, index=True),
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
    info=added_to("family_id", erased=True),
)

documents = Table(
    "documents",
    metadata,
    Column("document_id", Uuid, primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False, index=True),
    Column("child_id", Uuid, ForeignKey("children.child_id"), index=True),
    Column("own_of", Uuid, ForeignKey("guardians.guardian_id")),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("byte_size", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("dated_on", Date, nullable=False),
    Column("expires_on", Date),
    Column("submitted_at", _instant, nullable=False),
    Column("submitted_by", Text, nullable=False),
    # So that the same sending again is recognised without opening what was kept.
    Column("sending_digest", LargeBinary, nullable=False),
    Column("file_name", LargeBinary, nullable=False),
    # Whose key seals it, once its family was merged into another.
    Column("sealed_for", Uuid),
    CheckConstraint("state IN ('pending', 'accepted', 'refused', 'withdrawn')", name="state"),
    Index("ix_documents_expires_on", "expires_on", postgresql_where=text("state = 'accepted'")),
)

document_contents = Table(
    "document_contents",
    metadata,
    Column(
        "document_id",
        Uuid,
        ForeignKey("documents.document_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("content", LargeBinary, nullable=False),
)

document_reminders = Table(
    "document_reminders",
    metadata,
    Column(
        "document_id",
        Uuid,
        ForeignKey("documents.document_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("threshold", SmallInteger, primary_key=True),
    Column("reminded_at", _instant, nullable=False),
)

newcomer_documents = Table(
    "newcomer_documents",
    metadata,
    Column("document_id", Uuid, primary_key=True),
    Column("request_id", Uuid, nullable=False, index=True),
    # Who they will be once the request is accepted.
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("byte_size", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("dated_on", Date, nullable=False),
    Column("expires_on", Date),
    Column("sending_digest", LargeBinary, nullable=False),
    # Sealed for the places that they take when accepted: accepting opens nothing.
    Column("file_name", LargeBinary, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", _instant, nullable=False),
    Column("is_sent", Boolean, nullable=False, server_default=text("false")),
    Index("ix_newcomer_documents_unsent", "received_at", postgresql_where=text("NOT is_sent")),
)

photos = Table(
    "photos",
    metadata,
    Column("photo_id", Uuid, primary_key=True),
    Column("child_id", Uuid, ForeignKey("children.child_id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("submitted_at", _instant, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("sending_digest", LargeBinary, nullable=False),
    CheckConstraint("state IN ('pending', 'current')", name="state"),
    # One that is shown, and at most one that waits.
    Index("uq_photos_child_id_state", "child_id", "state", unique=True),
)

health_proposals = Table(
    "health_proposals",
    metadata,
    # The request that it came with: the change itself says nothing of its content.
    Column("proposal_id", Uuid, primary_key=True),
    Column("child_id", Uuid, ForeignKey("children.child_id"), nullable=False, index=True),
    # Sealed for the place in health_records that they take when accepted: applying opens nothing.
    Column("allergies", LargeBinary, nullable=False),
    Column("care_plan", LargeBinary, nullable=False),
    Column("vaccinations", LargeBinary, nullable=False),
    Column("treatments", LargeBinary, nullable=False),
    Column("notes", LargeBinary, nullable=False),
    Column("made_at", _instant, nullable=False),
)
