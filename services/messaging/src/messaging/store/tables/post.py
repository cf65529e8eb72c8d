"""E-mails to be sent, what became of them, and who wants which."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import metadata

# Written with the notice, in its transaction; whom to write to is asked when it is sent.
mails = Table(
    "mails",
    metadata,
    Column("mail_id", Uuid, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    # Null: every access of the family that has an address.
    Column("guardian_id", Uuid),
    Column("account_id", Uuid),
    Column("category", Text, nullable=False),
    # What makes it the only one of its kind.
    Column("key", Text, nullable=False),
    # Identifiers, numbers and dates that its words need; never a name or a reason.
    Column("facts", JSONB, nullable=False),
    # `waiting`, then `addressed`, `nobody` (no address is known) or `over` (a link that ran out).
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("family_id", "key"),
    CheckConstraint("state IN ('waiting', 'addressed', 'nobody', 'over')", name="state"),
)
Index("ix_mails_due_at", mails.c.due_at, postgresql_where=text("state = 'waiting'"))

deliveries = Table(
    "deliveries",
    metadata,
    # Also its Message-ID, the same at every try.
    Column("delivery_id", Uuid, primary_key=True),
    Column("mail_id", ForeignKey(mails.c.mail_id), nullable=False),
    Column("family_id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("category", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'waiting'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", DateTime(timezone=True), nullable=False),
    # A beginning and the domain, for staff; the address itself stays in accounts.
    Column("address_hint", Text, nullable=False),
    Column("last_code", Integer),
    # Whoever holds it may stop this category for this access.
    Column("stop_token", Uuid, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    UniqueConstraint("mail_id", "account_id"),
    UniqueConstraint("stop_token"),
    CheckConstraint("state IN ('waiting', 'sent', 'refused', 'failed')", name="state"),
)
Index(
    "ix_deliveries_due_at",
    deliveries.c.due_at,
    postgresql_where=text("state = 'waiting'"),
)
Index("ix_deliveries_family_id", deliveries.c.family_id, deliveries.c.created_at)
Index(
    "ix_deliveries_ended_at",
    deliveries.c.ended_at,
    postgresql_where=text("state IN ('refused', 'failed')"),
)

# Only what an access chose; without a row it is written to.
preferences = Table(
    "preferences",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("category", Text, primary_key=True),
    Column("family_id", Uuid, nullable=False),
    Column("by_email", Boolean, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
)
Index("ix_preferences_family_id", preferences.c.family_id)

# Families that were forgotten: late words about them fall on deaf ears.
erasures = Table(
    "erasures",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("erasure_id", Uuid, nullable=False),
    Column("erased_at", DateTime(timezone=True), nullable=False),
)
