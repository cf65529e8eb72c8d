"""Enrolment's tables. The real ones are made by the migrations; a test compares both."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Sequence,
    SmallInteger,
    Table,
    Text,
    Time,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint

from chassis.broker import tables as messaging_tables
from chassis.database import new_metadata

metadata = new_metadata()
messaging_tables.add_to(metadata)

TAKES_PLACE = text("state IN ('requested', 'booked')")

request_number = Sequence("request_number", metadata=metadata)

# Projections of accounts: no foreign keys among them, because facts may arrive in any order.

families = Table(
    "families",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("reference", Text, nullable=False),
    Column("name", Text, nullable=False),
)

children = Table(
    "children",
    metadata,
    Column("child_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("born_on", Date, nullable=False),
    Index("ix_children_family_id", "family_id"),
)

staff_members = Table(
    "staff_members",
    metadata,
    Column("staff_id", Uuid, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
)

centres = Table(
    "centres",
    metadata,
    Column("centre_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    UniqueConstraint("name"),
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
    UniqueConstraint("centre_id", "label"),
    CheckConstraint("season IN ('term', 'holiday')", name="season"),
    CheckConstraint("capacity_under_six >= 0 AND capacity_six_and_over >= 0", name="capacity"),
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

closures = Table(
    "closures",
    metadata,
    Column("closure_id", Uuid, primary_key=True),
    Column("centre_id", Uuid, ForeignKey("centres.centre_id")),
    Column("activity_id", Uuid, ForeignKey("activities.activity_id")),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("label", Text, nullable=False),
    CheckConstraint("first_day <= last_day", name="days"),
)

places = Table(
    "places",
    metadata,
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("age_group", Text, primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("booked", Integer, nullable=False, server_default=text("0")),
    Column("held", Integer, nullable=False, server_default=text("0")),
    Index("ix_places_day", "day"),
    CheckConstraint("booked >= 0 AND held >= 0 AND booked + held <= capacity", name="not_exceeded"),
    CheckConstraint("age_group IN ('under_six', 'six_and_over')", name="age_group"),
)

requests = Table(
    "requests",
    metadata,
    Column("request_id", Uuid, primary_key=True),
    Column("number", Text, nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Column("reason", Text),
    UniqueConstraint("number"),
    Index("ix_requests_family_id", "family_id", "submitted_at"),
    Index("ix_requests_due_on", "state", "due_on", "submitted_at"),
)

request_transitions = Table(
    "request_transitions",
    metadata,
    Column("transition_id", BigInteger, Identity(always=True), primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.request_id"), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("step", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("on_behalf_of", Uuid),
    Column("rule", Text),
    Column("reason", Text),
    UniqueConstraint("request_id", "version"),
)

bookings = Table(
    "bookings",
    metadata,
    Column("booking_id", Uuid, primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.request_id"), nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("activity_id", Uuid, nullable=False),
    Column("slot_id", Uuid, ForeignKey("slots.slot_id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("age_group", Text, nullable=False),
    Column("period", TSTZRANGE, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("reason", Text),
    Index("ix_bookings_child_id", "child_id", "day"),
    Index("ix_bookings_request_id", "request_id"),
    ExcludeConstraint(
        ("child_id", "="),
        ("period", "&&"),
        where=TAKES_PLACE,
        using="gist",
        name="ex_bookings_no_overlap",
    ),
)

request_lines = Table(
    "request_lines",
    metadata,
    Column("request_id", Uuid, ForeignKey("requests.request_id"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("child_id", Uuid, nullable=False),
    Column("slot_id", Uuid, ForeignKey("slots.slot_id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("why", Text),
    Column("reason", Text),
    Column("booking_id", Uuid, ForeignKey("bookings.booking_id")),
)
