"""Requests as last heard of, threads, messages, what was read, and live events."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from chassis.migrations import create_messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_messaging_tables()
    _create_threads()
    _create_messages()
    _create_live_events()
    _number_live_events()
    _wake_streams()


def _create_threads() -> None:
    op.create_table(
        "requests",
        sa.Column("request_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "threads",
        sa.Column("thread_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("about_kind", sa.Text, nullable=False),
        sa.Column("about_id", sa.Uuid, nullable=False),
        sa.Column("about_number", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("about_id"),
    )
    op.create_index("ix_threads_family_id", "threads", ["family_id"])


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        sa.Column("thread_id", sa.Uuid, sa.ForeignKey("threads.thread_id"), nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_request_id", sa.Uuid),
        sa.Column("decided_outcome", sa.Text),
        sa.UniqueConstraint("decided_request_id", "decided_outcome"),
        sa.CheckConstraint("direction IN ('to_family', 'to_authority')", name="direction"),
        sa.CheckConstraint(
            "(decided_request_id IS NULL) = (decided_outcome IS NULL)", name="decided"
        ),
    )
    op.create_index("ix_messages_family_id", "messages", ["family_id", "posted_at"])
    op.create_index("ix_messages_thread_id", "messages", ["thread_id"])
    op.create_table(
        "reads",
        sa.Column("message_id", sa.Uuid, sa.ForeignKey("messages.message_id"), primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_reads_family_id", "reads", ["family_id"])


def _create_live_events() -> None:
    op.create_table(
        "live_events",
        sa.Column("id", sa.BigInteger, server_default=sa.text("0"), primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_live_events_family_id", "live_events", ["family_id", "id"])
    op.create_index("ix_live_events_at", "live_events", ["at"])


def _number_live_events() -> None:
    """A family's events are numbered under a lock that is held until they commit.

    A stream resumes after the last number it saw. Were a number taken before the lock, a lower
    one could commit later and be skipped for ever. Being a trigger, nobody can forget it.
    """
    op.execute("CREATE SEQUENCE live_events_id_seq OWNED BY live_events.id")
    op.execute(
        """
        CREATE FUNCTION live_events_number() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock(hashtextextended(NEW.family_id::text, 0));
            NEW.id := nextval('live_events_id_seq');
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER live_events_number BEFORE INSERT ON live_events"
        " FOR EACH ROW EXECUTE FUNCTION live_events_number()"
    )


def _wake_streams() -> None:
    op.execute(
        """
        CREATE FUNCTION live_events_wake() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('live', NEW.family_id::text);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER live_events_wake AFTER INSERT ON live_events"
        " FOR EACH ROW EXECUTE FUNCTION live_events_wake()"
    )
