"""Addresses that events are sent to, and each sending."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("partner_id", sa.Uuid, sa.ForeignKey("partners.partner_id"), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("is_ordered", sa.Boolean, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("former_secret", sa.LargeBinary),
        sa.Column("former_until", INSTANT),
        sa.Column("paused_at", INSTANT),
        sa.Column("pause", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
        sa.Column("failing_since", INSTANT),
        sa.Column("next_try_at", INSTANT),
        sa.Column("leased_until", INSTANT),
    )
    op.create_table(
        "webhook_sendings",
        sa.Column("sending_id", sa.Uuid, primary_key=True),
        sa.Column("partner_id", sa.Uuid, sa.ForeignKey("webhooks.partner_id"), nullable=False),
        sa.Column(
            "number",
            sa.BigInteger,
            sa.ForeignKey("kept_events.number", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("first_tried_at", INSTANT),
        sa.Column("last_tried_at", INSTANT),
        sa.Column("last_outcome", sa.Text),
        sa.Column("sent_at", INSTANT),
        sa.UniqueConstraint("partner_id", "number"),
    )
    op.create_index("ix_webhook_sendings_number", "webhook_sendings", ["number"])
    op.create_index(
        "ix_webhook_sendings_waiting",
        "webhook_sendings",
        ["partner_id", "number"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
