"""Rules that decide, and who works in which centre: what the administration sets for staff."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)

from .metadata import metadata

# Never deleted: which rule was in force when is part of the decisions that it took.
deciding_rules = Table(
    "deciding_rules",
    metadata,
    Column("rule_id", Uuid, primary_key=True),
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("switched_on_by", Text, nullable=False),
    Column("until", DateTime(timezone=True)),
    Column("switched_off_by", Text),
    Index(
        "uq_deciding_rules_current",
        "activity_id",
        "kind",
        unique=True,
        postgresql_where=text("until IS NULL"),
    ),
    CheckConstraint(
        "kind IN ('booking.request', 'booking.cancel', 'absence.declare')", name="kind"
    ),
)

# An agent whose facts have not arrived yet may be in a team: no foreign key to staff members.
centre_teams = Table(
    "centre_teams",
    metadata,
    Column("centre_id", Uuid, ForeignKey("centres.centre_id"), primary_key=True),
    Column("staff_id", Uuid, primary_key=True),
    Index("ix_centre_teams_staff_id", "staff_id"),
)

# One row at most: how the authority presents itself, once its administration has said so.
authority = Table(
    "authority",
    metadata,
    Column("singleton", Boolean, primary_key=True, server_default=text("true")),
    Column("name", Text, nullable=False),
    Column("service_name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("opening_hours", Text, nullable=False),
    Column("school_zone", Text, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Text, nullable=False),
    CheckConstraint("singleton", name="only_one"),
    CheckConstraint("school_zone IN ('A', 'B', 'C')", name="school_zone"),
)

# The mark beside its name; without a row, the portal's own.
authority_logo = Table(
    "authority_logo",
    metadata,
    Column("singleton", Boolean, primary_key=True, server_default=text("true")),
    Column("fingerprint", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("changed_by", Text, nullable=False),
    CheckConstraint("singleton", name="only_one"),
)
