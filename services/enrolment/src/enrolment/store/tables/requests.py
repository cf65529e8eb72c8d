"""The one queue of requests, of every kind, and the steps of each."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from chassis.rights import added_to

from .metadata import metadata

request_number = Sequence("request_number", metadata=metadata)

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
    Column("subject", Text),
    Column("child_ids", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    UniqueConstraint("number"),
    Index("ix_requests_family_id", "family_id", "submitted_at"),
    Index("ix_requests_due_on", "state", "due_on", "submitted_at"),
    Index("ix_requests_decided_at", "decided_at", "request_id"),
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
    info=added_to("actor_id", "actor_name", "reason", "on_behalf_of"),
)

request_items = Table(
    "request_items",
    metadata,
    Column("item_id", Uuid, primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.request_id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    # What the item is, never what it says: the content stays with its owner.
    Column("label", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text),
    Index("ix_request_items_request_id", "request_id"),
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
    Column("in_notice", Boolean),
    Column("booking_id", Uuid, ForeignKey("bookings.booking_id")),
)
