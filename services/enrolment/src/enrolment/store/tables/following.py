"""Tables of the agents' work on the queue: who follows a request, which reasons are at hand."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from .metadata import metadata

# Never updated but to be ended: who followed a request, and since when, is part of its history.
request_assignments = Table(
    "request_assignments",
    metadata,
    Column("assignment_id", BigInteger, Identity(always=True), primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.request_id"), nullable=False),
    Column("staff_id", Uuid, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("given_by", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True)),
    Column("ended_by", Text),
    Index("ix_request_assignments_request_id", "request_id"),
    Index(
        "uq_request_assignments_current",
        "request_id",
        unique=True,
        postgresql_where=text("until IS NULL"),
    ),
)

refusal_reasons = Table(
    "refusal_reasons",
    metadata,
    Column("reason_id", Uuid, primary_key=True),
    Column("label", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("position", Integer, nullable=False),
    UniqueConstraint("label"),
)
