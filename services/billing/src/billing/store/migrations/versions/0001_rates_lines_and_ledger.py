"""Families as billing knows them, rates, charge lines, imported invoices, the ledger."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import DATERANGE, INT4RANGE, ExcludeConstraint

from chassis.migrations import create_messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_messaging_tables()
    # Exclusion constraints on text and uuid beside a range need it; the operator may have it done.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    _create_families()
    _create_rates()
    _create_booking_facts()
    _create_charge_lines()
    _create_invoices()
    _create_ledger()
    for table in ("charge_lines", "ledger_entries"):
        _withdraw_rights(table)
        _refuse_changes(table)
    _make_postings_balance()


def _create_families() -> None:
    op.create_table(
        "families",
        sa.Column("family_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("resident", sa.Boolean, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "quotient_periods",
        sa.Column("family_id", sa.Uuid, sa.ForeignKey("families.family_id"), primary_key=True),
        sa.Column("valid_from", sa.Date, primary_key=True),
        sa.Column("valid_to", sa.Date),
        sa.Column("value", sa.Integer, nullable=False),
    )


def _create_rates() -> None:
    op.create_table(
        "rate_grids",
        sa.Column("grid_id", sa.Uuid, primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("validity", DATERANGE, nullable=False),
        sa.Column("non_resident_supplement_cents", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.CheckConstraint("non_resident_supplement_cents >= 0", name="supplement"),
        sa.CheckConstraint("NOT isempty(validity)", name="validity"),
        ExcludeConstraint(
            ("code", "="), ("validity", "&&"), name="ex_rate_grids_validity", using="gist"
        ),
    )
    op.create_table(
        "rate_bands",
        sa.Column("grid_id", sa.Uuid, sa.ForeignKey("rate_grids.grid_id"), primary_key=True),
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("quotient", INT4RANGE, nullable=False),
        sa.Column("unit_cents", sa.Integer, nullable=False),
        sa.Column("care_cents", sa.Integer, nullable=False),
        sa.CheckConstraint("care_cents BETWEEN 0 AND unit_cents", name="care"),
        sa.CheckConstraint("NOT isempty(quotient)", name="quotient"),
        ExcludeConstraint(
            ("grid_id", "="), ("quotient", "&&"), name="ex_rate_bands_quotient", using="gist"
        ),
    )


def _create_booking_facts() -> None:
    op.create_table(
        "booking_facts",
        sa.Column("booking_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("rate_code", sa.Text),
        sa.Column("confirmed_version", sa.Integer, nullable=False),
        sa.Column("released_version", sa.Integer, nullable=False),
    )


def _create_charge_lines() -> None:
    op.create_table(
        "charge_lines",
        sa.Column("charge_line_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("booking_id", sa.Uuid, nullable=False),
        sa.Column("booking_version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        *_price_columns(),
        sa.Column("amount_cents", sa.Integer, nullable=False),
        sa.Column("reverses", sa.Uuid, sa.ForeignKey("charge_lines.charge_line_id"), unique=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("booking_id", "booking_version", "kind"),
        sa.CheckConstraint("unit_cents = care_cents + food_cents", name="split"),
        sa.CheckConstraint(
            "(kind = 'charge' AND reverses IS NULL AND amount_cents = unit_cents)"
            " OR (kind = 'reversal' AND reverses IS NOT NULL AND amount_cents = -unit_cents)",
            name="kind",
        ),
    )
    op.create_index("ix_charge_lines_family_id", "charge_lines", ["family_id", "day"])


def _price_columns() -> list[sa.Column[Any]]:
    """What was applied, and why."""
    return [
        sa.Column("rate_code", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("grid_id", sa.Uuid, sa.ForeignKey("rate_grids.grid_id"), nullable=False),
        sa.Column("band_label", sa.Text, nullable=False),
        sa.Column("unit_cents", sa.Integer, nullable=False),
        sa.Column("care_cents", sa.Integer, nullable=False),
        sa.Column("food_cents", sa.Integer, nullable=False),
        sa.Column("supplement_cents", sa.Integer, nullable=False),
        sa.Column("resident", sa.Boolean, nullable=False),
        sa.Column("quotient", sa.Integer),
        sa.Column("quotient_since", sa.Date),
    ]


def _create_invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("invoice_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("period", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("total_cents", sa.Integer, nullable=False),
        sa.Column("imported_paid_cents", sa.Integer, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("due_on >= issued_on", name="due"),
    )
    op.create_index("ix_invoices_family_id", "invoices", ["family_id", "issued_on"])


def _create_ledger() -> None:
    op.create_table(
        "family_accounts",
        sa.Column("family_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("entry_id", sa.Uuid, primary_key=True),
        sa.Column("posting_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("amount_cents", sa.Integer, nullable=False),
        sa.Column("invoice_id", sa.Uuid, sa.ForeignKey("invoices.invoice_id")),
        sa.Column("occurred_on", sa.Date, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    for column in ("family_id", "posting_id", "invoice_id"):
        op.create_index(f"ix_ledger_entries_{column}", "ledger_entries", [column])


def _withdraw_rights(table: str) -> None:
    """From everyone but the owner, whatever the runtime role is called."""
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM PUBLIC")
    op.execute(
        f"""
        DO $$
        DECLARE grantee text;
        BEGIN
            FOR grantee IN
                SELECT DISTINCT r.rolname
                FROM pg_class c, aclexplode(c.relacl) a
                JOIN pg_roles r ON r.oid = a.grantee
                WHERE c.oid = '{table}'::regclass AND a.grantee <> c.relowner
            LOOP
                EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM %I', grantee);
            END LOOP;
        END $$
        """
    )


def _refuse_changes(table: str) -> None:
    """Stops the owner too, and an operator who has granted rights on all tables again."""
    op.execute(
        """
        CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: add a reversal instead', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _make_postings_balance() -> None:
    op.execute(
        """
        CREATE FUNCTION check_posting() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF (SELECT sum(amount_cents) FROM ledger_entries
                WHERE posting_id = NEW.posting_id) <> 0 THEN
                RAISE EXCEPTION 'the two sides of posting % differ', NEW.posting_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    # At commit, when all sides of the posting are there.
    op.execute(
        "CREATE CONSTRAINT TRIGGER ledger_entries_balance AFTER INSERT ON ledger_entries"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_posting()"
    )
