"""What was heard of children's days, and the lines that followed. Amounts are euro cents."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from .metadata import instant, metadata
from .rates import rate_grids

booking_facts = Table(
    "booking_facts",
    metadata,
    Column("booking_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    # Unknown while only a cancellation has been heard.
    Column("rate_code", Text),
    Column("confirmed_version", Integer, nullable=False),
    Column("released_version", Integer, nullable=False),
    Column("activity_id", Uuid, nullable=False),
    Column("slot_id", Uuid, nullable=False),
    Column("late_version", Integer, nullable=False),
)
Index(
    "ix_booking_facts_child_id",
    booking_facts.c.child_id,
    booking_facts.c.slot_id,
    booking_facts.c.day,
)
Index("ix_booking_facts_day", booking_facts.c.day)

absence_facts = Table(
    "absence_facts",
    metadata,
    Column("absence_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("booking_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("slot_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("billable", Boolean, nullable=False),
    Column("justified", Boolean, nullable=False),
    Column("waiting_day", Boolean, nullable=False),
    instant("decided_at"),
)
Index(
    "ix_absence_facts_child_id",
    absence_facts.c.child_id,
    absence_facts.c.slot_id,
    absence_facts.c.day,
)

attendance_facts = Table(
    "attendance_facts",
    metadata,
    Column("attendance_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("activity_id", Uuid, nullable=False),
    Column("slot_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("came", Boolean, nullable=False),
    Column("rate_code", Text, nullable=False),
)
Index(
    "ix_attendance_facts_child_id",
    attendance_facts.c.child_id,
    attendance_facts.c.slot_id,
    attendance_facts.c.day,
)

charge_lines = Table(
    "charge_lines",
    metadata,
    Column("charge_line_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    # The booking, or the attendance of a child who came without one.
    Column("booking_id", Uuid, nullable=False),
    Column("booking_version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("rate_code", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("grid_id", ForeignKey(rate_grids.c.grid_id), nullable=False),
    Column("band_label", Text, nullable=False),
    Column("unit_cents", Integer, nullable=False),
    Column("care_cents", Integer, nullable=False),
    Column("food_cents", Integer, nullable=False),
    Column("supplement_cents", Integer, nullable=False),
    Column("resident", Boolean, nullable=False),
    Column("quotient", Integer),
    Column("quotient_since", Date),
    Column("amount_cents", Integer, nullable=False),
    Column("reverses", ForeignKey("charge_lines.charge_line_id"), unique=True),
    instant("recorded_at"),
    Column("activity_id", Uuid, nullable=False),
    Column("slot_id", Uuid, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("basis", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("effort_per_10000", Integer),
    Column("children_from", Integer, nullable=False),
    UniqueConstraint("child_id", "slot_id", "day", "revision"),
    CheckConstraint("unit_cents = care_cents + food_cents", name="split"),
    CheckConstraint(
        "(kind = 'charge' AND reverses IS NULL AND amount_cents = unit_cents)"
        " OR (kind = 'reversal' AND reverses IS NOT NULL AND amount_cents = -unit_cents)",
        name="kind",
    ),
)
Index("ix_charge_lines_family_id", charge_lines.c.family_id, charge_lines.c.day)
Index("ix_charge_lines_booking_id", charge_lines.c.booking_id)
Index("ix_charge_lines_day", charge_lines.c.day)

charged_days = Table(
    "charged_days",
    metadata,
    Column("child_id", Uuid, primary_key=True),
    Column("slot_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    # How many lines the subject has had.
    Column("revision", Integer, nullable=False),
    # The one line that bills it now; None: nothing is owed.
    Column("open_line_id", ForeignKey(charge_lines.c.charge_line_id), unique=True),
)

# Days whose event waits because no rate prices them; a day leaves when it is settled.
unpriced_days = Table(
    "unpriced_days",
    metadata,
    Column("child_id", Uuid, primary_key=True),
    Column("slot_id", Uuid, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("rate_code", Text, nullable=False),
    instant("since"),
)
Index("ix_unpriced_days_day", unpriced_days.c.day)
