"""Addresses that events are sent to, and each sending."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from .metadata import metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("partner_id", Uuid, ForeignKey("partners.partner_id"), primary_key=True),
    Column("url", Text, nullable=False),
    # One after another, or several at a time with failures set aside.
    Column("is_ordered", Boolean, nullable=False),
    Column("secret", LargeBinary, nullable=False),
    # Signs as well, until then.
    Column("former_secret", LargeBinary),
    Column("former_until", DateTime(timezone=True)),
    Column("paused_at", DateTime(timezone=True)),
    Column("pause", Text),
    # In a row, and since when; a success ends both.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("failing_since", DateTime(timezone=True)),
    Column("next_try_at", DateTime(timezone=True)),
    # Some process is sending to it.
    Column("leased_until", DateTime(timezone=True)),
)

webhook_sendings = Table(
    "webhook_sendings",
    metadata,
    Column("sending_id", Uuid, primary_key=True),
    Column("partner_id", Uuid, ForeignKey("webhooks.partner_id"), nullable=False),
    Column(
        "number",
        BigInteger,
        ForeignKey("kept_events.number", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("first_tried_at", DateTime(timezone=True)),
    Column("last_tried_at", DateTime(timezone=True)),
    # A status of HTTP's, or what kept us from having one.
    Column("last_outcome", Text),
    Column("sent_at", DateTime(timezone=True)),
    UniqueConstraint("partner_id", "number"),
)
Index(
    "ix_webhook_sendings_waiting",
    webhook_sendings.c.partner_id,
    webhook_sendings.c.number,
    postgresql_where=webhook_sendings.c.state == "waiting",
)
