"""Attendance with its trace, and the adults who were there."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attendances",
        sa.Column("attendance_id", sa.Uuid, nullable=False),
        sa.Column("booking_id", sa.Uuid),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("slot_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("presence", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("attendance_id", name="pk_attendances"),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.booking_id"], name="fk_attendances_booking_id_bookings"
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.activity_id"],
            name="fk_attendances_activity_id_activities",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slots.slot_id"], name="fk_attendances_slot_id_slots"
        ),
        sa.UniqueConstraint(
            "child_id", "slot_id", "day", name="uq_attendances_child_id_slot_id_day"
        ),
        sa.CheckConstraint(
            "presence IN ('present', 'absent', 'left')", name="ck_attendances_presence"
        ),
    )
    op.create_index("ix_attendances_day", "attendances", ["day", "activity_id"])
    _create_trace()


def _create_trace() -> None:
    op.create_table(
        "attendance_steps",
        sa.Column("step_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("attendance_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("presence", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("actor_name", sa.Text, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("step_id", name="pk_attendance_steps"),
        sa.ForeignKeyConstraint(
            ["attendance_id"],
            ["attendances.attendance_id"],
            name="fk_attendance_steps_attendance_id_attendances",
        ),
        sa.UniqueConstraint(
            "attendance_id", "version", name="uq_attendance_steps_attendance_id_version"
        ),
    )
    op.create_table(
        "adults_present",
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("adults", sa.SmallInteger, nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("activity_id", "day", name="pk_adults_present"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.activity_id"],
            name="fk_adults_present_activity_id_activities",
        ),
        sa.CheckConstraint("adults BETWEEN 0 AND 200", name="ck_adults_present_adults"),
    )
