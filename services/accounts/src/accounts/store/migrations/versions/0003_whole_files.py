"""Everything that a family's file says: coordinates, custody, contacts, children in full."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _families()
    _guardians()
    _contacts()
    _children()
    _authorisations()


def _families() -> None:
    for name in ("situation", "custody", "custody_note", "benefit_scheme", "benefit_number"):
        op.add_column("families", sa.Column(name, sa.Text))


def _guardians() -> None:
    for name in (
        "civility",
        "street",
        "address_more",
        "postcode",
        "city",
        "mobile_phone",
        "home_phone",
        "work_phone",
        "email",
        "employer",
        "custody_weeks",
    ):
        op.add_column("guardians", sa.Column(name, sa.Text))
    for column in (
        sa.Column("sms_consent", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("payer_weeks", sa.Text, nullable=False, server_default=sa.text("'every'")),
        sa.Column("payer_share", sa.SmallInteger, nullable=False, server_default=sa.text("1000")),
    ):
        op.add_column("guardians", column)
    for name, rule in (
        ("custody_weeks", "custody_weeks IN ('even', 'odd')"),
        ("payer_weeks", "payer_weeks IN ('every', 'even', 'odd')"),
        ("payer_share", "payer_share BETWEEN 1 AND 1000"),
    ):
        op.create_check_constraint(op.f(f"ck_guardians_{name}"), "guardians", rule)


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("contact_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("relation", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("is_emergency", sa.Boolean, nullable=False),
        sa.Column("collecting", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contacts"),
        sa.ForeignKeyConstraint(
            ["family_id"], ["families.family_id"], name="fk_contacts_family_id"
        ),
        sa.CheckConstraint(
            "collecting IN ('may', 'no', 'must_not')", name=op.f("ck_contacts_collecting")
        ),
    )
    op.create_index("ix_contacts_family_id", "contacts", ["family_id"])


def _children() -> None:
    for name in (
        "birth_place",
        "sex",
        "school",
        "class_name",
        "diet",
        "swimming",
        "nap",
        "insurer",
        "insurance_number",
        "doctor_name",
        "doctor_phone",
    ):
        op.add_column("children", sa.Column(name, sa.Text))
    op.add_column("children", sa.Column("insurance_until", sa.Date))


def _authorisations() -> None:
    op.create_table(
        "authorisations",
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("granted", sa.Boolean, nullable=False),
        sa.Column("signed_by", sa.Text, nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_age", sa.SmallInteger),
        sa.Column("from_time", sa.Text),
        sa.PrimaryKeyConstraint("child_id", "kind", name="pk_authorisations"),
        sa.ForeignKeyConstraint(
            ["child_id"], ["children.child_id"], name="fk_authorisations_child_id"
        ),
    )
