"""Public events kept for partners who come for them, their keys, and how far each has come."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _keep_events()
    _let_partners_in()


def _keep_events() -> None:
    op.create_table(
        "kept_events",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("event_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("centre_id", sa.Uuid),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
    )
    op.create_table(
        "kept_events_ends",
        sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.true()),
        sa.Column("newest", sa.BigInteger, nullable=False),
        sa.Column("forgotten", sa.BigInteger, nullable=False),
        sa.Column("log_read_at", INSTANT),
        sa.CheckConstraint("single", name="ck_kept_events_ends_one_row"),
    )
    op.execute("INSERT INTO kept_events_ends (newest, forgotten) VALUES (0, 0)")
    op.execute(
        """
        CREATE FUNCTION kept_events_wake() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('kept_events', '');
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER kept_events_wake AFTER UPDATE OF newest ON kept_events_ends"
        " FOR EACH STATEMENT EXECUTE FUNCTION kept_events_wake()"
    )


def _let_partners_in() -> None:
    # A partner who comes for its events has neither user nor queue at the broker.
    op.alter_column("partners", "password_hash", nullable=True)
    op.create_table(
        "partner_keys",
        sa.Column("key_id", sa.Uuid, primary_key=True),
        sa.Column("partner_id", sa.Uuid, sa.ForeignKey("partners.partner_id"), nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT),
    )
    op.create_index("ix_partner_keys_partner_id", "partner_keys", ["partner_id"])
    op.create_table(
        "partner_pulls",
        sa.Column("partner_id", sa.Uuid, sa.ForeignKey("partners.partner_id"), primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
    )
