"""The tables of accounts; migrations create them, these definitions serve the statements."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, ExcludeConstraint

from chassis.broker.tables import add_to
from chassis.database import new_metadata

metadata = new_metadata()
add_to(metadata)

_instant = DateTime(timezone=True)

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
    Column("created_at", _instant, nullable=False),
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

staff_members = Table(
    "staff_members",
    metadata,
    Column("staff_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", _instant, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("account_id", Uuid, primary_key=True),
    Column("identifier", Text, nullable=False, unique=True),
    # None until whoever holds the access has chosen a password by an activation link.
    Column("password_hash", Text),
    Column("family_id", Uuid, ForeignKey("families.family_id"), index=True),
    Column("guardian_id", Uuid, ForeignKey("guardians.guardian_id"), index=True),
    Column("staff_id", Uuid, ForeignKey("staff_members.staff_id"), index=True),
    # Given for this access; it goes before the guardian's own when both are known.
    Column("email", Text),
    Column("created_at", _instant, nullable=False),
    Column("password_changed_at", _instant),
    Column("disabled_at", _instant),
    CheckConstraint("guardian_id IS NULL OR family_id IS NOT NULL", name="guardian_of_family"),
    CheckConstraint("num_nonnulls(family_id, staff_id) = 1", name="one_holder"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("secret_digest", LargeBinary, nullable=False, unique=True),
    Column("account_id", Uuid, ForeignKey("credentials.account_id"), nullable=False, index=True),
    Column("opened_at", _instant, nullable=False, index=True),
    Column("last_used_at", _instant, nullable=False),
    Column("ended_at", _instant),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("attempt_id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_key", LargeBinary, nullable=False),
    Column("address_key", Text),
    Column("at", _instant, nullable=False, index=True),
    Column("succeeded", Boolean, nullable=False, server_default=text("false")),
    Index("ix_sign_in_attempts_account_key_at", "account_key", "at"),
    Index("ix_sign_in_attempts_address_key_at", "address_key", "at"),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sealed_private_key", LargeBinary, nullable=False),
    Column("master_key_id", Text, nullable=False),
    Column("made_at", _instant, nullable=False),
    Column("signs_from", _instant, nullable=False),
)
