"""Other systems that are given events, and of which centres."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "partners",
        sa.Column("partner_id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("patterns", ARRAY(sa.Text), nullable=False),
        sa.Column("centres", ARRAY(sa.Uuid), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("rotated_at", INSTANT),
        sa.Column("revoked_at", INSTANT),
    )
    op.create_index(
        "uq_partners_name_standing",
        "partners",
        ["name"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
