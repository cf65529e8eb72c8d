"""Closures that can be edited or lifted, and absences that can be taken back by staff."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "closures",
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
    )
    op.create_table(
        "closed_bookings",
        sa.Column("booking_id", sa.Uuid, nullable=False),
        sa.Column("closure_id", sa.Uuid, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("cancel_request_id", sa.Uuid),
        sa.PrimaryKeyConstraint("booking_id", name="pk_closed_bookings"),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.booking_id"], name="fk_closed_bookings_booking_id_bookings"
        ),
        sa.ForeignKeyConstraint(
            ["closure_id"], ["closures.closure_id"], name="fk_closed_bookings_closure_id_closures"
        ),
    )
    op.create_index("ix_closed_bookings_closure_id", "closed_bookings", ["closure_id"])
    op.drop_constraint(op.f("ck_absences_state"), "absences")
    op.create_check_constraint(
        op.f("ck_absences_state"),
        "absences",
        "state IN ('declared', 'accepted', 'refused', 'withdrawn', 'reversed')",
    )
