"""A child who left the file stays in its rows; it can come back."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The words of the search go by themselves: the trigger passes over whoever left (0013).
    op.add_column("children", sa.Column("left_at", sa.DateTime(timezone=True)))
