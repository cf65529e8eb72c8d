"""The items of a request that another service owns: labels and what became of each."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "request_items",
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("item_id", name="pk_request_items"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.request_id"], name="fk_request_items_request_id"
        ),
    )
    op.create_index("ix_request_items_request_id", "request_items", ["request_id"])
