"""The catalogue in full, waiting lists and offers, absences, enrolments, calendar feeds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LIVE = "state IN ('requested', 'booked', 'waitlisted', 'offered')"
ENROLMENT_STATES = "state IN ('requested', 'active', 'refused', 'withdrawn', 'ended')"

# Domain facts, section 1.4: code, label, proof, hours, billing, waiting days, text, staff only.
REASONS = (
    ("sick_certificate", "Maladie avec certificat", "document", 48, "not_billed", 1, False, False),
    ("sick", "Maladie sans certificat", "none", None, "billed", 0, False, False),
    ("hospital", "Hospitalisation", "document", 168, "not_billed", 0, False, False),
    ("exclusion", "Éviction sanitaire", "none", None, "not_billed", 0, False, False),
    ("family_event", "Événement familial grave", "declared", None, "not_billed", 0, False, False),
    ("school_trip", "Sortie ou séjour scolaire", "none", None, "not_billed", 0, False, False),
    ("teacher_absent", "Enseignant absent", "none", None, "not_billed", 0, False, False),
    ("strike", "Grève", "none", None, "not_billed", 0, False, False),
    ("transport", "Transport supprimé / intempéries", "none", None, "not_billed", 0, False, False),
    ("closure", "Fermeture du service", "none", None, "not_billed", 0, False, True),
    ("convenience", "Convenance personnelle", "none", None, "free_in_notice", 0, False, False),
    ("custody", "Changement de garde", "none", None, "free_in_notice", 0, False, False),
    ("other", "Autre (précisez)", "none", None, "staff_decide", 0, True, False),
)


def upgrade() -> None:
    _complete_catalogue()
    _add_absence_reasons()
    _open_waiting_lists()
    _widen_requests()
    _add_absences()
    _add_enrolments()
    _add_calendar_feeds()


def _complete_catalogue() -> None:
    op.add_column("centres", sa.Column("licensed_under_six", sa.Integer))
    op.add_column("centres", sa.Column("licensed_six_and_over", sa.Integer))
    op.add_column("centres", _version())
    for column in (
        sa.Column("kind", sa.Text, nullable=False, server_default=sa.text("'wednesday'")),
        _flag("needs_enrolment"),
        _flag("waiting_list"),
        sa.Column("offer_hours", sa.SmallInteger, nullable=False, server_default=sa.text("48")),
        sa.Column("overbooking", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("per_adult_under_six", sa.SmallInteger),
        sa.Column("per_adult_six_and_over", sa.SmallInteger),
        _version(),
    ):
        op.add_column("activities", column)
    op.create_check_constraint(
        op.f("ck_activities_places"), "activities", "overbooking >= 0 AND offer_hours > 0"
    )
    op.add_column("slots", _flag("active", default="true"))
    op.create_table(
        "booking_windows",
        sa.Column("window_id", sa.Uuid, nullable=False),
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("window_id", name="pk_booking_windows"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.activity_id"],
            name="fk_booking_windows_activity_id_activities",
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_booking_windows_days")),
        sa.CheckConstraint(
            "closes_at IS NULL OR opens_at < closes_at", name=op.f("ck_booking_windows_instants")
        ),
    )
    op.create_index("ix_booking_windows_activity_id", "booking_windows", ["activity_id"])
    op.create_table(
        "schools",
        sa.Column("school_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        _flag("active", default="true"),
        sa.PrimaryKeyConstraint("school_id", name="pk_schools"),
        sa.UniqueConstraint("name", name="uq_schools_name"),
    )


def _add_absence_reasons() -> None:
    table = op.create_table(
        "absence_reasons",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("proof", sa.Text, nullable=False),
        sa.Column("proof_hours", sa.SmallInteger),
        sa.Column("billing", sa.Text, nullable=False),
        sa.Column("waiting_days", sa.SmallInteger, nullable=False, server_default=sa.text("0")),
        _flag("needs_text"),
        _flag("staff_only"),
        _flag("active", default="true"),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_absence_reasons"),
        sa.CheckConstraint(
            "proof IN ('none', 'declared', 'document')", name=op.f("ck_absence_reasons_proof")
        ),
        sa.CheckConstraint(
            "billing IN ('billed', 'not_billed', 'free_in_notice', 'staff_decide')",
            name=op.f("ck_absence_reasons_billing"),
        ),
        sa.CheckConstraint(
            "waiting_days BETWEEN 0 AND 3", name=op.f("ck_absence_reasons_waiting_days")
        ),
    )
    columns = (
        "code",
        "label",
        "proof",
        "proof_hours",
        "billing",
        "waiting_days",
        "needs_text",
        "staff_only",
    )
    op.bulk_insert(
        table,
        [
            {**dict(zip(columns, row, strict=True)), "active": True, "position": position}
            for position, row in enumerate(REASONS)
        ],
    )


def _open_waiting_lists() -> None:
    op.execute("CREATE SEQUENCE waiting_position")
    for name in ("waiting", "overbooking"):
        op.add_column(
            "places", sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))
        )
    # The first revision's check went through the naming convention twice.
    op.drop_constraint(op.f("ck_places_ck_places_not_exceeded"), "places")
    op.create_check_constraint(
        op.f("ck_places_not_exceeded"),
        "places",
        "booked >= 0 AND held >= 0 AND waiting >= 0 AND overbooking >= 0"
        " AND booked + held <= capacity + overbooking",
    )
    op.create_index("ix_places_waiting", "places", ["day"], postgresql_where=sa.text("waiting > 0"))
    op.add_column("bookings", sa.Column("cancel_request_id", sa.Uuid))
    op.add_column("bookings", sa.Column("waiting_position", sa.BigInteger))
    op.add_column("bookings", sa.Column("offer_expires_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_bookings_waiting",
        "bookings",
        ["activity_id", "day", "age_group", "waiting_position"],
        postgresql_where=sa.text("state = 'waitlisted'"),
    )
    op.create_index(
        "ix_bookings_offered",
        "bookings",
        ["offer_expires_at"],
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index(
        "uq_bookings_live",
        "bookings",
        ["child_id", "slot_id", "day"],
        unique=True,
        postgresql_where=sa.text(LIVE),
    )


def _widen_requests() -> None:
    op.add_column("request_lines", sa.Column("in_notice", sa.Boolean))
    op.add_column("requests", sa.Column("subject", sa.Text))
    op.add_column(
        "requests",
        sa.Column("child_ids", sa.ARRAY(sa.Uuid), nullable=False, server_default=sa.text("'{}'")),
    )


def _add_absences() -> None:
    op.create_table(
        "absences",
        sa.Column("absence_id", sa.Uuid, nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("booking_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("reason_code", sa.Text, nullable=False),
        sa.Column("reason_text", sa.Text),
        sa.Column("in_notice", sa.Boolean, nullable=False),
        sa.Column("effect", sa.Text, nullable=False),
        sa.Column("justified", sa.Boolean),
        sa.Column("billable", sa.Boolean),
        _flag("waiting_day"),
        sa.Column("document_due_at", sa.DateTime(timezone=True)),
        sa.Column("document_received_at", sa.DateTime(timezone=True)),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("absence_id", name="pk_absences"),
        _of("absences", "request_id", "requests"),
        _of("absences", "booking_id", "bookings"),
        sa.ForeignKeyConstraint(
            ["reason_code"],
            ["absence_reasons.code"],
            name="fk_absences_reason_code_absence_reasons",
        ),
        sa.CheckConstraint(
            "state IN ('declared', 'accepted', 'refused', 'withdrawn')",
            name=op.f("ck_absences_state"),
        ),
    )
    op.create_index("ix_absences_request_id", "absences", ["request_id"])
    op.create_index("ix_absences_child_id", "absences", ["child_id", "day"])
    op.create_index(
        "uq_absences_live",
        "absences",
        ["booking_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('declared', 'accepted')"),
    )


def _add_enrolments() -> None:
    op.create_table(
        "enrolments",
        *_enrolment_head("enrolments"),
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("period", DATERANGE, nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        _of("enrolments", "activity_id", "activities"),
        ExcludeConstraint(
            ("child_id", "="),
            ("activity_id", "="),
            ("period", "&&"),
            where="state IN ('requested', 'active')",
            using="gist",
            name="ex_enrolments_no_overlap",
        ),
    )
    op.create_table(
        "school_enrolments",
        *_enrolment_head("school_enrolments"),
        sa.Column("school_id", sa.Uuid, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("school_year", sa.SmallInteger, nullable=False),
        sa.Column("documents", sa.ARRAY(sa.Text), nullable=False),
        _of("school_enrolments", "school_id", "schools"),
    )
    for table in ("enrolments", "school_enrolments"):
        op.create_index(f"ix_{table}_family_id", table, ["family_id"])
        op.create_index(f"ix_{table}_request_id", table, ["request_id"])


def _enrolment_head(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("enrolment_id", sa.Uuid, nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("enrolment_id", name=f"pk_{table}"),
        _of(table, "request_id", "requests"),
        sa.CheckConstraint(ENROLMENT_STATES, name=op.f(f"ck_{table}_state")),
    ]


def _add_calendar_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("feed_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("guardian_id", sa.Uuid),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("feed_id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("secret_hash", name="uq_calendar_feeds_secret_hash"),
    )
    op.create_index("ix_calendar_feeds_family_id", "calendar_feeds", ["family_id"])


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    # Every key that points elsewhere has the name of the column it points to.
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{column}"], name=f"fk_{table}_{column}_{other}"
    )


def _flag(name: str, default: str = "false") -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.text(default))


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1"))
