"""What happens on the day: who came, who pointed it, how many adults were there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from chassis.rights import added_to

from .metadata import metadata

attendances = Table(
    "attendances",
    metadata,
    Column("attendance_id", Uuid, primary_key=True),
    Column("booking_id", Uuid, ForeignKey("bookings.booking_id")),
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), nullable=False),
    Column("slot_id", Uuid, ForeignKey("slots.slot_id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("presence", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Text, nullable=False),
    UniqueConstraint("child_id", "slot_id", "day"),
    Index("ix_attendances_day", "day", "activity_id"),
    CheckConstraint("presence IN ('present', 'absent', 'left')", name="presence"),
)

# Only added to: a correction does not wipe out what was pointed before it, nor who did.
attendance_steps = Table(
    "attendance_steps",
    metadata,
    Column("step_id", BigInteger, Identity(always=True), primary_key=True),
    Column("attendance_id", Uuid, ForeignKey("attendances.attendance_id"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("presence", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("late", Boolean, nullable=False),
    UniqueConstraint("attendance_id", "version"),
    info=added_to(),
)

adults_present = Table(
    "adults_present",
    metadata,
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("adults", SmallInteger, nullable=False),
    Column("noted_at", DateTime(timezone=True), nullable=False),
    Column("noted_by", Text, nullable=False),
    CheckConstraint("adults BETWEEN 0 AND 200", name="adults"),
)
