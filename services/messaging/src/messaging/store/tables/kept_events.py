"""Public events kept for partners who are not at the broker, and how far these have come."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    Table,
    Text,
    Uuid,
    true,
)

from chassis.rights import added_to

from .metadata import metadata

kept_events = Table(
    "kept_events",
    metadata,
    # Given one after another under the lock of the row below: whoever sees one sees all before it.
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", Uuid, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("centre_id", Uuid),
    Column("body", LargeBinary, nullable=False),
    Column("kept_at", DateTime(timezone=True), nullable=False),
    info=added_to(erased=True),
)

kept_events_ends = Table(
    "kept_events_ends",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=true()),
    Column("newest", BigInteger, nullable=False),
    # The highest number that is no longer kept.
    Column("forgotten", BigInteger, nullable=False),
    # By the machine's clock, as the broker's.
    Column("log_read_at", DateTime(timezone=True)),
    CheckConstraint("single", name="one_row"),
)

partner_keys = Table(
    "partner_keys",
    metadata,
    Column("key_id", Uuid, primary_key=True),
    Column("partner_id", Uuid, ForeignKey("partners.partner_id"), nullable=False, index=True),
    # SHA-256 of a key with 256 bits of chance: nothing slower is needed.
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("given_at", DateTime(timezone=True), nullable=False),
    Column("ends_at", DateTime(timezone=True)),
)

partner_pulls = Table(
    "partner_pulls",
    metadata,
    Column("partner_id", Uuid, ForeignKey("partners.partner_id"), primary_key=True),
    # Of the last cursor it came back with: everything up to it is the partner's.
    Column("number", BigInteger, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
)
