"""Names on invoices, effort rates, and each (child, slot, day) billed once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Defaults fill the rows that are there and are then taken away."""
    _name_families()
    _widen_bands()
    _cover_every_quotient()
    _widen_booking_facts()
    _hear_of_absences_and_attendance()
    _bill_each_day_once()
    for table, columns in FILLED.items():
        for column in columns:
            op.alter_column(table, column, server_default=None)


FILLED = {
    "families": ("name", "reference", "guardians", "payers"),
    "rate_bands": ("children_from",),
    "booking_facts": ("late_version",),
    "charge_lines": ("revision", "basis", "rule", "children_from"),
}


def _name_families() -> None:
    for name in ("name", "reference"):
        op.add_column("families", sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name in ("guardians", "payers"):
        op.add_column("families", sa.Column(name, JSONB, nullable=False, server_default="[]"))
    op.add_column("families", sa.Column("erased_at", sa.DateTime(timezone=True)))
    op.create_table(
        "children",
        sa.Column("child_id", sa.Uuid, primary_key=True),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("born_on", sa.Date, nullable=False),
        sa.Column("alternating_custody", sa.Boolean, nullable=False),
    )
    op.create_index("ix_children_family_id", "children", ["family_id"])


def _widen_bands() -> None:
    one = sa.text("1")
    op.add_column(
        "rate_bands", sa.Column("children_from", sa.Integer, nullable=False, server_default=one)
    )
    op.add_column("rate_bands", sa.Column("effort_per_10000", sa.Integer))
    op.add_column("rate_bands", sa.Column("floor_cents", sa.Integer))
    op.drop_constraint("pk_rate_bands", "rate_bands")
    op.create_primary_key("pk_rate_bands", "rate_bands", ["grid_id", "children_from", "label"])
    op.drop_constraint("ex_rate_bands_quotient", "rate_bands")
    op.execute(
        "ALTER TABLE rate_bands ADD CONSTRAINT ex_rate_bands_quotient EXCLUDE USING gist"
        " (grid_id WITH =, children_from WITH =, quotient WITH &&)"
    )
    op.create_check_constraint("children", "rate_bands", "children_from BETWEEN 1 AND 20")
    op.create_check_constraint(
        "effort",
        "rate_bands",
        "(effort_per_10000 IS NULL AND floor_cents IS NULL)"
        " OR (effort_per_10000 > 0 AND floor_cents BETWEEN unit_cents - care_cents AND unit_cents)",
    )


def _cover_every_quotient() -> None:
    """Overlaps are refused by exclusion; this refuses gaps, when the transaction ends."""
    op.execute(
        """
        CREATE FUNCTION check_bands_cover() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT EXISTS (SELECT FROM rate_bands
                           WHERE grid_id = NEW.grid_id AND children_from = 1)
               OR EXISTS (SELECT FROM rate_bands WHERE grid_id = NEW.grid_id
                          GROUP BY children_from
                          HAVING range_agg(quotient) <> '{[0,)}'::int4multirange) THEN
                RAISE EXCEPTION 'the bands of grid % leave a quotient without price', NEW.grid_id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    for table in ("rate_grids", "rate_bands"):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table}_cover AFTER INSERT OR UPDATE ON {table}"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_bands_cover()"
        )


def _widen_booking_facts() -> None:
    # What was heard before says no slot: such a booking is a subject by itself.
    for name in ("activity_id", "slot_id"):
        op.add_column("booking_facts", sa.Column(name, sa.Uuid))
        op.execute(f"UPDATE booking_facts SET {name} = booking_id")
        op.alter_column("booking_facts", name, nullable=False)
    op.add_column(
        "booking_facts",
        sa.Column("late_version", sa.Integer, nullable=False, server_default=sa.text("0")),
    )
    op.create_index("ix_booking_facts_child_id", "booking_facts", ["child_id", "slot_id", "day"])
    op.create_index("ix_booking_facts_day", "booking_facts", ["day"])


def _hear_of_absences_and_attendance() -> None:
    op.create_table(
        "absence_facts",
        sa.Column("absence_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("booking_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("slot_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("accepted", sa.Boolean, nullable=False),
        sa.Column("billable", sa.Boolean, nullable=False),
        sa.Column("justified", sa.Boolean, nullable=False),
        sa.Column("waiting_day", sa.Boolean, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "attendance_facts",
        sa.Column("attendance_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("slot_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("came", sa.Boolean, nullable=False),
        sa.Column("rate_code", sa.Text, nullable=False),
    )
    for table in ("absence_facts", "attendance_facts"):
        op.create_index(f"ix_{table}_child_id", table, ["child_id", "slot_id", "day"])


def _bill_each_day_once() -> None:
    for column in (
        sa.Column("activity_id", sa.Uuid),
        sa.Column("slot_id", sa.Uuid),
        sa.Column("revision", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("basis", sa.Text, nullable=False, server_default="booked"),
        sa.Column("rule", sa.Text, nullable=False, server_default="band"),
        sa.Column("effort_per_10000", sa.Integer),
        sa.Column("children_from", sa.Integer, nullable=False, server_default=sa.text("1")),
    ):
        op.add_column("charge_lines", column)
    op.drop_constraint("uq_charge_lines_booking_id_booking_version_kind", "charge_lines")
    op.execute("ALTER TABLE charge_lines DISABLE TRIGGER charge_lines_append_only")
    op.execute("UPDATE charge_lines SET activity_id = booking_id, slot_id = booking_id")
    op.execute(
        "UPDATE charge_lines l SET revision = n FROM (SELECT charge_line_id, row_number() OVER"
        " (PARTITION BY booking_id ORDER BY recorded_at, charge_line_id) AS n FROM charge_lines) s"
        " WHERE s.charge_line_id = l.charge_line_id"
    )
    op.execute("ALTER TABLE charge_lines ENABLE TRIGGER charge_lines_append_only")
    for name in ("activity_id", "slot_id"):
        op.alter_column("charge_lines", name, nullable=False)
    op.create_unique_constraint(
        "uq_charge_lines_child_id_slot_id_day_revision",
        "charge_lines",
        ["child_id", "slot_id", "day", "revision"],
    )
    op.create_index("ix_charge_lines_booking_id", "charge_lines", ["booking_id"])
    op.create_index("ix_charge_lines_day", "charge_lines", ["day"])
    op.create_table(
        "charged_days",
        sa.Column("child_id", sa.Uuid, primary_key=True),
        sa.Column("slot_id", sa.Uuid, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column(
            "open_line_id", sa.Uuid, sa.ForeignKey("charge_lines.charge_line_id"), unique=True
        ),
    )
    op.execute(
        "INSERT INTO charged_days SELECT l.child_id, l.slot_id, l.day, max(l.revision),"
        " (array_agg(l.charge_line_id) FILTER (WHERE l.reverses IS NULL AND NOT EXISTS"
        " (SELECT FROM charge_lines r WHERE r.reverses = l.charge_line_id)))[1]"
        " FROM charge_lines l GROUP BY 1, 2, 3"
    )
