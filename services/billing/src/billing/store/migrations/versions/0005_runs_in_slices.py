"""Runs that are prepared and issued slice by slice, and say how far they came."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("reached", sa.Uuid))
    op.drop_constraint(op.f("ck_runs_state"), "runs")
    op.create_check_constraint(
        "state", "runs", "state IN ('preparing', 'draft', 'issuing', 'issued', 'cancelled')"
    )
    op.drop_index("ix_runs_one_draft", "runs")
    op.create_index(
        "ix_runs_one_draft",
        "runs",
        ["cash_office"],
        unique=True,
        postgresql_where=sa.text("state IN ('preparing', 'draft', 'issuing')"),
    )
