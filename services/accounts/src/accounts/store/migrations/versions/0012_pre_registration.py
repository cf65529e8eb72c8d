"""Families that are not there yet propose to be, and links that staff granted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_changes_family_id", "changes", type_="foreignkey")
    op.create_table(
        "wanted_links",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_wanted_links"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["credentials.account_id"], name="fk_wanted_links_account_id"
        ),
    )
