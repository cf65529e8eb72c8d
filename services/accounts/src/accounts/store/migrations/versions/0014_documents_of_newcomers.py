"""Documents that come with a pre-registration, before there is a file to keep them in."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "newcomer_documents",
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("byte_size", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("dated_on", sa.Date, nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("sending_digest", sa.LargeBinary, nullable=False),
        sa.Column("file_name", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_sent", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("document_id", name="pk_newcomer_documents"),
    )
    op.create_index("ix_newcomer_documents_request_id", "newcomer_documents", ["request_id"])
    op.create_index(
        "ix_newcomer_documents_unsent",
        "newcomer_documents",
        ["received_at"],
        postgresql_where=sa.text("NOT is_sent"),
    )
    op.execute("ALTER TABLE newcomer_documents ALTER COLUMN content SET STORAGE EXTERNAL")
    # What is opened of a family that pre-registers is noted before the family is there.
    for column in ("family_id", "child_id"):
        op.drop_constraint(f"fk_file_reads_{column}", "file_reads", type_="foreignkey")
