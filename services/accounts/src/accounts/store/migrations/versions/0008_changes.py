"""Proposed changes: change sets, their items, the numbers of their receipts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE change_number")
    _changes()
    _items()


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("child_id", sa.Uuid),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("base_version", sa.Integer, nullable=False),
        sa.Column("replaces", sa.Uuid),
        sa.Column("submitted_at", _instant, nullable=False),
        sa.Column("submitted_by", sa.Text, nullable=False),
        sa.Column("guardian_id", sa.Uuid),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("settled_at", _instant),
        sa.PrimaryKeyConstraint("request_id", name="pk_changes"),
        sa.UniqueConstraint("number", name="uq_changes_number"),
        sa.ForeignKeyConstraint(["family_id"], ["families.family_id"], name="fk_changes_family_id"),
        sa.CheckConstraint(
            "state IN ('pending', 'in_the_way', 'applied', 'refused', 'withdrawn')",
            name=op.f("ck_changes_state"),
        ),
    )
    op.create_index("ix_changes_family_id_submitted_at", "changes", ["family_id", "submitted_at"])
    op.create_index(
        "ix_changes_open",
        "changes",
        ["family_id"],
        postgresql_where=sa.text("state IN ('pending', 'in_the_way')"),
    )


def _items() -> None:
    op.create_table(
        "change_items",
        sa.Column("item_id", sa.Uuid, nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("old", JSONB),
        sa.Column("new", JSONB),
        sa.Column("old_words", sa.Text, nullable=False),
        sa.Column("new_words", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("found", JSONB),
        sa.Column("found_words", sa.Text),
        sa.PrimaryKeyConstraint("item_id", name="pk_change_items"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["changes.request_id"], name="fk_change_items_request_id"
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'applied', 'refused', 'withdrawn')",
            name=op.f("ck_change_items_state"),
        ),
    )
    op.create_index("ix_change_items_request_id", "change_items", ["request_id"])
