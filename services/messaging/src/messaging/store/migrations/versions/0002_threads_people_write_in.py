"""Threads that people write in: authors, readers, archives, drafts, attachments, search."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_families()
    _widen_threads()
    _widen_messages()
    _make_reads_personal()
    _create_drafts()
    _create_attachments()
    op.add_column("live_events", sa.Column("guardian_id", sa.Uuid))


def _create_families() -> None:
    op.create_table(
        "families",
        sa.Column("family_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("guardians", JSONB, nullable=False),
    )


def _widen_threads() -> None:
    """Until now a thread was the notices about one request."""
    columns: dict[str, Any] = {
        "guardian_id": sa.Uuid,
        "key": sa.Text,
        "centre_id": sa.Uuid,
        "centre_name": sa.Text,
        "waiting_since": INSTANT,
        "assigned_to": sa.Uuid,
        "assigned_name": sa.Text,
        "visitor_name": sa.Text,
        "visitor_email": sa.Text,
        "subject": sa.Text,
        "topic": sa.Text,
        "last_posted_at": INSTANT,
    }
    for name, kind in columns.items():
        op.add_column("threads", sa.Column(name, kind))
    op.add_column(
        "threads", sa.Column("state", sa.Text, nullable=False, server_default=sa.text("'open'"))
    )
    op.execute(
        "UPDATE threads SET key = 'request:' || about_id, topic = 'request', subject ="
        " coalesce((SELECT m.subject FROM messages m WHERE m.thread_id = threads.thread_id"
        " ORDER BY m.posted_at DESC LIMIT 1), ''), last_posted_at ="
        " coalesce((SELECT max(m.posted_at) FROM messages m WHERE m.thread_id = threads.thread_id),"
        " created_at)"
    )
    for name in ("subject", "topic", "last_posted_at"):
        op.alter_column("threads", name, nullable=False)
    for name in ("family_id", "about_id", "about_number"):
        op.alter_column("threads", name, nullable=True)
    op.drop_constraint("uq_threads_about_id", "threads")
    op.drop_index("ix_threads_family_id", "threads")
    op.create_unique_constraint("uq_threads_family_id_key", "threads", ["family_id", "key"])
    op.create_check_constraint("state", "threads", "state IN ('open', 'closed')")
    op.create_check_constraint(
        "visitor", "threads", "(family_id IS NULL) = (visitor_email IS NOT NULL)"
    )
    op.create_index(
        "ix_threads_family_id_last_posted_at", "threads", ["family_id", "last_posted_at"]
    )
    op.create_index(
        "ix_threads_waiting_since",
        "threads",
        ["waiting_since"],
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.create_index("ix_threads_last_posted_at", "threads", ["last_posted_at"])


def _widen_messages() -> None:
    columns: dict[str, Any] = {
        "author_id": sa.Text,
        "author_name": sa.Text,
        "guardian_id": sa.Uuid,
        "key": sa.Text,
        "seen_by_authority_at": INSTANT,
        "search": TSVECTOR,
    }
    for name, kind in columns.items():
        op.add_column("messages", sa.Column(name, kind))
    # Words are folded (accents, case) before they come here; of the old ones most are plain.
    op.execute(
        "UPDATE messages SET key = 'decision:' || decided_request_id || ':' || decided_outcome,"
        " search = to_tsvector('simple', translate(lower(subject || ' ' || body),"
        " 'àâäéèêëîïôöùûüÿç', 'aaaeeeeiioouuuyc'))"
    )
    op.alter_column("messages", "search", nullable=False)
    op.alter_column("messages", "family_id", nullable=True)
    op.drop_constraint("uq_messages_decided_request_id_decided_outcome", "messages")
    op.drop_constraint("ck_messages_decided", "messages")
    op.drop_column("messages", "decided_request_id")
    op.drop_column("messages", "decided_outcome")
    op.drop_index("ix_messages_family_id", "messages")
    op.drop_index("ix_messages_thread_id", "messages")
    op.create_unique_constraint("uq_messages_family_id_key", "messages", ["family_id", "key"])
    op.create_index("ix_messages_family_id_posted_at", "messages", ["family_id", "posted_at"])
    op.create_index("ix_messages_thread_id_posted_at", "messages", ["thread_id", "posted_at"])
    op.create_index("ix_messages_search", "messages", ["search"], postgresql_using="gin")


def _make_reads_personal() -> None:
    op.add_column("reads", sa.Column("reader_id", sa.Uuid))
    op.execute("UPDATE reads SET reader_id = family_id")
    op.drop_constraint("pk_reads", "reads")
    op.create_primary_key("pk_reads", "reads", ["message_id", "reader_id"])
    op.create_table(
        "readers",
        sa.Column("reader_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
    )
    op.create_index("ix_readers_family_id", "readers", ["family_id"])
    op.create_table(
        "archivings",
        sa.Column("thread_id", sa.Uuid, sa.ForeignKey("threads.thread_id"), primary_key=True),
        sa.Column("reader_id", sa.Uuid, primary_key=True),
        sa.Column("archived_at", INSTANT, nullable=False),
    )


def _create_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("draft_id", sa.Uuid, primary_key=True),
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid),
        sa.Column("thread_id", sa.Uuid, sa.ForeignKey("threads.thread_id")),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("about_kind", sa.Text, nullable=False),
        sa.Column("about_id", sa.Uuid),
        sa.Column("about_number", sa.Text),
        sa.Column("centre_id", sa.Uuid),
        sa.Column("centre_name", sa.Text),
        sa.Column("only_me", sa.Boolean, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    )
    op.create_index("ix_drafts_owner_id", "drafts", ["owner_id", "thread_id"])
    op.create_index("ix_drafts_family_id", "drafts", ["family_id"])


def _create_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("attachment_id", sa.Uuid, primary_key=True),
        sa.Column("draft_id", sa.Uuid, sa.ForeignKey("drafts.draft_id")),
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("messages.message_id")),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("uploaded_at", INSTANT, nullable=False),
        sa.CheckConstraint("(draft_id IS NULL) <> (message_id IS NULL)", name="holder"),
    )
    op.create_index("ix_attachments_draft_id", "attachments", ["draft_id"])
    op.create_index("ix_attachments_message_id", "attachments", ["message_id"])
    op.create_table(
        "attachment_contents",
        sa.Column(
            "attachment_id",
            sa.Uuid,
            sa.ForeignKey("attachments.attachment_id"),
            primary_key=True,
        ),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    # PDF, JPEG and PNG are compressed already.
    op.execute("ALTER TABLE attachment_contents ALTER COLUMN content SET STORAGE EXTERNAL")
