"""Runs slice by slice that say how far they came; days that wait for a rate."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("runs", sa.Column("reached", sa.Uuid))
    op.drop_constraint(op.f("ck_runs_state"), "runs")
    op.create_check_constraint(
        "state", "runs", "state IN ('preparing', 'draft', 'issuing', 'issued', 'cancelled')"
    )
    op.drop_index("ix_runs_one_draft", "runs")
    op.create_index(
        "ix_runs_one_draft",
        "runs",
        ["cash_office"],
        unique=True,
        postgresql_where=sa.text("state IN ('preparing', 'draft', 'issuing')"),
    )
    _look_up_what_is_invoiced()
    _create_unpriced_days()


def _create_unpriced_days() -> None:
    op.create_table(
        "unpriced_days",
        sa.Column("child_id", sa.Uuid, primary_key=True),
        sa.Column("slot_id", sa.Uuid, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("rate_code", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_unpriced_days_day", "unpriced_days", ["day"])


def _look_up_what_is_invoiced() -> None:
    """The same lines as before, asked so that a slice looks up its own: the former view gathered
    everything that was ever invoiced, and every reversal, for each question."""
    invoiced = """
        EXISTS (SELECT FROM invoice_lines i WHERE i.charge_line_id = {line} AND NOT EXISTS (
            SELECT FROM credit_note_lines c JOIN credit_notes n USING (credit_note_id)
            WHERE c.invoice_id = i.invoice_id AND c.charge_line_id = i.charge_line_id
              AND n.rebill))
    """
    op.execute(
        f"""
        CREATE OR REPLACE VIEW uninvoiced_lines AS
        SELECT l.* FROM charge_lines l
        WHERE l.reverses IS NULL AND NOT {invoiced.format(line="l.charge_line_id")}
          AND NOT EXISTS (SELECT FROM charge_lines r WHERE r.reverses = l.charge_line_id)
        UNION ALL
        SELECT l.* FROM charge_lines l
        WHERE l.reverses IS NOT NULL AND NOT {invoiced.format(line="l.charge_line_id")}
          AND {invoiced.format(line="l.reverses")}
        """
    )
