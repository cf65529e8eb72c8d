"""Links that staff granted to whoever called for help."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("help_calls", sa.Column("link_wanted_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_help_calls_link_wanted_at",
        "help_calls",
        ["link_wanted_at"],
        postgresql_where=sa.text("link_wanted_at IS NOT NULL"),
    )
