"""Places, and the bookings and absences that count in them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint

from .metadata import metadata

TAKES_PLACE = text("state IN ('requested', 'booked')")

waiting_position = Sequence("waiting_position", metadata=metadata)
"""The order of waiting lists: taken while the places are locked, so it is the server's own."""

places = Table(
    "places",
    metadata,
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("age_group", Text, primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("booked", Integer, nullable=False, server_default=text("0")),
    Column("held", Integer, nullable=False, server_default=text("0")),
    Column("waiting", Integer, nullable=False, server_default=text("0")),
    Column("overbooking", Integer, nullable=False, server_default=text("0")),
    Column("excess", Integer, nullable=False, server_default=text("0")),
    Index("ix_places_day", "day"),
    Index("ix_places_waiting", "day", postgresql_where=text("waiting > 0")),
    CheckConstraint(
        "booked >= 0 AND held >= 0 AND waiting >= 0 AND overbooking >= 0 AND excess >= 0"
        " AND booked + held <= capacity + overbooking + excess",
        name="not_exceeded",
    ),
    CheckConstraint("age_group IN ('under_six', 'six_and_over')", name="age_group"),
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
    Column("cancel_request_id", Uuid),
    Column("waiting_position", BigInteger),
    Column("offer_expires_at", DateTime(timezone=True)),
    Index("ix_bookings_child_id", "child_id", "day"),
    Index(
        "ix_bookings_waiting",
        "activity_id",
        "day",
        "age_group",
        "waiting_position",
        postgresql_where=text("state = 'waitlisted'"),
    ),
    Index("ix_bookings_offered", "offer_expires_at", postgresql_where=text("state = 'offered'")),
    Index(
        "uq_bookings_live",
        "child_id",
        "slot_id",
        "day",
        unique=True,
        postgresql_where=text("state IN ('requested', 'booked', 'waitlisted', 'offered')"),
    ),
    Index("ix_bookings_request_id", "request_id"),
    ExcludeConstraint(
        ("child_id", "="),
        ("period", "&&"),
        where=TAKES_PLACE,
        using="gist",
        name="ex_bookings_no_overlap",
    ),
)

absences = Table(
    "absences",
    metadata,
    Column("absence_id", Uuid, primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.request_id"), nullable=False),
    Column("booking_id", Uuid, ForeignKey("bookings.booking_id"), nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("day", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("reason_code", Text, ForeignKey("absence_reasons.code"), nullable=False),
    Column("reason_text", Text),
    Column("in_notice", Boolean, nullable=False),
    Column("effect", Text, nullable=False),
    Column("justified", Boolean),
    Column("billable", Boolean),
    Column("waiting_day", Boolean, nullable=False, server_default=text("false")),
    Column("document_due_at", DateTime(timezone=True)),
    Column("document_received_at", DateTime(timezone=True)),
    Column("declared_at", DateTime(timezone=True), nullable=False),
    Column("decided_at", DateTime(timezone=True)),
    Index("ix_absences_request_id", "request_id"),
    Index("ix_absences_child_id", "child_id", "day"),
    Index(
        "uq_absences_live",
        "booking_id",
        unique=True,
        postgresql_where=text("state IN ('declared', 'accepted')"),
    ),
    CheckConstraint(
        "state IN ('declared', 'accepted', 'refused', 'withdrawn', 'reversed')",
        name="state",
    ),
)

# What each closure cancelled, so that lifting it can give it back.
closed_bookings = Table(
    "closed_bookings",
    metadata,
    Column("booking_id", Uuid, ForeignKey("bookings.booking_id"), primary_key=True),
    Column("closure_id", Uuid, ForeignKey("closures.closure_id"), nullable=False),
    Column("was", Text, nullable=False),
    Column("cancel_request_id", Uuid),
    Index("ix_closed_bookings_closure_id", "closure_id"),
)
