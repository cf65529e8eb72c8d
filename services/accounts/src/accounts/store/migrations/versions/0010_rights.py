"""Copies of a family's data, and erasures with what each service answered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    _exports()
    _erasures()


def _exports() -> None:
    op.create_table(
        "exports",
        sa.Column("export_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("guardian_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("done", sa.Integer, nullable=False),
        sa.Column("steps", sa.Integer, nullable=False),
        sa.Column("byte_size", sa.Integer),
        sa.Column("asked_at", _instant, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("asked_by_id", sa.Uuid, nullable=False),
        sa.Column("worked_at", _instant),
        sa.Column("ready_at", _instant),
        sa.Column("expires_at", _instant),
        sa.PrimaryKeyConstraint("export_id", name="pk_exports"),
        sa.ForeignKeyConstraint(["family_id"], ["families.family_id"], name="fk_exports_family_id"),
        sa.CheckConstraint(
            "state IN ('waiting', 'working', 'ready', 'failed')", name=op.f("ck_exports_state")
        ),
    )
    op.create_index("ix_exports_family_id", "exports", ["family_id"])
    op.create_index(
        "ix_exports_unfinished",
        "exports",
        ["asked_at"],
        postgresql_where=sa.text("state IN ('waiting', 'working')"),
    )
    op.create_table(
        "export_pieces",
        sa.Column("export_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("piece", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("export_id", "position", name="pk_export_pieces"),
        sa.ForeignKeyConstraint(
            ["export_id"],
            ["exports.export_id"],
            name="fk_export_pieces_export_id",
            ondelete="CASCADE",
        ),
    )
    op.execute("ALTER TABLE export_pieces ALTER COLUMN piece SET STORAGE EXTERNAL")


def _erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("erasure_id", sa.Uuid, nullable=False),
        sa.Column("erased_family_id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("asked_at", _instant, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("started_at", _instant),
        sa.Column("started_by", sa.Text),
        sa.PrimaryKeyConstraint("erasure_id", name="pk_erasures"),
        sa.UniqueConstraint("erased_family_id", name="uq_erasures_erased_family_id"),
    )
    op.create_table(
        "erasure_answers",
        sa.Column("erasure_id", sa.Uuid, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("kept", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("answered_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("erasure_id", "service", name="pk_erasure_answers"),
        sa.ForeignKeyConstraint(
            ["erasure_id"], ["erasures.erasure_id"], name="fk_erasure_answers_erasure_id"
        ),
    )
