"""What is offered: centres, activities, slots, windows, closures; reasons of absence, schools."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)

from .metadata import metadata

centres = Table(
    "centres",
    metadata,
    Column("centre_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("licensed_under_six", Integer),
    Column("licensed_six_and_over", Integer),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    Column("phone", Text, nullable=False, server_default=""),
    Column("email", Text, nullable=False, server_default=""),
    UniqueConstraint("name"),
)

centre_openings = Table(
    "centre_openings",
    metadata,
    Column("centre_id", Uuid, ForeignKey("centres.centre_id"), primary_key=True),
    Column("weekday", SmallInteger, primary_key=True),
    Column("opens", Time, primary_key=True),
    Column("closes", Time, nullable=False),
    CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday"),
    CheckConstraint("opens < closes", name="hours"),
)

activities = Table(
    "activities",
    metadata,
    Column("activity_id", Uuid, primary_key=True),
    Column("centre_id", Uuid, ForeignKey("centres.centre_id"), nullable=False),
    Column("label", Text, nullable=False),
    Column("season", Text, nullable=False),
    Column("weekdays", ARRAY(SmallInteger), nullable=False),
    Column("capacity_under_six", Integer, nullable=False),
    Column("capacity_six_and_over", Integer, nullable=False),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("kind", Text, nullable=False, server_default=text("'wednesday'")),
    Column("needs_enrolment", Boolean, nullable=False, server_default=text("false")),
    Column("waiting_list", Boolean, nullable=False, server_default=text("false")),
    Column("offer_hours", SmallInteger, nullable=False, server_default=text("48")),
    Column("overbooking", SmallInteger, nullable=False, server_default=text("0")),
    Column("per_adult_under_six", SmallInteger),
    Column("per_adult_six_and_over", SmallInteger),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    UniqueConstraint("centre_id", "label"),
    CheckConstraint("season IN ('term', 'holiday')", name="season"),
    CheckConstraint("capacity_under_six >= 0 AND capacity_six_and_over >= 0", name="capacity"),
    CheckConstraint("overbooking >= 0 AND offer_hours > 0", name="places"),
)

slots = Table(
    "slots",
    metadata,
    Column("slot_id", Uuid, primary_key=True),
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), nullable=False),
    Column("label", Text, nullable=False),
    Column("starts", Time, nullable=False),
    Column("ends", Time, nullable=False),
    Column("meal", Boolean, nullable=False),
    Column("rate_code", Text, nullable=False),
    Column("min_age", SmallInteger),
    Column("max_age", SmallInteger),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Index("ix_slots_activity_id", "activity_id"),
    CheckConstraint("starts < ends", name="hours"),
)

notice_rules = Table(
    "notice_rules",
    metadata,
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("action", Text, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("count", SmallInteger, nullable=False),
    Column("at", Time, nullable=False),
    Column("weekday", SmallInteger),
)

booking_windows = Table(
    "booking_windows",
    metadata,
    Column("window_id", Uuid, primary_key=True),
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("opens_at", DateTime(timezone=True), nullable=False),
    Column("closes_at", DateTime(timezone=True)),
    Index("ix_booking_windows_activity_id", "activity_id"),
    CheckConstraint("first_day <= last_day", name="days"),
    CheckConstraint("closes_at IS NULL OR opens_at < closes_at", name="instants"),
)

closures = Table(
    "closures",
    metadata,
    Column("closure_id", Uuid, primary_key=True),
    Column("centre_id", Uuid, ForeignKey("centres.centre_id")),
    Column("activity_id", Uuid, ForeignKey("activities.activity_id")),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("label", Text, nullable=False),
    Column("version", BigInteger, nullable=False, server_default=text("1")),
    CheckConstraint("first_day <= last_day", name="days"),
)

absence_reasons = Table(
    "absence_reasons",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("proof", Text, nullable=False),
    Column("proof_hours", SmallInteger),
    Column("billing", Text, nullable=False),
    Column("waiting_days", SmallInteger, nullable=False, server_default=text("0")),
    Column("needs_text", Boolean, nullable=False, server_default=text("false")),
    Column("staff_only", Boolean, nullable=False, server_default=text("false")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("position", SmallInteger, nullable=False),
    CheckConstraint("proof IN ('none', 'declared', 'document')", name="proof"),
    CheckConstraint(
        "billing IN ('billed', 'not_billed', 'free_in_notice', 'staff_decide')", name="billing"
    ),
    CheckConstraint("waiting_days BETWEEN 0 AND 3", name="waiting_days"),
)

schools = Table(
    "schools",
    metadata,
    Column("school_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    UniqueConstraint("name"),
)
