"""Two files of one family become one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "family_merges",
        sa.Column("absorbed_family_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("absorbed_family_id", name="pk_family_merges"),
        sa.ForeignKeyConstraint(
            ["absorbed_family_id"],
            ["families.family_id"],
            name="fk_family_merges_absorbed_family_id",
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["families.family_id"], name="fk_family_merges_family_id"
        ),
    )
    op.create_index("ix_family_merges_family_id", "family_merges", ["family_id"])
    # The former reference still finds the family.
    op.execute(
        "CREATE TRIGGER keep_search_words AFTER INSERT OR UPDATE OR DELETE ON family_merges"
        " FOR EACH ROW EXECUTE FUNCTION keep_search_words('absorbed_family_id')"
    )
    op.add_column("children", sa.Column("same_as", sa.Uuid))
    op.create_foreign_key(
        "fk_children_same_as_children", "children", "children", ["same_as"], ["child_id"]
    )
    op.add_column("documents", sa.Column("sealed_for", sa.Uuid))
