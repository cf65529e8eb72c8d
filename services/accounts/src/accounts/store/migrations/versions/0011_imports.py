"""Tables of families that staff bring, checked before they are taken."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("mode", sa.Text),
        sa.Column("content", sa.LargeBinary),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("by_id", sa.Uuid, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("sent_at", _instant, nullable=False),
        sa.Column("families", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("done", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("good", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("known", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("mistake_count", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column(
            "mistakes", postgresql.JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")
        ),
        sa.PrimaryKeyConstraint("import_id", name="pk_imports"),
        sa.CheckConstraint(
            "state IN ('waiting', 'checked', 'applying', 'done', 'unreadable', 'failed')",
            name=op.f("ck_imports_state"),
        ),
        sa.CheckConstraint("mode IN ('all', 'good')", name=op.f("ck_imports_mode")),
    )
    op.create_index("ix_imports_sent_at", "imports", ["sent_at"])
