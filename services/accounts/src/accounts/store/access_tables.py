"""Tables of what surrounds an access: links that work once."""

from sqlalchemy import CheckConstraint, Column, DateTime, ForeignKey, LargeBinary, Table, Text, Uuid

from .tables import metadata

_instant = DateTime(timezone=True)

access_links = Table(
    "access_links",
    metadata,
    Column("link_id", Uuid, primary_key=True),
    Column("account_id", Uuid, ForeignKey("credentials.account_id"), nullable=False, index=True),
    Column("purpose", Text, nullable=False),
    # The secret itself is made from the link's id and the master key whenever it must be sent.
    Column("secret_digest", LargeBinary, nullable=False, unique=True),
    # None when the owner asked for it without staff.
    Column("made_by", Uuid),
    Column("made_at", _instant, nullable=False),
    Column("expires_at", _instant, nullable=False, index=True),
    Column("used_at", _instant),
    Column("revoked_at", _instant),
    CheckConstraint("purpose IN ('activation', 'reset')", name="purpose"),
)
