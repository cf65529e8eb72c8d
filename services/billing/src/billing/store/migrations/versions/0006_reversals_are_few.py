"""A slice of a run looks at reversals only when it asks what was reversed, not at every line."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INVOICED = """
    EXISTS (SELECT FROM invoice_lines i WHERE i.charge_line_id = {line} AND NOT EXISTS (
        SELECT FROM credit_note_lines c JOIN credit_notes n USING (credit_note_id)
        WHERE c.invoice_id = i.invoice_id AND c.charge_line_id = i.charge_line_id AND n.rebill))
"""


def upgrade() -> None:
    op.execute(
        f"""
        CREATE OR REPLACE VIEW uninvoiced_lines AS
        SELECT l.* FROM charge_lines l
        WHERE l.reverses IS NULL AND NOT {INVOICED.format(line="l.charge_line_id")}
          -- The second condition is what keeps the planner from reading every line.
          AND NOT EXISTS (SELECT FROM charge_lines r
                          WHERE r.reverses = l.charge_line_id AND r.reverses IS NOT NULL)
        UNION ALL
        SELECT l.* FROM charge_lines l
        WHERE l.reverses IS NOT NULL AND NOT {INVOICED.format(line="l.charge_line_id")}
          AND {INVOICED.format(line="l.reverses")}
        """
    )
