"""Who signed in from where, what staff did to an access, the second factor, calls for help."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    _sign_ins()
    _actions()
    _second_factor()
    _calls_for_help()


def _sign_ins() -> None:
    op.add_column(
        "credentials",
        sa.Column("password_version", sa.Integer, nullable=False, server_default=sa.text("0")),
    )
    op.add_column("sessions", sa.Column("awaits_code_since", _instant))
    for column in (
        sa.Column("account_id", sa.Uuid),
        sa.Column("session_id", sa.Uuid),
        sa.Column("browser", sa.Text),
        sa.Column("place", sa.Text),
    ):
        op.add_column("sign_in_attempts", column)
    op.create_foreign_key(
        "fk_sign_in_attempts_account_id",
        "sign_in_attempts",
        "credentials",
        ["account_id"],
        ["account_id"],
    )
    op.create_index("ix_sign_in_attempts_account_id_at", "sign_in_attempts", ["account_id", "at"])


def _actions() -> None:
    op.create_table(
        "access_actions",
        sa.Column("action_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("by_id", sa.Text, nullable=False),
        sa.Column("by_name", sa.Text, nullable=False),
        sa.Column("at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("action_id", name="pk_access_actions"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["credentials.account_id"], name="fk_access_actions_account_id"
        ),
    )
    op.create_index("ix_access_actions_account_id", "access_actions", ["account_id"])


def _second_factor() -> None:
    op.create_table(
        "second_factors",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
        sa.Column("master_key_id", sa.Text, nullable=False),
        sa.Column("made_at", _instant, nullable=False),
        sa.Column("confirmed_at", _instant),
        sa.Column("last_step", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("account_id", name="pk_second_factors"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["credentials.account_id"], name="fk_second_factors_account_id"
        ),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("code_digest", sa.LargeBinary, nullable=False),
        sa.Column("used_at", _instant),
        sa.PrimaryKeyConstraint("account_id", "code_digest", name="pk_recovery_codes"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["credentials.account_id"], name="fk_recovery_codes_account_id"
        ),
    )


def _calls_for_help() -> None:
    op.create_table(
        "help_calls",
        sa.Column("call_id", sa.Uuid, nullable=False),
        sa.Column("identifier", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("received_at", _instant, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("outcome", sa.Text),
        sa.Column("sorted_at", _instant),
        sa.Column("closed_at", _instant),
        sa.Column("closed_by", sa.Text),
        sa.PrimaryKeyConstraint("call_id", name="pk_help_calls"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["credentials.account_id"], name="fk_help_calls_account_id"
        ),
    )
    op.create_index("ix_help_calls_received_at", "help_calls", ["received_at"])
    op.create_index("ix_help_calls_account_id", "help_calls", ["account_id"])
    op.create_index(
        "ix_help_calls_unsorted",
        "help_calls",
        ["received_at"],
        postgresql_where=sa.text("sorted_at IS NULL"),
    )
    op.create_table(
        "public_sendings",
        sa.Column("sending_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("address_key", sa.Text, nullable=False),
        sa.Column("at", _instant, nullable=False),
        sa.PrimaryKeyConstraint("sending_id", name="pk_public_sendings"),
    )
    op.create_index("ix_public_sendings_at", "public_sendings", ["at"])
    op.create_index(
        "ix_public_sendings_form_address_key_at", "public_sendings", ["form", "address_key", "at"]
    )
