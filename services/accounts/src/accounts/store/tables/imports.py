"""Tables of families that staff bring."""

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from .metadata import INSTANT, metadata

imports = Table(
    "imports",
    metadata,
    Column("import_id", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("mode", Text),
    # The file itself; gone when it was taken, or a day later.
    Column("content", LargeBinary),
    Column("digest", LargeBinary, nullable=False),
    Column("by_id", Uuid, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("sent_at", INSTANT, nullable=False, index=True),
    Column("families", Integer, nullable=False, server_default=text("0")),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("good", Integer, nullable=False, server_default=text("0")),
    Column("known", Integer, nullable=False, server_default=text("0")),
    Column("mistake_count", Integer, nullable=False, server_default=text("0")),
    Column("mistakes", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    CheckConstraint(
        "state IN ('waiting', 'checked', 'applying', 'done', 'unreadable', 'failed')",
        name="state",
    ),
    CheckConstraint("mode IN ('all', 'good')", name="mode"),
)
