"""Data keys, sealed health records, and the record of who opened a file."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    _data_keys()
    _health_records()
    _file_reads()


def _data_keys() -> None:
    op.create_table(
        "data_keys",
        sa.Column("owner_id", sa.Uuid, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
        sa.Column("master_key_id", sa.Text, nullable=False),
        sa.Column("made_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name="pk_data_keys"),
    )
    op.create_index("ix_data_keys_master_key_id", "data_keys", ["master_key_id"])


def _health_records() -> None:
    sealed = ("allergies", "care_plan", "vaccinations", "treatments", "notes")
    op.create_table(
        "health_records",
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in sealed),
        sa.Column("recorded_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("child_id", name="pk_health_records"),
        sa.ForeignKeyConstraint(
            ["child_id"], ["children.child_id"], name="fk_health_records_child_id"
        ),
    )


def _file_reads() -> None:
    op.create_table(
        "file_reads",
        sa.Column("read_id", sa.Uuid, nullable=False),
        sa.Column("at", _instant, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid),
        sa.Column("part", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("reader_kind", sa.Text, nullable=False),
        sa.Column("reader_id", sa.Uuid, nullable=False),
        sa.Column("reader_name", sa.Text, nullable=False),
        sa.Column("reader_roles", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("subject_id", sa.Uuid),
        sa.PrimaryKeyConstraint("read_id", name="pk_file_reads"),
        sa.ForeignKeyConstraint(
            ["family_id"], ["families.family_id"], name="fk_file_reads_family_id"
        ),
        sa.ForeignKeyConstraint(["child_id"], ["children.child_id"], name="fk_file_reads_child_id"),
        sa.CheckConstraint(
            "reader_kind IN ('family', 'staff')", name=op.f("ck_file_reads_reader_kind")
        ),
    )
    op.create_index("ix_file_reads_child_id", "file_reads", ["child_id"])
    op.create_index("ix_file_reads_family_id_at", "file_reads", ["family_id", "at"])
