"""An access of each guardian's own, chosen passwords, and links that work once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    _accesses()
    _links()


def _accesses() -> None:
    op.add_column("credentials", sa.Column("guardian_id", sa.Uuid))
    op.add_column("credentials", sa.Column("email", sa.Text))
    op.add_column("credentials", sa.Column("disabled_at", _instant))
    op.alter_column("credentials", "password_hash", nullable=True)
    op.alter_column("credentials", "password_changed_at", nullable=True)
    op.create_foreign_key(
        "fk_credentials_guardian_id", "credentials", "guardians", ["guardian_id"], ["guardian_id"]
    )
    op.create_index("ix_credentials_guardian_id", "credentials", ["guardian_id"])
    op.create_check_constraint(
        op.f("ck_credentials_guardian_of_family"),
        "credentials",
        "guardian_id IS NULL OR family_id IS NOT NULL",
    )


def _links() -> None:
    op.create_table(
        "access_links",
        sa.Column("link_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("secret_digest", sa.LargeBinary, nullable=False),
        sa.Column("made_by", sa.Uuid),
        sa.Column("made_at", _instant, nullable=False),
        sa.Column("expires_at", _instant, nullable=False),
        sa.Column("used_at", _instant),
        sa.Column("revoked_at", _instant),
        sa.PrimaryKeyConstraint("link_id", name="pk_access_links"),
        sa.UniqueConstraint("secret_digest", name="uq_access_links_secret_digest"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["credentials.account_id"], name="fk_access_links_account_id"
        ),
        sa.CheckConstraint(
            "purpose IN ('activation', 'reset')", name=op.f("ck_access_links_purpose")
        ),
    )
    op.create_index("ix_access_links_account_id", "access_links", ["account_id"])
    op.create_index("ix_access_links_expires_at", "access_links", ["expires_at"])
