"""Rules that decide on the authority's behalf, and the teams of the centres."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deciding_rules",
        sa.Column("rule_id", sa.Uuid, nullable=False),
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("switched_on_by", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("switched_off_by", sa.Text),
        sa.PrimaryKeyConstraint("rule_id", name="pk_deciding_rules"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.activity_id"],
            name="fk_deciding_rules_activity_id_activities",
        ),
        sa.CheckConstraint(
            "kind IN ('booking.request', 'booking.cancel', 'absence.declare')",
            name="ck_deciding_rules_kind",
        ),
    )
    op.create_index(
        "uq_deciding_rules_current",
        "deciding_rules",
        ["activity_id", "kind"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "centre_teams",
        sa.Column("centre_id", sa.Uuid, nullable=False),
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("centre_id", "staff_id", name="pk_centre_teams"),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name="fk_centre_teams_centre_id_centres"
        ),
    )
    op.create_index("ix_centre_teams_staff_id", "centre_teams", ["staff_id"])
