"""The words that families and children are found by, folded and kept under an index."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Immutable, so that a column may be computed by it: small letters without accents; hyphens and
# apostrophes are spaces (as `store/words_search.folded`).
_FOLDED = """
CREATE FUNCTION search_folded(said text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
$$ SELECT translate(replace(replace(lower(said), 'œ', 'oe'), 'æ', 'ae'),
    'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ-''’', 'aaaaaaceeeeiiiinooooouuuuyy   ') $$
"""
_WORDS = {
    "families": "search_folded(' ' || name || ' ' || reference)",
    "children": "search_folded(' ' || given_name || ' ' || family_name)",
}


def upgrade() -> None:
    # Trusted: the owner may make it. Asked for only where the provisioner has not.
    op.execute(
        "DO $$ BEGIN"
        " IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')"
        " THEN CREATE EXTENSION pg_trgm; END IF;"
        " END $$"
    )
    op.execute(_FOLDED)
    for table, words in _WORDS.items():
        op.add_column(table, sa.Column("words", sa.Text, sa.Computed(words, persisted=True)))
        op.create_index(
            f"ix_{table}_words",
            table,
            ["words"],
            postgresql_using="gin",
            postgresql_ops={"words": "gin_trgm_ops"},
        )
