"""Families and their people."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint

from .metadata import INSTANT, metadata

families = Table(
    "families",
    metadata,
    Column("family_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("reference", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("resident", Boolean, nullable=False),
    # What was first sent, so that the same sending again is recognised after later changes.
    Column("creation_digest", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("situation", Text),
    Column("custody", Text),
    Column("custody_note", Text),
    Column("benefit_scheme", Text),
    Column("benefit_number", Text),
)

guardians = Table(
    "guardians",
    metadata,
    Column("guardian_id", Uuid, primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False, index=True),
    Column("position", SmallInteger, nullable=False),
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("is_payer", Boolean, nullable=False),
    Column("civility", Text),
    Column("street", Text),
    Column("address_more", Text),
    Column("postcode", Text),
    Column("city", Text),
    Column("mobile_phone", Text),
    Column("home_phone", Text),
    Column("work_phone", Text),
    Column("email", Text),
    Column("sms_consent", Boolean, nullable=False, server_default=text("false")),
    Column("employer", Text),
    Column("custody_weeks", Text),
    Column("payer_weeks", Text, nullable=False, server_default=text("'every'")),
    Column("payer_share", SmallInteger, nullable=False, server_default=text("1000")),
    # Since when no longer of the file; the row stays for what was signed and sent.
    Column("left_at", INSTANT),
    CheckConstraint("custody_weeks IN ('even', 'odd')", name="custody_weeks"),
    CheckConstraint("payer_weeks IN ('every', 'even', 'odd')", name="payer_weeks"),
    CheckConstraint("payer_share BETWEEN 1 AND 1000", name="payer_share"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("contact_id", Uuid, primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("relation", Text),
    Column("phone", Text),
    Column("is_emergency", Boolean, nullable=False),
    Column("collecting", Text, nullable=False),
    Column("note", Text),
    CheckConstraint("collecting IN ('may', 'no', 'must_not')", name="collecting"),
    Index("ix_contacts_family_id", "family_id"),
)

children = Table(
    "children",
    metadata,
    Column("child_id", Uuid, primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("given_name", Text, nullable=False),
    Column("family_name", Text, nullable=False),
    Column("born_on", Date, nullable=False),
    Column("birth_place", Text),
    Column("sex", Text),
    Column("school", Text),
    Column("class_name", Text),
    Column("diet", Text),
    Column("swimming", Text),
    Column("nap", Text),
    Column("insurer", Text),
    Column("insurance_number", Text),
    Column("insurance_until", Date),
    Column("doctor_name", Text),
    Column("doctor_phone", Text),
    # The child who stands in another file too, since both files became one.
    Column("same_as", Uuid, ForeignKey("children.child_id")),
    # Since when no longer of the file, where it stays for what was booked and billed.
    Column("left_at", INSTANT),
)

authorisations = Table(
    "authorisations",
    metadata,
    Column("child_id", Uuid, ForeignKey("children.child_id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("granted", Boolean, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("signed_at", INSTANT, nullable=False),
    Column("from_age", SmallInteger),
    Column("from_time", Text),
)

quotients = Table(
    "quotients",
    metadata,
    Column("quotient_id", Uuid, primary_key=True),
    Column("family_id", Uuid, ForeignKey("families.family_id"), nullable=False),
    Column("validity", DATERANGE, nullable=False),
    Column("value", Integer, nullable=False),
    CheckConstraint("NOT isempty(validity) AND lower(validity) IS NOT NULL", name="validity"),
    CheckConstraint("value >= 0", name="value"),
    ExcludeConstraint(
        ("family_id", "="), ("validity", "&&"), using="gist", name="ex_quotients_overlap"
    ),
)
