"""Supporting documents, their reminders, children's photos, and proposed health data."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)
_SEALED = ("allergies", "care_plan", "vaccinations", "treatments", "notes")


def upgrade() -> None:
    _documents()
    _of_documents()
    _photos()
    _health_proposals()


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid),
        sa.Column("own_of", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("byte_size", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("dated_on", sa.Date, nullable=False),
        sa.Column("expires_on", sa.Date),
        sa.Column("submitted_at", _instant, nullable=False),
        sa.Column("submitted_by", sa.Text, nullable=False),
        sa.Column("sending_digest", sa.LargeBinary, nullable=False),
        sa.Column("file_name", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_documents"),
        _key("documents", "family_id", "families.family_id"),
        _key("documents", "child_id", "children.child_id"),
        _key("documents", "own_of", "guardians.guardian_id"),
        sa.CheckConstraint(
            "state IN ('pending', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_documents_state"),
        ),
    )
    for column in ("family_id", "child_id"):
        op.create_index(f"ix_documents_{column}", "documents", [column])
    op.create_index(
        "ix_documents_expires_on",
        "documents",
        ["expires_on"],
        postgresql_where=sa.text("state = 'accepted'"),
    )


def _of_documents() -> None:
    op.create_table(
        "document_contents",
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("document_id", name="pk_document_contents"),
        _key("document_contents", "document_id", "documents.document_id", ondelete="CASCADE"),
    )
    # Sealed bytes do not get smaller: trying costs time and gains nothing.
    op.execute("ALTER TABLE document_contents ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "document_reminders",
        sa.Column("document_id", sa.Uuid, nullable=False),
        sa.Column("threshold", sa.SmallInteger, nullable=False),
        sa.Column("reminded_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("document_id", "threshold", name="pk_document_reminders"),
        _key("document_reminders", "document_id", "documents.document_id", ondelete="CASCADE"),
    )


def _photos() -> None:
    op.create_table(
        "photos",
        sa.Column("photo_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("submitted_at", _instant, nullable=False),
        sa.Column("submitted_by", sa.Text, nullable=False),
        sa.Column("sending_digest", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("photo_id", name="pk_photos"),
        _key("photos", "child_id", "children.child_id"),
        sa.CheckConstraint("state IN ('pending', 'current')", name=op.f("ck_photos_state")),
    )
    op.create_index("uq_photos_child_id_state", "photos", ["child_id", "state"], unique=True)


def _health_proposals() -> None:
    op.create_table(
        "health_proposals",
        sa.Column("proposal_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.LargeBinary, nullable=False) for name in _SEALED),
        sa.Column("made_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", name="pk_health_proposals"),
        _key("health_proposals", "child_id", "children.child_id"),
    )
    op.create_index("ix_health_proposals_child_id", "health_proposals", ["child_id"])


def _key(
    table: str, column: str, target: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [target], name=f"fk_{table}_{column}", ondelete=ondelete
    )
