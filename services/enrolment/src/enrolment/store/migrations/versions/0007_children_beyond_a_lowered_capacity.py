"""Children kept beyond a capacity that was lowered: none may follow them when they leave."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "places", sa.Column("excess", sa.Integer, nullable=False, server_default=sa.text("0"))
    )
    op.drop_constraint(op.f("ck_places_not_exceeded"), "places")
    op.create_check_constraint(
        op.f("ck_places_not_exceeded"),
        "places",
        "booked >= 0 AND held >= 0 AND waiting >= 0 AND overbooking >= 0 AND excess >= 0"
        " AND booked + held <= capacity + overbooking + excess",
    )
