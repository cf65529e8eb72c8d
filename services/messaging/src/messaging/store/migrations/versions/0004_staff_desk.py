"""Notes, history, replies kept ready, absence, messages to many families."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_notes_and_turns()
    _create_settings()
    _create_broadcasts()


def _create_notes_and_turns() -> None:
    op.create_table(
        "notes",
        sa.Column("note_id", sa.Uuid, primary_key=True),
        sa.Column("thread_id", sa.Uuid, sa.ForeignKey("threads.thread_id"), nullable=False),
        sa.Column("author_id", sa.Uuid, nullable=False),
        sa.Column("author_name", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
    )
    op.create_index("ix_notes_thread_id", "notes", ["thread_id"])
    op.create_table(
        "turns",
        sa.Column("turn_id", sa.Uuid, primary_key=True),
        sa.Column("thread_id", sa.Uuid, sa.ForeignKey("threads.thread_id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("detail", sa.Text),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("ix_turns_thread_id", "turns", ["thread_id"])


def _create_settings() -> None:
    op.create_table(
        "canned_replies",
        sa.Column("reply_id", sa.Uuid, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
        sa.UniqueConstraint("label"),
    )
    op.create_table(
        "out_of_office",
        sa.Column("only_row", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("updated_by", sa.Text, nullable=False),
        sa.CheckConstraint("only_row = 1", name="only_row"),
        sa.CheckConstraint("first_day <= last_day", name="days"),
    )


def _create_broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("broadcast_id", sa.Uuid, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("audience", JSONB, nullable=False),
        sa.Column("audience_label", sa.Text, nullable=False),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
    )
    op.create_index(
        "ix_broadcasts_ended_at",
        "broadcasts",
        ["created_at"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "broadcast_recipients",
        sa.Column(
            "broadcast_id", sa.Uuid, sa.ForeignKey("broadcasts.broadcast_id"), primary_key=True
        ),
        sa.Column("family_id", sa.Uuid, primary_key=True),
        sa.Column("told_at", INSTANT),
    )
    op.create_index(
        "ix_broadcast_recipients_waiting",
        "broadcast_recipients",
        ["broadcast_id"],
        postgresql_where=sa.text("told_at IS NULL"),
    )
