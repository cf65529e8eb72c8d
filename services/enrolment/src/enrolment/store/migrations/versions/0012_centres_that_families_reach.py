"""A centre's own telephone, address for e-mails and opening hours."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("phone", "email"):
        op.add_column("centres", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.create_table(
        "centre_openings",
        sa.Column("centre_id", sa.Uuid, sa.ForeignKey("centres.centre_id"), primary_key=True),
        sa.Column("weekday", sa.SmallInteger, primary_key=True),
        sa.Column("opens", sa.Time, primary_key=True),
        sa.Column("closes", sa.Time, nullable=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
        sa.CheckConstraint("opens < closes", name="hours"),
    )
