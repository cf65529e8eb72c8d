"""The tables of the registry: words that families are found by, and what was done to files."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Sequence,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.rights import added_to

from .metadata import INSTANT, metadata

# Filled by triggers on the tables of people (decision 20): whoever writes a file keeps it findable.
search_words = Table(
    "search_words",
    metadata,
    Column("owner_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("word", Text, primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id", ondelete="CASCADE"), nullable=False),
    Index("ix_search_words_family_id", "family_id"),
    # Word first: it is looked for, alone or by its beginning.
    Index("ix_search_words_word", "word", "kind", postgresql_ops={"word": "text_pattern_ops"}),
    Index(
        "ix_search_words_inside",
        "word",
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
        postgresql_where=text("kind IN ('phone', 'reference')"),
    ),
)

# Each name once, however many bear it: what is mistyped is compared with these. Not unique: two
# transactions that bring the same new name must not wait for each other (upkeep drops doubles).
search_spellings = Table(
    "search_spellings",
    metadata,
    Column("spelling_id", BigInteger, Identity(always=True), primary_key=True),
    Column("word", Text, nullable=False),
    Index("ix_search_spellings_word", "word", postgresql_ops={"word": "text_pattern_ops"}),
    Index(
        "ix_search_spellings_near",
        "word",
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    ),
)

file_history = Table(
    "file_history",
    metadata,
    Column("entry_id", Uuid, primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False),
    Column("at", INSTANT, nullable=False),
    Column("act", Text, nullable=False),
    Column("actor_id", Uuid, nullable=False),
    # As the actor was called that day.
    Column("actor_name", Text, nullable=False),
    Column("changes", JSONB, nullable=False),
    Index("ix_file_history_family_id_at", "family_id", "at"),
    info=added_to("family_id", erased=True),
)

family_number = Sequence("family_number", metadata=metadata)
"""Of the references that we make; an authority may have its own."""

# The absorbed family's own row stays, empty, so that what names it still leads somewhere.
family_merges = Table(
    "family_merges",
    metadata,
    Column("absorbed_family_id", Uuid, ForeignKey("families.family_id"), primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False, index=True),
    Column("reference", Text, nullable=False),
    Column("merged_at", INSTANT, nullable=False),
)
