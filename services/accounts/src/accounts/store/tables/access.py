"""Who may enter: staff, credentials, sessions, attempts, signing keys."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.rights import added_to

from .metadata import INSTANT, metadata

staff_members = Table(
    "staff_members",
    metadata,
    Column("staff_id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", INSTANT, nullable=False),
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
    Column("created_at", INSTANT, nullable=False),
    Column("password_changed_at", INSTANT),
    # How often it was chosen: the version of what is told about it.
    Column("password_version", Integer, nullable=False, server_default=text("0")),
    Column("disabled_at", INSTANT),
    CheckConstraint("guardian_id IS NULL OR family_id IS NOT NULL", name="guardian_of_family"),
    CheckConstraint("num_nonnulls(family_id, staff_id) = 1", name="one_holder"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("session_id", Uuid, primary_key=True),
    Column("secret_digest", LargeBinary, nullable=False, unique=True),
    Column("account_id", Uuid, ForeignKey("credentials.account_id"), nullable=False, index=True),
    Column("opened_at", INSTANT, nullable=False, index=True),
    Column("last_used_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    # Opened by the right password, and of no use until the second factor's code was given.
    Column("awaits_code_since", INSTANT),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("attempt_id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_key", LargeBinary, nullable=False),
    # Erased after a day; what the owner is shown is shorter and stays.
    Column("address_key", Text),
    Column("at", INSTANT, nullable=False, index=True),
    Column("succeeded", Boolean, nullable=False, server_default=text("false")),
    # The owner's log. None when nobody has that identifier: both cost the same.
    Column("account_id", Uuid, ForeignKey("credentials.account_id")),
    Column("session_id", Uuid),
    Column("browser", Text),
    Column("place", Text),
    Index("ix_sign_in_attempts_account_id_at", "account_id", "at"),
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
    Column("made_at", INSTANT, nullable=False),
    Column("signs_from", INSTANT, nullable=False),
)

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
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False, index=True),
    Column("used_at", INSTANT),
    Column("revoked_at", INSTANT),
    CheckConstraint("purpose IN ('activation', 'reset')", name="purpose"),
)

access_actions = Table(
    "access_actions",
    metadata,
    Column("action_id", BigInteger, Identity(always=True), primary_key=True),
    Column("account_id", Uuid, ForeignKey("credentials.account_id"), nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("by_id", Text, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    info=added_to(erased=True),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("account_id", Uuid, ForeignKey("credentials.account_id"), primary_key=True),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("master_key_id", Text, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    # Until the first right code it is a proposal and asks for nothing.
    Column("confirmed_at", INSTANT),
    # The time step of the last code that was taken: it and older ones are refused.
    Column("last_step", BigInteger, nullable=False, server_default=text("0")),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("account_id", Uuid, ForeignKey("credentials.account_id"), primary_key=True),
    Column("code_digest", LargeBinary, primary_key=True),
    Column("used_at", INSTANT),
)
