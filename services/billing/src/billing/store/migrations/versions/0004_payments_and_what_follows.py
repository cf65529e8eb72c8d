"""Payments, bounces, deposits, closings, instalments, reminders, bank lines, online attempts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = ("payments", "bounces", "deposits", "deposited", "closings", "reminders")


def upgrade() -> None:
    _create_payments()
    _create_deposits_and_closings()
    _create_instalments_and_reminders()
    _create_bank_and_online()
    _create_merges()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    _withdraw_rights()
    _keep_closed_days_closed()


def _instant(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _create_payments() -> None:
    op.create_table(
        "payments",
        sa.Column("payment_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("cash_office", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("amount_cents", sa.Integer, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        _instant("recorded_at"),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.UniqueConstraint("cash_office", "year", "sequence"),
        sa.CheckConstraint("amount_cents > 0", name="amount"),
        sa.CheckConstraint("kind IN ('payment', 'refund')", name="kind"),
    )
    op.create_index("ix_payments_family_id", "payments", ["family_id", "received_on"])
    op.create_index("ix_payments_received_on", "payments", ["received_on"])
    op.create_table(
        "bounces",
        sa.Column("payment_id", sa.Uuid, sa.ForeignKey("payments.payment_id"), primary_key=True),
        sa.Column("bounced_on", sa.Date, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        _instant("recorded_at"),
        sa.Column("recorded_by", sa.Text, nullable=False),
    )


def _create_deposits_and_closings() -> None:
    op.create_table(
        "deposits",
        sa.Column("deposit_id", sa.Uuid, primary_key=True),
        sa.Column("cash_office", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("deposited_on", sa.Date, nullable=False),
        _instant("recorded_at"),
        sa.Column("recorded_by", sa.Text, nullable=False),
    )
    op.create_table(
        "deposited",
        sa.Column("payment_id", sa.Uuid, sa.ForeignKey("payments.payment_id"), primary_key=True),
        sa.Column("deposit_id", sa.Uuid, sa.ForeignKey("deposits.deposit_id"), nullable=False),
    )
    op.create_index("ix_deposited_deposit_id", "deposited", ["deposit_id"])
    op.create_table(
        "closings",
        sa.Column("cash_office", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("totals", JSONB, nullable=False),
        _instant("closed_at"),
        sa.Column("closed_by", sa.Text, nullable=False),
    )


def _create_instalments_and_reminders() -> None:
    op.create_table(
        "instalments",
        sa.Column("plan_id", sa.Uuid, primary_key=True),
        sa.Column("rank", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("amount_cents", sa.Integer, nullable=False),
        _instant("agreed_at"),
        sa.Column("agreed_by", sa.Text, nullable=False),
        sa.CheckConstraint("amount_cents > 0", name="amount"),
    )
    op.create_index("ix_instalments_family_id", "instalments", ["family_id"])
    op.create_table(
        "reminders",
        sa.Column("reminder_id", sa.Uuid, primary_key=True),
        sa.Column("invoice_id", sa.Uuid, sa.ForeignKey("invoices.invoice_id"), nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("remaining_cents", sa.Integer, nullable=False),
        _instant("sent_at"),
        sa.Column("sent_by", sa.Text, nullable=False),
        sa.UniqueConstraint("invoice_id", "step"),
    )
    op.create_index("ix_reminders_family_id", "reminders", ["family_id"])


def _create_bank_and_online() -> None:
    op.create_table(
        "bank_lines",
        sa.Column("bank_line_id", sa.Uuid, primary_key=True),
        sa.Column("fingerprint", sa.Text, nullable=False, unique=True),
        sa.Column("booked_on", sa.Date, nullable=False),
        sa.Column("amount_cents", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("payment_id", sa.Uuid, sa.ForeignKey("payments.payment_id"), unique=True),
        _instant("imported_at"),
    )
    op.create_table(
        "online_attempts",
        sa.Column("attempt_id", sa.Uuid, primary_key=True),
        sa.Column("id_op", sa.Text, nullable=False, unique=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("invoice_id", sa.Uuid, sa.ForeignKey("invoices.invoice_id"), nullable=False),
        sa.Column("amount_cents", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("payment_id", sa.Uuid, sa.ForeignKey("payments.payment_id"), unique=True),
        _instant("begun_at"),
    )


def _create_merges() -> None:
    op.create_table(
        "family_merges",
        sa.Column("absorbed_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
    )
    op.create_index("ix_family_merges_family_id", "family_merges", ["family_id"])


def _withdraw_rights() -> None:
    """From everyone but the owner, whatever the runtime role is called."""
    tables = ", ".join(f"'{table}'" for table in APPEND_ONLY)
    op.execute(
        f"""
        DO $$
        DECLARE found record;
        BEGIN
            FOR found IN
                SELECT DISTINCT c.relname, r.rolname
                FROM pg_class c, aclexplode(c.relacl) a
                JOIN pg_roles r ON r.oid = a.grantee
                WHERE c.relname IN ({tables}) AND c.relnamespace = 'public'::regnamespace
                AND a.grantee <> c.relowner
            LOOP
                EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM %I',
                               found.relname, found.rolname);
            END LOOP;
        END $$
        """
    )


def _keep_closed_days_closed() -> None:
    """Nothing is received on a day that was closed, whoever writes it."""
    op.execute(
        """
        CREATE FUNCTION refuse_closed_day() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT FROM closings WHERE cash_office = NEW.cash_office
                       AND day >= NEW.received_on) THEN
                RAISE EXCEPTION 'the cash office closed %', NEW.received_on
                    USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER payments_closed_day BEFORE INSERT ON payments"
        " FOR EACH ROW EXECUTE FUNCTION refuse_closed_day()"
    )
