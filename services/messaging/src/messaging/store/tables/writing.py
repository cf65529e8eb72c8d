"""What is being written: drafts, and the files that hang on drafts and messages."""

from sqlalchemy import (
    Boolean,
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

from .inbox import messages, threads
from .metadata import metadata

drafts = Table(
    "drafts",
    metadata,
    # Becomes the message's id when the draft is sent.
    Column("draft_id", Uuid, primary_key=True),
    # The reader of the family's side, or the member of staff: nobody else sees a draft.
    Column("owner_id", Uuid, nullable=False),
    Column("family_id", Uuid),
    # Null while the thread does not exist yet.
    Column("thread_id", ForeignKey(threads.c.thread_id)),
    Column("subject", Text, nullable=False),
    Column("about_kind", Text, nullable=False),
    Column("about_id", Uuid),
    Column("about_number", Text),
    Column("centre_id", Uuid),
    Column("centre_name", Text),
    Column("only_me", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)
Index("ix_drafts_owner_id", drafts.c.owner_id, drafts.c.thread_id)
Index("ix_drafts_family_id", drafts.c.family_id)

attachments = Table(
    "attachments",
    metadata,
    Column("attachment_id", Uuid, primary_key=True),
    Column("draft_id", ForeignKey(drafts.c.draft_id)),
    Column("message_id", ForeignKey(messages.c.message_id)),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("uploaded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("(draft_id IS NULL) <> (message_id IS NULL)", name="holder"),
)
Index("ix_attachments_draft_id", attachments.c.draft_id)
Index("ix_attachments_message_id", attachments.c.message_id)

# Apart, so that no list ever reads the files.
attachment_contents = Table(
    "attachment_contents",
    metadata,
    Column("attachment_id", ForeignKey(attachments.c.attachment_id), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
