"""Requests, bookings, places, the catalogue, and what enrolment keeps of accounts' facts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint

from chassis.migrations import create_messaging_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_messaging_tables()
    # Made beforehand by the administrator, in which case this needs no privilege.
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE SEQUENCE request_number")
    _create_projections()
    _create_catalogue()
    _create_places()
    _create_requests()
    _create_bookings()


def _create_projections() -> None:
    op.create_table(
        "families",
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("family_id", name="pk_families"),
    )
    op.create_table(
        "children",
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("given_name", sa.Text, nullable=False),
        sa.Column("family_name", sa.Text, nullable=False),
        sa.Column("born_on", sa.Date, nullable=False),
        sa.PrimaryKeyConstraint("child_id", name="pk_children"),
    )
    op.create_index("ix_children_family_id", "children", ["family_id"])
    op.create_table(
        "staff_members",
        sa.Column("staff_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_members"),
    )


def _create_catalogue() -> None:
    op.create_table(
        "centres",
        sa.Column("centre_id", sa.Uuid, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("centre_id", name="pk_centres"),
        sa.UniqueConstraint("name", name="uq_centres_name"),
    )
    op.create_table(
        "activities",
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("centre_id", sa.Uuid, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("season", sa.Text, nullable=False),
        sa.Column("weekdays", sa.ARRAY(sa.SmallInteger), nullable=False),
        sa.Column("capacity_under_six", sa.Integer, nullable=False),
        sa.Column("capacity_six_and_over", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("activity_id", name="pk_activities"),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name="fk_activities_centre_id_centres"
        ),
        sa.UniqueConstraint("centre_id", "label", name="uq_activities_centre_id_label"),
        sa.CheckConstraint("season IN ('term', 'holiday')", name="ck_activities_season"),
        sa.CheckConstraint(
            "capacity_under_six >= 0 AND capacity_six_and_over >= 0", name="ck_activities_capacity"
        ),
    )
    op.create_table(
        "slots",
        sa.Column("slot_id", sa.Uuid, nullable=False),
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("starts", sa.Time, nullable=False),
        sa.Column("ends", sa.Time, nullable=False),
        sa.Column("meal", sa.Boolean, nullable=False),
        sa.Column("rate_code", sa.Text, nullable=False),
        sa.Column("min_age", sa.SmallInteger),
        sa.Column("max_age", sa.SmallInteger),
        sa.PrimaryKeyConstraint("slot_id", name="pk_slots"),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.activity_id"], name="fk_slots_activity_id_activities"
        ),
        sa.CheckConstraint("starts < ends", name="ck_slots_hours"),
    )
    op.create_index("ix_slots_activity_id", "slots", ["activity_id"])
    op.create_table(
        "notice_rules",
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("anchor", sa.Text, nullable=False),
        sa.Column("count", sa.SmallInteger, nullable=False),
        sa.Column("at", sa.Time, nullable=False),
        sa.Column("weekday", sa.SmallInteger),
        sa.PrimaryKeyConstraint("activity_id", "position", name="pk_notice_rules"),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.activity_id"],
            name="fk_notice_rules_activity_id_activities",
        ),
    )
    op.create_table(
        "closures",
        sa.Column("closure_id", sa.Uuid, nullable=False),
        sa.Column("centre_id", sa.Uuid),
        sa.Column("activity_id", sa.Uuid),
        sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("closure_id", name="pk_closures"),
        sa.ForeignKeyConstraint(
            ["centre_id"], ["centres.centre_id"], name="fk_closures_centre_id_centres"
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.activity_id"], name="fk_closures_activity_id_activities"
        ),
        sa.CheckConstraint("first_day <= last_day", name="ck_closures_days"),
    )


def _create_places() -> None:
    op.create_table(
        "places",
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("age_group", sa.Text, nullable=False),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("booked", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("held", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("activity_id", "day", "age_group", name="pk_places"),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activities.activity_id"], name="fk_places_activity_id_activities"
        ),
        sa.CheckConstraint(
            "booked >= 0 AND held >= 0 AND booked + held <= capacity", name="ck_places_not_exceeded"
        ),
        sa.CheckConstraint(
            "age_group IN ('under_six', 'six_and_over')", name="ck_places_age_group"
        ),
    )
    op.create_index("ix_places_day", "places", ["day"])


def _create_requests() -> None:
    op.create_table(
        "requests",
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("request_id", name="pk_requests"),
        sa.UniqueConstraint("number", name="uq_requests_number"),
    )
    op.create_index("ix_requests_family_id", "requests", ["family_id", "submitted_at"])
    op.create_index("ix_requests_due_on", "requests", ["state", "due_on", "submitted_at"])
    op.create_table(
        "request_transitions",
        sa.Column("transition_id", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Text, nullable=False),
        sa.Column("actor_name", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("on_behalf_of", sa.Uuid),
        sa.Column("rule", sa.Text),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("transition_id", name="pk_request_transitions"),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["requests.request_id"],
            name="fk_request_transitions_request_id_requests",
        ),
        sa.UniqueConstraint(
            "request_id", "version", name="uq_request_transitions_request_id_version"
        ),
    )


def _create_bookings() -> None:
    op.create_table(
        "bookings",
        sa.Column("booking_id", sa.Uuid, nullable=False),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("family_id", sa.Uuid, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("slot_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("age_group", sa.Text, nullable=False),
        sa.Column("period", TSTZRANGE, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("booking_id", name="pk_bookings"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.request_id"], name="fk_bookings_request_id_requests"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.slot_id"], name="fk_bookings_slot_id_slots"),
        ExcludeConstraint(
            (sa.column("child_id"), "="),
            (sa.column("period"), "&&"),
            where=sa.text("state IN ('requested', 'booked')"),
            using="gist",
            name="ex_bookings_no_overlap",
        ),
    )
    op.create_index("ix_bookings_child_id", "bookings", ["child_id", "day"])
    op.create_index("ix_bookings_request_id", "bookings", ["request_id"])
    op.create_table(
        "request_lines",
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("child_id", sa.Uuid, nullable=False),
        sa.Column("slot_id", sa.Uuid, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("booking_id", sa.Uuid),
        sa.PrimaryKeyConstraint("request_id", "position", name="pk_request_lines"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.request_id"], name="fk_request_lines_request_id_requests"
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["slots.slot_id"], name="fk_request_lines_slot_id_slots"
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.booking_id"], name="fk_request_lines_booking_id_bookings"
        ),
    )
