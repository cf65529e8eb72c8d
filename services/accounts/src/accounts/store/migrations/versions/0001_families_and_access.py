"""Families, staff, access, and the tables that messages need."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_messaging_tables()
    # The provisioner makes it as superuser; asking again would fail for the owner on some servers.
    op.execute(
        "DO $$ BEGIN"
        " IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')"
        " THEN CREATE EXTENSION IF NOT EXISTS btree_gist; END IF;"
        " END $$"
    )
    _families()
    _people_of_families()
    _quotients()
    _access()
    _sessions()
    _signing_keys()


def _families() -> None:
    op.create_table(
        "families",
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("resident", sa.Boolean, nullable=False),
        sa.Column("creation_digest", sa.LargeBinary, nullable=False),
        sa.Column("created_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("family_id", name="pk_families"),
        sa.UniqueConstraint("reference", name="uq_families_reference"),
    )


def _people_of_families() -> None:
    op.create_table(
        "guardians",
        sa.Column("guardian_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("is_payer", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("guardian_id", name="pk_guardians"),
        sa.ForeignKeyConstraint(
            ["family_id"], ["families.family_id"], name="fk_guardians_family_id"
        ),
    )
    op.create_index("ix_guardians_family_id", "guardians", ["family_id"])
    op.create_table(
        "children",
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("born_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("child_id", name="pk_children"),
        sa.ForeignKeyConstraint(
            ["family_id"], ["families.family_id"], name="fk_children_family_id"
        ),
    )
    op.create_index("ix_children_family_id", "children", ["family_id"])


def _quotients() -> None:
    op.create_table(
        "quotients",
        sa.Column("quotient_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("validity", postgresql.DATERANGE, nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("quotient_id", name="pk_quotients"),
        sa.ForeignKeyConstraint(
            ["family_id"], ["families.family_id"], name="fk_quotients_family_id"
        ),
        sa.CheckConstraint(
            "NOT isempty(validity) AND lower(validity) IS NOT NULL",
            name=op.f("ck_quotients_validity"),
        ),
        sa.CheckConstraint("value >= 0", name=op.f("ck_quotients_value")),
    )
    op.execute(
        "ALTER TABLE quotients ADD CONSTRAINT ex_quotients_overlap"
        " EXCLUDE USING gist (family_id WITH =, validity WITH &&)"
    )


def _access() -> None:
    op.create_table(
        "staff_members",
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_members"),
    )
    op.create_table(
        "credentials",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("family_id", sa.Uuid),
        sa.Column("staff_id", sa.Uuid),
        sa.Column("created_at", _instant, nullable=False),
        sa.Column("password_changed_at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_credentials"),
        sa.UniqueConstraint("identifier", name="uq_credentials_identifier"),
        sa.ForeignKeyConstraint(
            ["family_id"], ["families.family_id"], name="fk_credentials_family_id"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_members.staff_id"], name="fk_credentials_staff_id"
        ),
        sa.CheckConstraint(
            "num_nonnulls(family_id, staff_id) = 1", name=op.f("ck_credentials_one_holder")
        ),
    )
    op.create_index("ix_credentials_family_id", "credentials", ["family_id"])
    op.create_index("ix_credentials_staff_id", "credentials", ["staff_id"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("session_id", sa.Uuid, nullable=False),
        sa.Column("secret_digest", sa.LargeBinary, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("opened_at", _instant, nullable=False),
        sa.Column("last_used_at", _instant, nullable=False),
        sa.Column("ended_at", _instant),
        sa.PrimaryKeyConstraint("session_id", name="pk_sessions"),
        sa.UniqueConstraint("secret_digest", name="uq_sessions_secret_digest"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["credentials.account_id"], name="fk_sessions_account_id"
        ),
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"])
    op.create_index("ix_sessions_opened_at", "sessions", ["opened_at"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("attempt_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("account_key", sa.LargeBinary, nullable=False),
        sa.Column("address_key", sa.Text),
        sa.Column("at", _instant, nullable=False),
        sa.Column("succeeded", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_sign_in_attempts"),
    )
    op.create_index("ix_sign_in_attempts_at", "sign_in_attempts", ["at"])
    for key in ("account_key", "address_key"):
        op.create_index(f"ix_sign_in_attempts_{key}_at", "sign_in_attempts", [key, "at"])


def _signing_keys() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.Text, nullable=False),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary, nullable=False),
        sa.Column("master_key_id", sa.Text, nullable=False),
        sa.Column("made_at", _instant, nullable=False),
        sa.Column("signs_from", _instant, nullable=False),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_keys"),
    )
