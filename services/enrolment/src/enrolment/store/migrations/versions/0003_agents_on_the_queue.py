"""Who follows a request, reasons at hand for refusals, and an index for what is decided."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_requests_decided_at", "requests", ["decided_at", "request_id"])
    op.create_table(
        "request_assignments",
        sa.Column("assignment_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("staff_name", sa.Text, nullable=False),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("ended_by", sa.Text),
        sa.PrimaryKeyConstraint("assignment_id", name="pk_request_assignments"),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.request_id"],
            name="fk_request_assignments_request_id_requests",
        ),
    )
    op.create_index("ix_request_assignments_request_id", "request_assignments", ["request_id"])
    op.create_index(
        "uq_request_assignments_current",
        "request_assignments",
        ["request_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "refusal_reasons",
        sa.Column("reason_id", sa.Uuid, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("reason_id", name="pk_refusal_reasons"),
        sa.UniqueConstraint("label", name="uq_refusal_reasons_label"),
    )
