"""Runs, invoices with their lines, credit notes, and the archive of documents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "invoices",
    "invoice_lines",
    "credit_notes",
    "credit_note_lines",
    "archived_documents",
)


def upgrade() -> None:
    _create_runs()
    _widen_invoices()
    _create_lines_and_counters()
    _create_credit_notes()
    _create_archive()
    _widen_ledger()
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    _withdraw_rights()
    _show_what_is_not_invoiced()


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Uuid, primary_key=True),
        sa.Column("cash_office", sa.Text, nullable=False),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("rate_codes", ARRAY(sa.Text), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True)),
        sa.Column("issued_by", sa.Text),
        sa.CheckConstraint("state IN ('draft', 'issued', 'cancelled')", name="state"),
    )
    op.create_index(
        "ix_runs_one_draft",
        "runs",
        ["cash_office"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "run_invoices",
        sa.Column("invoice_id", sa.Uuid, primary_key=True),
        sa.Column(
            "run_id", sa.Uuid, sa.ForeignKey("runs.run_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Uuid),
        *(sa.Column(name, sa.Integer, nullable=False) for name in RUN_AMOUNTS),
        sa.Column("carried", sa.Boolean, nullable=False),
        sa.Column("warnings", ARRAY(sa.Text), nullable=False),
        sa.UniqueConstraint("run_id", "family_id", "payer_id"),
    )
    op.create_table(
        "run_lines",
        sa.Column(
            "run_id", sa.Uuid, sa.ForeignKey("runs.run_id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column(
            "charge_line_id",
            sa.Uuid,
            sa.ForeignKey("charge_lines.charge_line_id"),
            nullable=False,
        ),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("payer_id", sa.Uuid),
        *(sa.Column(name, sa.Integer, nullable=False) for name in LINE_AMOUNTS),
    )
    op.create_index("ix_run_lines_run_id", "run_lines", ["run_id", "family_id"])


LINE_AMOUNTS = ("amount_cents", "care_cents", "food_cents")
RUN_AMOUNTS = (
    "lines",
    "total_cents",
    "care_cents",
    "food_cents",
    "previous_balance_cents",
    "last_month_cents",
)


def _widen_invoices() -> None:
    op.add_column("invoices", sa.Column("run_id", sa.Uuid, sa.ForeignKey("runs.run_id")))
    op.add_column("invoices", sa.Column("cash_office", sa.Text))
    op.add_column("invoices", sa.Column("year", sa.Integer))
    op.add_column("invoices", sa.Column("sequence", sa.Integer))
    op.add_column("invoices", sa.Column("payer_id", sa.Uuid))
    op.add_column(
        "invoices", sa.Column("debtor", JSONB, nullable=False, server_default=sa.text("'{}'"))
    )
    for name in ("care_cents", "food_cents", "previous_balance_cents"):
        zero = sa.text("0")
        op.add_column("invoices", sa.Column(name, sa.Integer, nullable=False, server_default=zero))
    for name in ("debtor", "care_cents", "food_cents", "previous_balance_cents"):
        op.alter_column("invoices", name, server_default=None)
    op.create_unique_constraint(
        "uq_invoices_cash_office_year_sequence", "invoices", ["cash_office", "year", "sequence"]
    )
    op.create_check_constraint(
        "split", "invoices", "run_id IS NULL OR total_cents = care_cents + food_cents"
    )
    op.create_check_constraint("numbered", "invoices", "(run_id IS NULL) = (sequence IS NULL)")
    op.create_index("ix_invoices_run_id", "invoices", ["run_id"])


def _create_lines_and_counters() -> None:
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.Uuid, sa.ForeignKey("invoices.invoice_id"), primary_key=True),
        sa.Column(
            "charge_line_id",
            sa.Uuid,
            sa.ForeignKey("charge_lines.charge_line_id"),
            primary_key=True,
        ),
        *(sa.Column(name, sa.Integer, nullable=False) for name in LINE_AMOUNTS),
        sa.CheckConstraint("amount_cents = care_cents + food_cents", name="split"),
    )
    op.create_index("ix_invoice_lines_charge_line_id", "invoice_lines", ["charge_line_id"])
    op.create_table(
        "counters",
        sa.Column("series", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
    )


def _create_credit_notes() -> None:
    op.create_table(
        "credit_notes",
        sa.Column("credit_note_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("cash_office", sa.Text, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("invoice_id", sa.Uuid, sa.ForeignKey("invoices.invoice_id"), nullable=False),
        sa.Column("total_cents", sa.Integer, nullable=False),
        sa.Column("care_cents", sa.Integer, nullable=False),
        sa.Column("food_cents", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("rebill", sa.Boolean, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Text, nullable=False),
        sa.UniqueConstraint("cash_office", "year", "sequence"),
        sa.CheckConstraint(
            "total_cents > 0 AND total_cents = care_cents + food_cents", name="split"
        ),
    )
    op.create_index("ix_credit_notes_invoice_id", "credit_notes", ["invoice_id"])
    op.create_index("ix_credit_notes_family_id", "credit_notes", ["family_id"])
    op.create_table(
        "credit_note_lines",
        sa.Column(
            "credit_note_id",
            sa.Uuid,
            sa.ForeignKey("credit_notes.credit_note_id"),
            primary_key=True,
        ),
        sa.Column(
            "charge_line_id",
            sa.Uuid,
            sa.ForeignKey("charge_lines.charge_line_id"),
            primary_key=True,
        ),
        sa.Column("invoice_id", sa.Uuid, sa.ForeignKey("invoices.invoice_id"), nullable=False),
        sa.Column("amount_cents", sa.Integer, nullable=False),
        sa.UniqueConstraint("invoice_id", "charge_line_id"),
    )


def _create_archive() -> None:
    op.create_table(
        "archived_documents",
        sa.Column("document_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("kind", "subject_id"),
        sa.CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="sha256"),
    )
    op.create_table(
        "to_archive",
        sa.Column("invoice_id", sa.Uuid, sa.ForeignKey("invoices.invoice_id"), primary_key=True),
        sa.Column("run_id", sa.Uuid, sa.ForeignKey("runs.run_id"), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )


def _widen_ledger() -> None:
    op.add_column("ledger_entries", sa.Column("payer_id", sa.Uuid))
    op.add_column("ledger_entries", sa.Column("source_id", sa.Uuid))
    op.create_index("ix_ledger_entries_source_id", "ledger_entries", ["source_id"])


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


def _show_what_is_not_invoiced() -> None:
    """Lines that a run may take.

    A line that was reversed before it was ever invoiced is left out with its reversal; a reversal
    counts when what it takes back was invoiced.
    """
    op.execute(
        """
        CREATE VIEW invoiced_lines AS
        SELECT DISTINCT l.charge_line_id FROM invoice_lines l
        WHERE NOT EXISTS (
            SELECT FROM credit_note_lines c JOIN credit_notes n USING (credit_note_id)
            WHERE c.invoice_id = l.invoice_id AND c.charge_line_id = l.charge_line_id AND n.rebill)
        """
    )
    op.execute(
        """
        CREATE VIEW uninvoiced_lines AS
        SELECT l.* FROM charge_lines l
        WHERE NOT EXISTS (SELECT FROM invoiced_lines i WHERE i.charge_line_id = l.charge_line_id)
        AND CASE WHEN l.reverses IS NULL
            THEN NOT EXISTS (SELECT FROM charge_lines r WHERE r.reverses = l.charge_line_id)
            ELSE EXISTS (SELECT FROM invoiced_lines i WHERE i.charge_line_id = l.reverses)
        END
        """
    )
