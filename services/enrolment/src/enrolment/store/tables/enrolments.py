"""Children enrolled in activities and at school, and the calendars that families subscribe to."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint

from .metadata import metadata

enrolments = Table(
    "enrolments",
    metadata,
    Column("enrolment_id", Uuid, primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.request_id"), nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("activity_id", Uuid, ForeignKey("activities.activity_id"), nullable=False),
    Column("period", DATERANGE, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_enrolments_family_id", "family_id"),
    Index("ix_enrolments_request_id", "request_id"),
    CheckConstraint(
        "state IN ('requested', 'active', 'refused', 'withdrawn', 'ended')", name="state"
    ),
    ExcludeConstraint(
        ("child_id", "="),
        ("activity_id", "="),
        ("period", "&&"),
        where="state IN ('requested', 'active')",
        using="gist",
        name="ex_enrolments_no_overlap",
    ),
)

school_enrolments = Table(
    "school_enrolments",
    metadata,
    Column("enrolment_id", Uuid, primary_key=True),
    Column("request_id", Uuid, ForeignKey("requests.request_id"), nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("child_id", Uuid, nullable=False),
    Column("school_id", Uuid, ForeignKey("schools.school_id"), nullable=False),
    Column("level", Text, nullable=False),
    Column("school_year", SmallInteger, nullable=False),
    Column("documents", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("ix_school_enrolments_family_id", "family_id"),
    Index("ix_school_enrolments_request_id", "request_id"),
    CheckConstraint(
        "state IN ('requested', 'active', 'refused', 'withdrawn', 'ended')", name="state"
    ),
)

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("feed_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("guardian_id", Uuid),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    UniqueConstraint("secret_hash"),
    Index("ix_calendar_feeds_family_id", "family_id"),
)
