"""A child who left its family's file: asked for and booked no more, kept for what was."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("children", sa.Column("left_on", sa.Date))
