"""E-mails and their deliveries, preferences, the contact form, families that were forgotten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_mails()
    _create_deliveries()
    op.create_table(
        "preferences",
        sa.Column("account_id", sa.Uuid, primary_key=True),
        sa.Column("category", sa.Text, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("by_email", sa.Boolean, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    )
    op.create_index("ix_preferences_family_id", "preferences", ["family_id"])
    op.create_table(
        "erasures",
        sa.Column("family_id", sa.Uuid, primary_key=True),
        sa.Column("erasure_id", sa.Uuid, nullable=False),
        sa.Column("erased_at", INSTANT, nullable=False),
    )
    op.create_table(
        "visitor_sendings",
        sa.Column("message_id", sa.Uuid, primary_key=True),
        sa.Column("address_key", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
    )
    op.create_index("ix_visitor_sendings_address_key", "visitor_sendings", ["address_key", "at"])
    op.create_index("ix_visitor_sendings_at", "visitor_sendings", ["at"])


def _create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("mail_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("guardian_id", sa.Uuid),
        sa.Column("account_id", sa.Uuid),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default=sa.text("'waiting'")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.UniqueConstraint("family_id", "key"),
        sa.CheckConstraint("state IN ('waiting', 'addressed', 'nobody', 'over')", name="state"),
    )
    op.create_index(
        "ix_mails_due_at", "mails", ["due_at"], postgresql_where=sa.text("state = 'waiting'")
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("delivery_id", sa.Uuid, primary_key=True),
        sa.Column("mail_id", sa.Uuid, sa.ForeignKey("mails.mail_id"), nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False, server_default=sa.text("'waiting'")),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("address_hint", sa.Text, nullable=False),
        sa.Column("last_code", sa.Integer),
        sa.Column("stop_token", sa.Uuid, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.UniqueConstraint("mail_id", "account_id"),
        sa.UniqueConstraint("stop_token"),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'refused', 'failed')", name="state"),
    )
    op.create_index(
        "ix_deliveries_due_at",
        "deliveries",
        ["due_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("ix_deliveries_family_id", "deliveries", ["family_id", "created_at"])
    op.create_index(
        "ix_deliveries_ended_at",
        "deliveries",
        ["ended_at"],
        postgresql_where=sa.text("state IN ('refused', 'failed')"),
    )
