"""A guardian who left the file stays in its rows, and in no list nor search."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guardians", sa.Column("left_at", sa.DateTime(timezone=True)))
    op.execute(
        """
        CREATE OR REPLACE FUNCTION keep_search_words() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            kept jsonb;
        BEGIN
            IF TG_OP <> 'INSERT' THEN
                DELETE FROM search_words WHERE owner_id = (to_jsonb(OLD) ->> TG_ARGV[0])::uuid;
            END IF;
            IF TG_OP <> 'DELETE' AND (to_jsonb(NEW) ->> 'left_at') IS NULL THEN
                kept := to_jsonb(NEW);
                WITH kept_now AS (
                    INSERT INTO search_words (owner_id, family_id, kind, word)
                    SELECT (kept ->> TG_ARGV[0])::uuid, NEW.family_id, found.kind, found.word
                    FROM search_words_of(kept) found
                    RETURNING kind, word
                )
                INSERT INTO search_spellings (word)
                SELECT word FROM kept_now WHERE kind = 'name' AND NOT EXISTS (
                    SELECT FROM search_spellings known WHERE known.word = kept_now.word);
            END IF;
            RETURN NULL;
        END $$
        """
    )
