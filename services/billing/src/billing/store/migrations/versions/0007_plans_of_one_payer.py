"""A plan to pay in parts is one payer's when the payers are billed apart; none: theirs together."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("instalments", sa.Column("payer_id", sa.Uuid))
